#pragma once

#include "core/clock.h"
#include "core/enginefacade.h"

#include <QMainWindow>

class QAction;
class QLabel;
class QSplitter;
class QTimer;

namespace restream {

class ChannelPane;
class MessageBar;
class ServerBar;
class StreamPane;

/// The window over any engine.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    /// `settingsFile` keeps where the window was, and which channel was chosen; empty: nothing is kept. `engine` and `clock` outlive the window.
    MainWindow(EngineFacade &engine, const Clock &clock, QString settingsFile,
               QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Says why nobody can connect on `port`, and offers what may help. For what went wrong before the window was there, too.
    void showListeningFailure(const Error &error, quint16 port);

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void buildMenus();
    void restoreLayout();
    void saveLayout() const;
    void refresh();
    void refreshTexts();
    void choose(const QString &channel);
    void listen(quint16 port);
    void stop();
    void about();

    EngineFacade &m_engine;
    QString m_settingsFile;
    QString m_lastChannel; ///< chosen as soon as it is there
    quint16 m_port = 0; ///< listened on, or tried last: the snapshot says so only a moment later
    MessageBar *m_message;
    ServerBar *m_server;
    ChannelPane *m_channels;
    StreamPane *m_stream;
    QSplitter *m_splitter;
    QLabel *m_status;
    QAction *m_startStop = nullptr;
    QAction *m_copyAddress = nullptr;
    QTimer *m_tick;
};

}
