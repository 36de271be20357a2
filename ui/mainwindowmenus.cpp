#include "ui/mainwindowparts.h"
#include "ui/shortcutsdialog.h"

#include <QAction>
#include <QDockWidget>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>

namespace restream {

void MainWindow::buildMenus()
{
    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->addAction(d->actions.add());
    d->actions.add()->setEnabled(bool(d->panes.addChannel));
    d->welcome->setAddAvailable(bool(d->panes.addChannel));
    file->addSeparator();
    file->addAction(tr("&Close the Window"), QKeySequence(tr("Ctrl+W")), this, &QWidget::close);
    file->addAction(tr("&Quit"), QKeySequence(tr("Ctrl+Q")), this, &MainWindow::requestQuit);

    QMenu *channel = menuBar()->addMenu(tr("&Channel"));
    channel->addActions(d->actions.ofChannel());

    QMenu *server = menuBar()->addMenu(tr("Se&rver"));
    d->startStop = server->addAction(QString(), this, [this] {
        if (m_engine.snapshot().url.isEmpty())
            listen(d->port);
        else
            stop();
    });
    d->copyAddress = server->addAction(tr("&Copy Address"), QKeySequence(tr("Ctrl+Shift+C")),
                                       d->server, &ServerBar::copyAddress);

    buildViewMenu(*menuBar()->addMenu(tr("&View")));
    buildSettingsMenu(*menuBar()->addMenu(tr("&Settings")));

    QMenu *help = menuBar()->addMenu(tr("&Help"));
    help->addAction(tr("&Keyboard Shortcuts"), QKeySequence::HelpContents, this,
                    &MainWindow::showShortcuts);
    help->addSeparator();
    help->addAction(tr("&About Restream"), this, &MainWindow::about);
}

void MainWindow::buildViewMenu(QMenu &menu)
{
    menu.addAction(tr("Find a C&hannel"), QKeySequence(tr("Ctrl+K")), d->channels,
                   &ChannelPane::focusFilter);
    menu.addAction(tr("&Filter Items"), QKeySequence(tr("Ctrl+F")), this, [this] {
        d->tabs->setCurrentWidget(d->stream);
        d->stream->focusFilter();
    });
    menu.addSeparator();
    for (int i = 0; i < d->tabs->count(); ++i) {
        const QString id = d->tabs->widget(i)->objectName();
        menu.addAction(d->tabs->tabText(i), QKeySequence(tr("Ctrl+%1").arg(i + 1)), this,
                       [this, id] { showTab(id); });
    }
    menu.addSeparator();
    int number = 1;
    for (const Pane &pane : d->panes.docks) {
        auto *dock = qobject_cast<QDockWidget *>(pane.widget->parentWidget());
        QAction *toggle = dock->toggleViewAction();
        toggle->setShortcut(QKeySequence(tr("Ctrl+Shift+%1").arg(number++)));
        menu.addAction(toggle);
        connect(toggle, &QAction::triggered, dock, [dock](bool shown) {
            if (shown)
                dock->raise();
        });
    }
}

QAction *MainWindow::addToggle(QMenu &menu, const QString &text, const QString &key, bool byDefault)
{
    QAction *toggle = menu.addAction(text);
    toggle->setCheckable(true);
    toggle->setChecked(d->settings ? d->settings->value(key, byDefault).toBool() : byDefault);
    connect(toggle, &QAction::toggled, this, [this, key](bool on) {
        if (d->settings)
            d->settings->setValue(key, on);
    });
    return toggle;
}

void MainWindow::buildSettingsMenu(QMenu &menu)
{
    d->minimiseToTray = addToggle(menu, tr("Closing Minimises to the &Tray"),
                                  u"behaviour/minimiseToTray"_qs, false);
    d->notify = addToggle(menu, tr("&Notify When a Channel Fails"), u"behaviour/notify"_qs, true);
    if (!m_options.autostart)
        return;
    QAction *atLogin = menu.addAction(tr("Start at &Login"));
    atLogin->setObjectName(u"startAtLogin"_qs);
    atLogin->setCheckable(true);
    atLogin->setChecked(m_options.autostart->isOn());
    connect(atLogin, &QAction::triggered, this, [this, atLogin](bool on) {
        if (const Result<void> done = m_options.autostart->setOn(on); !done)
            d->message->showMessage(done.error().message, {});
        atLogin->setChecked(m_options.autostart->isOn());
    });
}

void MainWindow::showShortcuts()
{
    ShortcutsDialog::Keys keys = ShortcutsDialog::keysOf(*menuBar());
    keys += ShortcutsDialog::Keys { { QString(), tr("Elsewhere") },
                                    { tr("Enter"), tr("From the list of channels to the items") },
                                    { tr("Left, Right"), tr("Close or open a group of channels") },
                                    { tr("Esc"), tr("Dismiss a message") } };
    auto *dialog = new ShortcutsDialog(keys, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::about()
{
    auto *box = new QMessageBox(
        QMessageBox::NoIcon, tr("About Restream"),
        tr("<h3>Restream %1</h3><p>Turns REST APIs into streams that programs subscribe to.</p>"
           "<p>Free software under the GNU General Public License, version 3 or later.</p>")
            .arg(QStringLiteral(RESTREAM_VERSION)),
        QMessageBox::Close, this);
    box->setIconPixmap(windowIcon().pixmap(QSize(64, 64), devicePixelRatioF()));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

}
