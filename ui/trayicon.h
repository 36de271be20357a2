#pragma once

#include "core/engineinfo.h"
#include "ui/channelstate.h"

#include <QMenu>
#include <QSystemTrayIcon>

#include <optional>

namespace restream {

/// The program in the desktop's tray: its state, and the way back to the window. Hidden where the desktop has none.
class TrayIcon final : public QObject
{
    Q_OBJECT

public:
    explicit TrayIcon(QObject *parent = nullptr);
    ~TrayIcon() override;

    void setSnapshot(const EngineSnapshot &snapshot);
    void setWindowShown(bool shown);

signals:
    void showRequested();
    void hideRequested();
    void serverToggled();
    void quitRequested();

private:
    void activate(QSystemTrayIcon::ActivationReason reason);

    QMenu m_menu;
    QAction *m_state;
    QAction *m_showHide = nullptr;
    QAction *m_server = nullptr;
    QSystemTrayIcon m_icon;
    std::optional<ChannelState> m_shown;
    bool m_windowShown = true;
};

}
