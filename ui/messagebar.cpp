#include "ui/messagebar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QStyle>

namespace restream {

MessageBar::MessageBar(QWidget *parent)
    : QFrame(parent),
      m_text(new QLabel),
      m_buttons(new QHBoxLayout)
{
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::ToolTipBase);
    setForegroundRole(QPalette::ToolTipText);
    m_text->setForegroundRole(QPalette::ToolTipText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->setTextFormat(Qt::PlainText);
    auto *icon = new QLabel;
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize);
    icon->setPixmap(style()->standardIcon(QStyle::SP_MessageBoxWarning).pixmap(size, size));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 8, 8, 8);
    layout->setSpacing(10);
    layout->addWidget(icon);
    layout->addWidget(m_text, 1);
    layout->addLayout(m_buttons);
    hide();
}

void MessageBar::showMessage(const QString &text, const QList<Action> &actions)
{
    dismiss();
    m_text->setText(text);
    for (const Action &action : actions)
        addButton(action.first, action.second);
    addButton(u"&Dismiss"_qs, {});
    show();
}

void MessageBar::addButton(const QString &text, const std::function<void()> &action)
{
    auto *button = new QPushButton(text);
    m_buttons->addWidget(button);
    connect(button, &QPushButton::clicked, this, [this, action] {
        dismiss();
        if (action)
            action();
    });
}

void MessageBar::dismiss()
{
    hide();
    while (QLayoutItem *item = m_buttons->takeAt(0)) {
        item->widget()->hide(); // at once: this may be the click of that very button
        item->widget()->deleteLater();
        delete item;
    }
}

void MessageBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        dismiss();
    else
        QFrame::keyPressEvent(event);
}

}
