#include "ui/mainwindow.h"

#include "ui/mainwindowparts.h"
#include "ui/stateicon.h"
#include "ui/statustext.h"

#include <QDockWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QStatusBar>
#include <QTabBar>
#include <QToolBar>
#include <QVBoxLayout>

namespace restream {
namespace {

/// The channel with these params instead of its defaults, so that whoever shows it begins with them.
ChannelInfo withParams(ChannelInfo channel, const Params &params)
{
    for (auto [name, value] : params.asKeyValueRange()) {
        if (const auto found = channel.params.find(name); found != channel.params.end())
            found->defaultValue = value;
    }
    return channel;
}

}

MainWindow::MainWindow(EngineFacade &engine, const Clock &clock, WindowOptions options,
                       QWidget *parent)
    : QMainWindow(parent),
      m_engine(engine),
      m_clock(clock),
      m_options(std::move(options)),
      d(std::make_unique<Parts>(engine, clock, this))
{
    setWindowTitle(tr("Restream"));
    setWindowIcon(applicationIcon());
    if (!m_options.settingsFile.isEmpty())
        d->settings = std::make_unique<QSettings>(m_options.settingsFile, QSettings::IniFormat);
    d->panes = m_options.panes(
        { m_engine, m_clock, m_options.log, this,
          [this](const QString &channel) { chooseSoon(channel); },
          [this](const QString &channel, const Params &params) { chooseSoon(channel, params); } });
    buildCentre();
    buildDocks();
    buildMenus();
    connectParts();
    restoreState();
    refresh();
    d->channels->setFocus();
}

MainWindow::~MainWindow()
{
    // It tells of what goes while the rest of the window does.
    disconnect(d->channels, nullptr, this, nullptr);
}

void MainWindow::buildCentre()
{
    d->tabs->setObjectName(u"tabs"_qs);
    d->tabs->setDocumentMode(true);
    d->tabs->setTabBarAutoHide(true);
    d->stream->setObjectName(u"live"_qs);
    d->tabs->addTab(d->stream, tr("&Live"));
    for (const Pane &pane : d->panes.tabs) {
        pane.widget->setObjectName(pane.id);
        d->tabs->addTab(pane.widget, pane.title);
    }
    d->tabs->setAccessibleName(tr("Views of the channel"));
    d->tabs->tabBar()->setAccessibleName(tr("Views of the channel"));
    d->centre->addWidget(d->welcome);
    d->centre->addWidget(d->tabs);
    d->splitter->addWidget(d->channels);
    d->splitter->addWidget(d->centre);
    d->splitter->setStretchFactor(1, 1);
    d->splitter->setChildrenCollapsible(false);
    d->splitter->setSizes({ 310, 900 });
    d->channels->setMinimumWidth(200);
    d->centre->setMinimumWidth(400);

    auto *messageRow = new QHBoxLayout;
    messageRow->setContentsMargins(10, 0, 10, 4);
    messageRow->addWidget(d->message);
    auto *central = new QWidget;
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(messageRow);
    layout->addWidget(d->splitter, 1);
    setCentralWidget(central);

    auto *bar = new QToolBar(tr("Server"));
    bar->setObjectName(u"serverToolBar"_qs);
    bar->setMovable(false);
    bar->addWidget(d->server);
    bar->toggleViewAction()->setEnabled(false); // nor hidden from a context menu
    addToolBar(bar);
    d->status->setObjectName(u"status"_qs);
    statusBar()->addWidget(d->status, 1);
}

void MainWindow::buildDocks()
{
    setDockOptions(AnimatedDocks | AllowTabbedDocks | AllowNestedDocks);
    QDockWidget *before = nullptr;
    for (const Pane &pane : d->panes.docks) {
        auto *dock = new QDockWidget(QString(pane.title).remove(u'&'));
        dock->setObjectName(QString(pane.id % QLatin1String("Dock")));
        pane.widget->setObjectName(pane.id);
        dock->setWidget(pane.widget);
        addDockWidget(Qt::RightDockWidgetArea, dock);
        if (before)
            tabifyDockWidget(before, dock);
        before = dock;
    }
    if (auto *first = findChild<QDockWidget *>())
        first->raise();
}

void MainWindow::connectParts()
{
    connect(&m_engine, &EngineFacade::snapshotChanged, this, &MainWindow::refresh);
    connect(&m_engine, &EngineFacade::listeningFailed, this,
            [this](const Error &error) { showListeningFailure(error, d->port); });
    connect(d->server, &ServerBar::startRequested, this, [this] { listen(d->port); });
    connect(d->server, &ServerBar::stopRequested, this, &MainWindow::stop);
    connect(d->channels, &ChannelPane::chosenChanged, this, &MainWindow::choose);
    connect(d->channels, &ChannelPane::opened, this, [this] { showTab(u"live"_qs); });
    connect(d->status, &StatusView::channelWanted, d->channels, &ChannelPane::choose);
    connect(d->welcome, &WelcomePane::demoRequested, this, &MainWindow::startDemo);
    connect(d->welcome, &WelcomePane::addRequested, d->actions.add(), &QAction::trigger);
    connect(&d->notifier, &Notifier::activated, this, [this](const QString &channel) {
        bring();
        d->channels->choose(channel);
    });
    connect(&d->tray, &TrayIcon::showRequested, this, &MainWindow::bring);
    connect(&d->tray, &TrayIcon::hideRequested, this, [this] { hideToTray(false); });
    connect(&d->tray, &TrayIcon::quitRequested, this, &MainWindow::requestQuit);
    connect(&d->tray, &TrayIcon::serverToggled, this, [this] { d->startStop->trigger(); });
    // "5 s ago" grows old by itself.
    d->tick.setInterval(1000);
    connect(&d->tick, &QTimer::timeout, this, [this] {
        d->channels->setNow(m_clock.wallMs());
        refreshTexts();
    });
    d->tick.start();

    ChannelActions &actions = d->actions;
    d->channels->setActions(actions.ofChannel(), actions.add());
    connect(&actions, &ChannelActions::addRequested, this, [this] { d->panes.addChannel(); });
    connect(&actions, &ChannelActions::editRequested, this, [this] { showTab(u"configure"_qs); });
    connect(&actions, &ChannelActions::created, this,
            [this](const QString &channel) { chooseSoon(channel); });
    connect(&actions, &ChannelActions::removed, this, &MainWindow::offerUndo);
    connect(&actions, &ChannelActions::removalDoubtful, this, &MainWindow::confirmRemoval);
    connect(&actions, &ChannelActions::failed, this,
            [this](const QString &text) { d->message->showMessage(text, {}); });
    connect(&actions, &ChannelActions::said, this,
            [this](const QString &text) { statusBar()->showMessage(text, 4000); });
}

void MainWindow::refresh()
{
    const EngineSnapshot &snapshot = m_engine.snapshot();
    const bool on = !snapshot.url.isEmpty();
    d->server->setSnapshot(snapshot);
    d->channels->setSnapshot(snapshot, m_clock.wallMs());
    d->tray.setSnapshot(snapshot);
    d->startStop->setText(on ? tr("&Stop") : tr("&Start"));
    d->copyAddress->setEnabled(on);
    d->welcome->setDemoAvailable(d->channels->model().channel(u"demo-quakes"_qs));
    if (on && d->port != snapshot.port) {
        d->message->dismiss();
        d->port = snapshot.port;
    }
    if (!d->wanted.isEmpty() && d->channels->model().channel(d->wanted))
        chooseSoon(QString(d->wanted), Params(d->wantedParams));
    tellTrouble(snapshot);
    refreshTexts();
}

void MainWindow::refreshTexts()
{
    if (isVisible())
        d->stream->refresh();
    const StreamInfo *stream = d->stream->stream();
    d->status->setMessage(statusMessage(m_engine.snapshot(), stream));
    d->actions.setStream(stream ? stream->name : QByteArray());
    const ChannelInfo *channel = d->channels->model().channel(d->channels->chosen());
    for (const std::vector<Pane> &panes : { std::cref(d->panes.tabs), std::cref(d->panes.docks) }) {
        for (const Pane &pane : panes) {
            if (pane.show)
                pane.show(channel, stream);
        }
    }
}

void MainWindow::tellTrouble(const EngineSnapshot &snapshot)
{
    for (const TroubleNotice &notice : d->trouble.update(snapshot)) {
        if (!d->notify->isChecked())
            continue;
        d->notifier.say(notice.channel,
                        notice.failing ? tr("%1 is failing").arg(notice.channel)
                                       : tr("%1 is well again").arg(notice.channel),
                        notice.failing ? notice.why : tr("The API answers as it should."),
                        notice.failing);
    }
}

void MainWindow::choose(const QString &channel)
{
    if (std::exchange(d->wanted, {}) != channel)
        d->wantedParams.clear();
    const ChannelInfo *info = d->channels->model().channel(channel);
    d->actions.setChannel(info);
    d->centre->setCurrentWidget(info ? static_cast<QWidget *>(d->tabs) : d->welcome);
    showChosen();
}

void MainWindow::showChosen()
{
    const ChannelInfo *info = d->channels->model().channel(d->channels->chosen());
    if (info) {
        const ChannelInfo channel = withParams(*info, std::exchange(d->wantedParams, {}));
        d->stream->setChannel(&channel);
    } else {
        d->stream->setChannel(nullptr);
    }
    refreshTexts();
}

void MainWindow::chooseSoon(const QString &channel, const Params &params)
{
    d->wanted = channel;
    d->wantedParams = params;
    if (!d->channels->model().channel(channel))
        return;
    if (d->channels->chosen() == channel) {
        d->wanted.clear();
        if (!params.isEmpty())
            showChosen();
    } else {
        d->channels->choose(channel);
    }
}

void MainWindow::showTab(const QString &id)
{
    if (auto *pane = d->tabs->findChild<QWidget *>(id)) {
        d->tabs->setCurrentWidget(pane);
        pane->setFocus(Qt::ShortcutFocusReason);
    }
}

void MainWindow::startDemo()
{
    chooseSoon(u"demo-quakes"_qs);
    showTab(u"live"_qs);
}

void MainWindow::listen(quint16 port)
{
    d->message->dismiss();
    d->port = port;
    m_engine.setListening(true, port);
}

void MainWindow::stop()
{
    m_engine.setListening(false, d->port);
}

void MainWindow::showListeningFailure(const Error &error, quint16 port)
{
    d->port = port;
    QList<MessageBar::Action> actions = { { tr("&Try Again"), [this] { listen(d->port); } } };
    if (error.code == u"port_in_use") {
        const auto next = quint16(port < 1024 || port == 65535 ? 8080 : port + 1);
        actions.append({ tr("Use Port &%1").arg(next), [this, next] { listen(next); } });
        actions.append({ tr("Use a &Free Port"), [this] { listen(0); } });
    }
    d->message->showMessage(error.message, actions);
    refreshTexts();
}

void MainWindow::offerUndo(const QString &channel, const QByteArray &json, bool fromCatalog)
{
    const QString text = fromCatalog ? tr("%1 is the catalog's again.").arg(channel)
                                     : tr("The channel %1 was deleted.").arg(channel);
    d->message->showMessage(
        text, { { tr("&Undo"), [=, this] { d->actions.undoRemoval(channel, json); } } });
}

void MainWindow::confirmRemoval(const QString &channel, int subscribers)
{
    auto *box = new QMessageBox(
        QMessageBox::Warning, tr("Delete the channel?"),
        tr("%n programs subscribe to %1 now; they will get nothing more.", nullptr, subscribers)
            .arg(channel),
        QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    const QAbstractButton *remove = box->addButton(tr("&Delete"), QMessageBox::DestructiveRole);
    connect(box, &QMessageBox::buttonClicked, this, [this, remove](const QAbstractButton *button) {
        if (button == remove)
            d->actions.remove();
    });
    box->open();
}

}
