#pragma once

#include "ui/channelactions.h"
#include "ui/channelpane.h"
#include "ui/mainwindow.h"
#include "ui/messagebar.h"
#include "ui/notifier.h"
#include "ui/serverbar.h"
#include "ui/statusview.h"
#include "ui/streampane.h"
#include "ui/trayicon.h"
#include "ui/welcomepane.h"

#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTimer>

namespace restream {

/// What the window is made of; its widgets own one another.
struct MainWindow::Parts
{
    Parts(EngineFacade &engine, const Clock &clock, QWidget *window)
        : actions(engine, window),
          stream(new StreamPane(engine, clock))
    {
    }

    ChannelActions actions;
    Notifier notifier;
    TroubleWatch trouble;
    TrayIcon tray;
    QTimer tick;
    Panes panes;

    MessageBar *message = new MessageBar;
    ServerBar *server = new ServerBar;
    ChannelPane *channels = new ChannelPane;
    StreamPane *stream;
    WelcomePane *welcome = new WelcomePane;
    QTabWidget *tabs = new QTabWidget;
    QStackedWidget *centre = new QStackedWidget; ///< welcome or tabs
    QSplitter *splitter = new QSplitter;
    StatusView *status = new StatusView;

    QAction *startStop = nullptr;
    QAction *copyAddress = nullptr;
    QAction *minimiseToTray = nullptr;
    QAction *notify = nullptr;

    std::unique_ptr<QSettings> settings; ///< null: nothing is kept
    QString wanted; ///< chosen as soon as it is there
    Params wantedParams; ///< of it; empty: its defaults
    quint16 port = 0; ///< listened on, or tried last: the snapshot says so only a moment later
    bool inTray = false;
    bool quitting = false;
};

}
