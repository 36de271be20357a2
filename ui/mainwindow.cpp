#include "ui/mainwindow.h"

#include "ui/channelpane.h"
#include "ui/messagebar.h"
#include "ui/serverbar.h"
#include "ui/stateicon.h"
#include "ui/statustext.h"
#include "ui/streampane.h"

#include <QAction>
#include <QCloseEvent>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QSplitter>
#include <QStatusBar>
#include <QTimer>
#include <QVBoxLayout>

namespace restream {

MainWindow::MainWindow(EngineFacade &engine, const Clock &clock, QString settingsFile,
                       QWidget *parent)
    : QMainWindow(parent),
      m_engine(engine),
      m_settingsFile(std::move(settingsFile)),
      m_message(new MessageBar),
      m_server(new ServerBar),
      m_channels(new ChannelPane),
      m_stream(new StreamPane(engine, clock)),
      m_splitter(new QSplitter),
      m_status(new QLabel),
      m_tick(new QTimer(this))
{
    setWindowTitle(u"Restream"_qs);
    setWindowIcon(applicationIcon());
    m_splitter->addWidget(m_channels);
    m_splitter->addWidget(m_stream);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setSizes({ 300, 900 });
    m_channels->setMinimumWidth(200);
    m_stream->setMinimumWidth(400);
    auto *messageRow = new QHBoxLayout;
    messageRow->setContentsMargins(14, 0, 14, 6);
    messageRow->addWidget(m_message);
    auto *central = new QWidget;
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_server);
    layout->addLayout(messageRow);
    layout->addWidget(m_splitter, 1);
    setCentralWidget(central);
    m_status->setObjectName(u"status"_qs);
    m_status->setTextFormat(Qt::PlainText);
    m_status->setContentsMargins(10, 2, 10, 2);
    m_status->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    statusBar()->addWidget(m_status, 1);

    buildMenus();
    connect(&engine, &EngineFacade::snapshotChanged, this, &MainWindow::refresh);
    connect(&engine, &EngineFacade::listeningFailed, this,
            [this](const Error &error) { showListeningFailure(error, m_port); });
    connect(m_server, &ServerBar::startRequested, this, [this] { listen(m_port); });
    connect(m_server, &ServerBar::stopRequested, this, &MainWindow::stop);
    connect(m_channels, &ChannelPane::chosenChanged, this, &MainWindow::choose);
    // "5 s ago" grows old by itself.
    m_tick->setInterval(1000);
    connect(m_tick, &QTimer::timeout, this, &MainWindow::refreshTexts);
    m_tick->start();
    restoreLayout();
    refresh();
    m_channels->setFocus();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildMenus()
{
    QMenu *server = menuBar()->addMenu(u"Se&rver"_qs);
    m_startStop = server->addAction(QString(), this, [this] {
        if (m_engine.snapshot().url.isEmpty())
            listen(m_port);
        else
            stop();
    });
    m_copyAddress = server->addAction(u"&Copy Address"_qs, QKeySequence(u"Ctrl+Shift+C"_qs),
                                      m_server, &ServerBar::copyAddress);
    server->addSeparator();
    server->addAction(u"&Quit"_qs, QKeySequence(u"Ctrl+Q"_qs), this, &QWidget::close);
    QMenu *view = menuBar()->addMenu(u"&View"_qs);
    view->addAction(u"&Filter Items"_qs, QKeySequence(u"Ctrl+F"_qs), m_stream,
                    &StreamPane::focusFilter);
    view->addAction(u"Find a C&hannel"_qs, QKeySequence(u"Ctrl+K"_qs), m_channels,
                    &ChannelPane::focusFilter);
    QMenu *help = menuBar()->addMenu(u"&Help"_qs);
    help->addAction(u"&About Restream"_qs, this, &MainWindow::about);
}

void MainWindow::refresh()
{
    const EngineSnapshot &snapshot = m_engine.snapshot();
    const bool on = !snapshot.url.isEmpty();
    m_server->setSnapshot(snapshot);
    m_channels->setSnapshot(snapshot);
    m_startStop->setText(on ? u"&Stop"_qs : u"&Start"_qs);
    m_copyAddress->setEnabled(on);
    if (on) {
        m_message->dismiss();
        m_port = snapshot.port;
    }
    if (!m_lastChannel.isEmpty() && m_channels->model().rowOf(m_lastChannel) >= 0)
        m_channels->choose(std::exchange(m_lastChannel, {}));
    refreshTexts();
}

void MainWindow::refreshTexts()
{
    m_stream->refresh();
    const QString line = statusLine(m_engine.snapshot(), m_stream->stream());
    m_status->setText(line);
    m_status->setToolTip(line);
}

void MainWindow::choose(const QString &channel)
{
    m_stream->setChannel(m_channels->model().channel(channel));
    refreshTexts();
}

void MainWindow::listen(quint16 port)
{
    m_message->dismiss();
    m_port = port;
    m_engine.setListening(true, port);
}

void MainWindow::stop()
{
    m_engine.setListening(false, m_port);
}

void MainWindow::showListeningFailure(const Error &error, quint16 port)
{
    m_port = port;
    QList<MessageBar::Action> actions = { { u"&Try Again"_qs, [this] { listen(m_port); } } };
    if (error.code == u"port_in_use") {
        const auto next = quint16(port < 1024 || port == 65535 ? 8080 : port + 1);
        actions.append({ u"Use Port &%1"_qs.arg(next), [this, next] { listen(next); } });
        actions.append({ u"Use a &Free Port"_qs, [this] { listen(0); } });
    }
    m_message->showMessage(error.message, actions);
    refreshTexts();
}

void MainWindow::restoreLayout()
{
    resize(1200, 760);
    if (m_settingsFile.isEmpty())
        return;
    const QSettings settings(m_settingsFile, QSettings::IniFormat);
    restoreGeometry(settings.value(u"window/geometry"_qs).toByteArray());
    m_splitter->restoreState(settings.value(u"window/splitter"_qs).toByteArray());
    m_lastChannel = settings.value(u"window/channel"_qs).toString();
}

void MainWindow::saveLayout() const
{
    if (m_settingsFile.isEmpty())
        return;
    QSettings settings(m_settingsFile, QSettings::IniFormat);
    settings.setValue(u"window/geometry"_qs, saveGeometry());
    settings.setValue(u"window/splitter"_qs, m_splitter->saveState());
    settings.setValue(u"window/channel"_qs, m_channels->chosen());
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    saveLayout();
    event->accept();
}

void MainWindow::about()
{
    QMessageBox::about(
        this, u"About Restream"_qs,
        u"<h3>Restream " RESTREAM_VERSION
        "</h3><p>Turns REST APIs into streams that programs subscribe to.</p>"
        "<p>Free software under the GNU General Public License, version 3 or later.</p>"_qs);
}

}
