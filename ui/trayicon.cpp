#include "ui/trayicon.h"

#include "ui/stateicon.h"
#include "ui/statustext.h"

namespace restream {

TrayIcon::TrayIcon(QObject *parent) : QObject(parent), m_state(m_menu.addAction(QString()))
{
    m_state->setEnabled(false);
    m_menu.addSeparator();
    m_showHide = m_menu.addAction(QString(), this, [this] {
        if (m_windowShown)
            emit hideRequested();
        else
            emit showRequested();
    });
    m_server = m_menu.addAction(QString(), this, &TrayIcon::serverToggled);
    m_menu.addSeparator();
    m_menu.addAction(tr("&Quit"), this, &TrayIcon::quitRequested);
    setWindowShown(true);
    m_icon.setContextMenu(&m_menu);
    connect(&m_icon, &QSystemTrayIcon::activated, this, &TrayIcon::activate);
    setSnapshot({});
    // Also where there is no tray: one that comes later takes it in.
    m_icon.show();
}

TrayIcon::~TrayIcon() = default;

void TrayIcon::activate(QSystemTrayIcon::ActivationReason reason)
{
    if (reason == QSystemTrayIcon::Trigger || reason == QSystemTrayIcon::DoubleClick)
        emit showRequested();
}

void TrayIcon::setSnapshot(const EngineSnapshot &snapshot)
{
    const StatusMessage status = statusMessage(snapshot, nullptr);
    // A tray on another machine is sent each new icon.
    if (m_shown != status.state) {
        m_shown = status.state;
        m_icon.setIcon(applicationIcon(status.state));
    }
    m_icon.setToolTip(tr("Restream: %1").arg(status.text));
    m_state->setText(QFontMetrics(m_menu.font()).elidedText(status.text, Qt::ElideRight, 360));
    m_server->setText(snapshot.url.isEmpty() ? tr("&Start the Server") : tr("S&top the Server"));
}

void TrayIcon::setWindowShown(bool shown)
{
    m_windowShown = shown;
    m_showHide->setText(shown ? tr("&Hide the Window") : tr("S&how the Window"));
}

}
