#include "ui/closechoice.h"
#include "ui/mainwindowparts.h"

#include <QCloseEvent>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMessageBox>
#include <QPushButton>

#include <algorithm>

namespace restream {
namespace {

const QString toldOfTray = QStringLiteral("behaviour/toldOfTray");

QString paramsText(const Params &params)
{
    QJsonObject object;
    for (auto [name, value] : params.asKeyValueRange())
        object.insert(name, value);
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

Params paramsOf(const QString &text)
{
    Params params;
    const QJsonObject object = QJsonDocument::fromJson(text.toUtf8()).object();
    for (auto member = object.begin(); member != object.end(); ++member)
        params.insert(member.key(), member->toString());
    return params;
}

}

void MainWindow::restoreState()
{
    resize(1280, 800);
    if (!d->settings)
        return;
    const QSettings &settings = *d->settings;
    restoreGeometry(settings.value(u"window/geometry"_qs).toByteArray());
    QMainWindow::restoreState(settings.value(u"window/state"_qs).toByteArray());
    d->splitter->restoreState(settings.value(u"window/splitter"_qs).toByteArray());
    d->channels->setClosedGroups(settings.value(u"window/closedGroups"_qs).toStringList());
    d->wanted = settings.value(u"window/channel"_qs).toString();
    d->wantedParams = paramsOf(settings.value(u"window/params"_qs).toString());
    const QString tab = settings.value(u"window/tab"_qs).toString();
    if (auto *pane = d->tabs->findChild<QWidget *>(tab); pane && !tab.isEmpty())
        d->tabs->setCurrentWidget(pane);
}

void MainWindow::saveState() const
{
    if (!d->settings)
        return;
    QSettings &settings = *d->settings;
    const StreamInfo *stream = d->stream->stream();
    settings.setValue(u"window/geometry"_qs, saveGeometry());
    settings.setValue(u"window/state"_qs, QMainWindow::saveState());
    settings.setValue(u"window/splitter"_qs, d->splitter->saveState());
    settings.setValue(u"window/closedGroups"_qs, d->channels->closedGroups());
    settings.setValue(u"window/channel"_qs, d->channels->chosen());
    // In the tray there is no stream that is watched.
    settings.setValue(u"window/params"_qs, paramsText(stream ? stream->params : d->wantedParams));
    settings.setValue(u"window/tab"_qs, d->tabs->currentWidget()->objectName());
    settings.sync();
}

int MainWindow::subscribers() const
{
    int count = 0;
    for (const StreamInfo &stream : m_engine.snapshot().streams)
        count += stream.subscribers;
    return count;
}

bool MainWindow::hasTray() const
{
    return m_options.hasTray();
}

bool MainWindow::hasUnsavedChanges() const
{
    const auto unsaved = [](const Pane &pane) {
        return pane.hasUnsavedChanges && pane.hasUnsavedChanges();
    };
    return std::any_of(d->panes.tabs.begin(), d->panes.tabs.end(), unsaved)
        || std::any_of(d->panes.docks.begin(), d->panes.docks.end(), unsaved);
}

void MainWindow::requestQuit()
{
    const auto quit = [this] {
        saveState();
        d->quitting = true;
        emit quitRequested();
    };
    if (!hasUnsavedChanges()) {
        quit();
        return;
    }
    bring();
    showTab(u"configure"_qs);
    auto *box = new QMessageBox(QMessageBox::Warning, tr("Quit without saving?"),
                                tr("The definition of a channel was changed and not saved."),
                                QMessageBox::Discard | QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(box, &QMessageBox::finished, this, [quit](int button) {
        if (button == QMessageBox::Discard)
            quit();
    });
    box->open();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    const bool told = d->settings && d->settings->value(toldOfTray).toBool();
    const CloseSituation situation { subscribers(), hasTray(), d->minimiseToTray->isChecked(),
                                     told };
    if (d->quitting) {
        event->accept();
        return;
    }
    event->ignore();
    switch (closeChoice(situation)) {
    case CloseChoice::Quit:
        requestQuit();
        event->setAccepted(d->quitting);
        break;
    case CloseChoice::Hide:
        hideToTray(false);
        break;
    case CloseChoice::HideAndTell:
        hideToTray(true);
        break;
    case CloseChoice::Ask:
        askBeforeClosing();
        break;
    }
}

void MainWindow::hideToTray(bool tell)
{
    saveState();
    hide();
    if (!tell)
        return;
    d->notifier.say(QString(), tr("Restream goes on in the tray"),
                    tr("Programs that subscribe are served as before. To end it, choose Quit in "
                       "the menu of its icon."),
                    false);
    if (d->settings)
        d->settings->setValue(toldOfTray, true);
}

void MainWindow::askBeforeClosing()
{
    auto *box =
        new QMessageBox(QMessageBox::Question, tr("Keep serving?"),
                        tr("%n programs subscribe now. When Restream quits, they get nothing more.",
                           nullptr, subscribers()),
                        QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *minimise = box->addButton(tr("&Minimise the Window"), QMessageBox::AcceptRole);
    const QAbstractButton *quit = box->addButton(tr("&Quit"), QMessageBox::DestructiveRole);
    box->setDefaultButton(minimise);
    connect(box, &QMessageBox::buttonClicked, this,
            [this, quit, minimise](const QAbstractButton *button) {
                if (button == quit)
                    requestQuit();
                else if (button == minimise)
                    showMinimized();
            });
    box->open();
}

void MainWindow::bring()
{
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    d->tray.setWindowShown(true);
    if (std::exchange(d->inTray, false))
        showChosen();
}

/// Nobody looks: an API is not asked for it.
void MainWindow::hideEvent(QHideEvent *event)
{
    QMainWindow::hideEvent(event);
    if (event->spontaneous() || d->quitting)
        return;
    d->tray.setWindowShown(false);
    d->inTray = true;
    if (const StreamInfo *stream = d->stream->stream())
        d->wantedParams = stream->params;
    d->stream->setChannel(nullptr);
}

}
