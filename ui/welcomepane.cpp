#include "ui/welcomepane.h"

#include "ui/stateicon.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace restream {
namespace {

constexpr int iconSize = 72;
constexpr int textWidth = 460;

/// A layout asks a label that wraps for its height before it gives it its width.
void fitHeight(QLabel *label)
{
    label->setMinimumHeight(std::max(0, label->heightForWidth(textWidth)));
}

QLabel *makeText(const QString &text, qreal scale, bool bold)
{
    auto *label = new QLabel(text);
    QFont font = label->font();
    font.setPointSizeF(font.pointSizeF() * scale);
    font.setBold(bold);
    label->setFont(font);
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
    label->setFixedWidth(textWidth);
    fitHeight(label);
    return label;
}

}

WelcomePane::WelcomePane(QWidget *parent)
    : QWidget(parent),
      m_demo(new QPushButton(tr("Start the &Demo Stream"))),
      m_add(new QPushButton(tr("&Add a Channel…"))),
      m_hint(makeText({}, 0.92, false))
{
    auto *icon = new QLabel;
    icon->setPixmap(applicationIcon().pixmap(QSize(iconSize, iconSize), devicePixelRatioF()));
    icon->setAlignment(Qt::AlignCenter);
    m_demo->setObjectName(u"startDemo"_qs);
    m_demo->setDefault(true);
    m_add->setObjectName(u"welcomeAdd"_qs);
    for (QPushButton *button : { m_demo, m_add })
        button->setMinimumHeight(button->sizeHint().height() + 8);
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(10);
    buttons->addStretch(1);
    buttons->addWidget(m_demo);
    buttons->addWidget(m_add);
    buttons->addStretch(1);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addStretch(2);
    layout->addWidget(icon);
    layout->addSpacing(6);
    layout->addWidget(makeText(tr("Any API, as a stream"), 1.7, true), 0, Qt::AlignHCenter);
    layout->addWidget(makeText(tr("Restream asks an API again and again, works out what changed, "
                                  "and sends just that to every program that subscribes."),
                               1, false),
                      0, Qt::AlignHCenter);
    layout->addSpacing(10);
    layout->addLayout(buttons);
    layout->addSpacing(4);
    layout->addWidget(m_hint, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    connect(m_demo, &QPushButton::clicked, this, &WelcomePane::demoRequested);
    connect(m_add, &QPushButton::clicked, this, &WelcomePane::addRequested);
    setDemoAvailable(false);
}

void WelcomePane::setAddAvailable(bool available)
{
    m_add->setVisible(available);
}

void WelcomePane::setDemoAvailable(bool available)
{
    m_demo->setVisible(available);
    m_hint->setText(available
                        ? tr("The demo replays recorded earthquakes; it needs neither a network "
                             "nor a key. Or choose a channel on the left.")
                        : tr("Or choose a channel on the left."));
    fitHeight(m_hint);
}

}
