#include "ui/serverbar.h"

#include "ui/statustext.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>

namespace restream {

ServerBar::ServerBar(QWidget *parent)
    : QWidget(parent),
      m_caption(new QLabel),
      m_address(new QLabel),
      m_copy(new QToolButton),
      m_clients(new QLabel),
      m_switch(new QPushButton)
{
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(font().pointSizeF());
    m_address->setFont(fixed);
    m_address->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_address->setAccessibleName(u"Address of the server"_qs);
    m_address->setObjectName(u"address"_qs);
    m_copy->setText(u"&Copy"_qs);
    m_copy->setToolTip(u"Copy the address"_qs);
    m_copy->setAccessibleName(u"Copy the address"_qs);
    m_copy->setObjectName(u"copyAddress"_qs);
    m_clients->setObjectName(u"clients"_qs);
    m_switch->setObjectName(u"switch"_qs);
    m_switch->setMinimumWidth(90);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 8, 14, 6);
    layout->setSpacing(8);
    layout->addWidget(m_caption);
    layout->addWidget(m_address);
    layout->addWidget(m_copy);
    layout->addStretch(1);
    layout->addWidget(m_clients);
    layout->addSpacing(8);
    layout->addWidget(m_switch);
    connect(m_copy, &QToolButton::clicked, this, &ServerBar::copyAddress);
    connect(m_switch, &QPushButton::clicked, this, [this] {
        if (m_url.isEmpty())
            emit startRequested();
        else
            emit stopRequested();
    });
}

void ServerBar::setSnapshot(const EngineSnapshot &snapshot)
{
    const bool on = !snapshot.url.isEmpty();
    m_url = snapshot.url;
    m_caption->setText(on ? u"Serving at"_qs : u"The server is stopped"_qs);
    m_address->setText(snapshot.url);
    m_address->setVisible(on);
    m_copy->setVisible(on);
    m_clients->setText(countText(snapshot.clients, u"client"_qs, u"clients"_qs) % u"  ·  "
                       % countText(snapshot.streams.size(), u"stream"_qs, u"streams"_qs));
    m_clients->setVisible(on);
    m_switch->setText(on ? u"&Stop"_qs : u"&Start"_qs);
    m_switch->setToolTip(on ? u"Send all clients away and stop listening"_qs
                            : u"Listen on port %1 again"_qs.arg(snapshot.port));
}

void ServerBar::copyAddress()
{
    if (m_url.isEmpty())
        return;
    QGuiApplication::clipboard()->setText(m_url);
    m_copy->setText(u"Copied"_qs);
    QTimer::singleShot(1500, m_copy, [this] { m_copy->setText(u"&Copy"_qs); });
}

}
