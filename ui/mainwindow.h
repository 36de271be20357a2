#pragma once

#include "ui/autostart.h"
#include "ui/panes.h"
#include "ui/troublewatch.h"

#include <QMainWindow>
#include <QSystemTrayIcon>

#include <memory>
#include <optional>

class QAction;
class QMenu;

namespace restream {

/// What a window is made with beside the engine.
struct WindowOptions
{
    QString settingsFile; ///< keeps how the window was and what was chosen; empty: nothing is kept
    LogBook *log = nullptr;
    std::optional<Autostart> autostart; ///< nothing: it is not offered
    std::function<Panes(const PaneHost &)> panes = makePanes;
    /// Whether the desktop has a tray now.
    std::function<bool()> hasTray = QSystemTrayIcon::isSystemTrayAvailable;
};

/// The window over any engine.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    /// `engine`, `clock` and the log outlive the window.
    MainWindow(EngineFacade &engine, const Clock &clock, WindowOptions options,
               QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Says why nobody can connect on `port`, and offers what may help. For what went wrong before the window was there, too.
    void showListeningFailure(const Error &error, quint16 port);
    /// Before all other windows, wherever it was.
    void bring();
    /// Whether it can be left to the tray. A desktop's tray may come later than the program.
    [[nodiscard]] bool hasTray() const;
    void saveState() const;
    /// Asks first where changes were not saved.
    void requestQuit();

signals:
    /// The user is done with the program; everything was saved or given up.
    void quitRequested();

protected:
    void closeEvent(QCloseEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    struct Parts;

    void buildCentre();
    void buildDocks();
    void connectParts();
    void buildMenus();
    void buildViewMenu(QMenu &menu);
    void buildSettingsMenu(QMenu &menu);
    QAction *addToggle(QMenu &menu, const QString &text, const QString &key, bool byDefault);

    void refresh();
    void refreshTexts();
    void tellTrouble(const EngineSnapshot &snapshot);
    void choose(const QString &channel);
    void chooseSoon(const QString &channel, const Params &params = {});
    void showChosen();
    void showTab(const QString &id);
    void startDemo();
    void listen(quint16 port);
    void stop();
    void offerUndo(const QString &channel, const QByteArray &json, bool fromCatalog);
    void confirmRemoval(const QString &channel, int subscribers);
    void showShortcuts();
    void about();

    void restoreState();
    [[nodiscard]] int subscribers() const;
    [[nodiscard]] bool hasUnsavedChanges() const;
    void askBeforeClosing();
    void hideToTray(bool tell);

    EngineFacade &m_engine;
    const Clock &m_clock;
    WindowOptions m_options;
    std::unique_ptr<Parts> d;
};

}
