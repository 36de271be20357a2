#include "ui/statusview.h"

#include "ui/stateicon.h"

#include <QPainter>
#include <QStyleOption>

namespace restream {
namespace {

constexpr int margin = 10;
constexpr int gap = 8;
constexpr int stateSize = 11;

}

StatusView::StatusView(QWidget *parent) : QAbstractButton(parent)
{
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    connect(this, &QAbstractButton::clicked, this, [this] {
        if (!m_message.channel.isEmpty())
            emit channelWanted(m_message.channel);
    });
    setMessage({});
}

void StatusView::setMessage(const StatusMessage &message)
{
    m_message = message;
    setText(message.text);
    setAccessibleName(message.text.isEmpty() ? tr("Status") : message.text);
    setToolTip(message.text);
    // What leads nowhere takes no focus.
    const bool leads = !message.channel.isEmpty();
    setFocusPolicy(leads ? Qt::TabFocus : Qt::NoFocus);
    setCursor(leads ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

QSize StatusView::sizeHint() const
{
    return { 200, fontMetrics().height() + 6 };
}

void StatusView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintState(painter, QRectF(margin, (height() - stateSize) / 2.0, stateSize, stateSize),
               m_message.state, palette());
    const QRect box = rect().adjusted(margin + stateSize + gap, 0, -margin, 0);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(box, Qt::AlignVCenter | Qt::AlignLeading,
                     fontMetrics().elidedText(text(), Qt::ElideRight, box.width()));
    if (hasFocus()) {
        QStyleOptionFocusRect focus;
        focus.initFrom(this);
        focus.rect = rect().adjusted(2, 1, -2, -1);
        style()->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, &painter, this);
    }
}

}
