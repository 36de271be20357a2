#include "ui/statelabel.h"

#include "ui/stateicon.h"

#include <QPainter>

namespace restream {
namespace {

constexpr int stateSize = 11;
constexpr int gap = 7;

}

StateLabel::StateLabel(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void StateLabel::setState(ChannelState state, const QString &detail)
{
    m_state = state;
    m_detail = detail;
    setAccessibleName(QString(stateText(state) % u": "_qs % detail));
    setToolTip(detail);
    update();
}

QSize StateLabel::sizeHint() const
{
    return { 200, fontMetrics().height() + 4 };
}

void StateLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintState(painter, QRectF(0, (height() - stateSize) / 2.0, stateSize, stateSize), m_state,
               palette());
    QFont bold = font();
    bold.setBold(true);
    const QFontMetrics boldMetrics(bold);
    const QString name = stateText(m_state);
    QRect box = rect().adjusted(stateSize + gap, 0, 0, 0);
    painter.setFont(bold);
    painter.drawText(box, Qt::AlignVCenter, name);
    box.adjust(boldMetrics.horizontalAdvance(name) + 2 * gap, 0, 0, 0);
    painter.setFont(font());
    painter.drawText(box, Qt::AlignVCenter,
                     fontMetrics().elidedText(m_detail, Qt::ElideRight, box.width()));
}

}
