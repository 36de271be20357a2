#include "tests/ui/windowtest.h"

#include <QSettings>
#include <QSignalSpy>
#include <QTest>

using namespace restream;

class TestWindowClosing : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void nobodySubscribes_quits();
    void somebodySubscribes_hidesAndSaysSoOnceEver();
    void noTray_asksAndEachAnswerIsMeant();
    void minimisingToTheTray_isKeptOverARestart();
    void quit_quitsAlsoWhileSomebodySubscribes();
    void unsavedChanges_areNotLost();
    void windowInTheTray_watchesNothingUntilItIsBack();
    void startAtLogin_isSwitchedOnAndOff();
    void autostartThatFails_saysWhyAndStaysOff();

private:
    void subscribe();

    std::unique_ptr<WindowTest> m_test;
    bool m_unsaved = false;
};

void TestWindowClosing::init()
{
    m_test = std::make_unique<WindowTest>();
    m_unsaved = false;
    m_test->engine.addChannel(u"alerts"_qs);
    m_test->engine.addChannel(u"quakes"_qs, {},
                              { { u"level"_qs, { u"all"_qs, false, {}, {}, {} } } });
    m_test->options.hasTray = [] { return true; };
    m_test->options.panes = [this](const PaneHost &) {
        Panes panes;
        panes.tabs.push_back(
            { u"configure"_qs, u"Configure"_qs, new QWidget, {}, [this] { return m_unsaved; } });
        return panes;
    };
    m_test->open();
}

void TestWindowClosing::subscribe()
{
    m_test->engine.addStream(u"alerts"_qs, "alerts").subscribers = 2;
    emit m_test->engine.snapshotChanged();
}

void TestWindowClosing::nobodySubscribes_quits()
{
    QSignalSpy quit(m_test->window.get(), &MainWindow::quitRequested);
    QVERIFY(m_test->window->close());
    QCOMPARE(quit.count(), 1);
}

void TestWindowClosing::somebodySubscribes_hidesAndSaysSoOnceEver()
{
    subscribe();
    QSignalSpy quit(m_test->window.get(), &MainWindow::quitRequested);
    const QString file = m_test->options.settingsFile;
    QVERIFY(!m_test->window->close());
    QVERIFY(!m_test->window->isVisible());
    QCOMPARE(quit.count(), 0);
    QCOMPARE(QSettings(file, QSettings::IniFormat).value(u"behaviour/toldOfTray"_qs).toBool(),
             true);
    m_test->window->bring();
    QVERIFY(m_test->window->isVisible());
}

void TestWindowClosing::noTray_asksAndEachAnswerIsMeant()
{
    m_test->options.hasTray = [] { return false; };
    m_test->open();
    subscribe();
    QSignalSpy quit(m_test->window.get(), &MainWindow::quitRequested);
    QVERIFY(!m_test->window->close());
    QVERIFY(m_test->window->isVisible());
    QVERIFY(m_test->question());
    m_test->question()->button(QMessageBox::Cancel)->click();
    QVERIFY(!m_test->question());
    QVERIFY(m_test->window->isVisible());
    QVERIFY(!m_test->window->close());
    m_test->button(u"Minimise the Window"_qs)->click();
    QVERIFY(m_test->window->isMinimized());
    QCOMPARE(quit.count(), 0);
    m_test->window->bring();
    QVERIFY(!m_test->window->isMinimized());
    QVERIFY(!m_test->window->close());
    m_test->button(u"Quit"_qs)->click();
    QCOMPARE(quit.count(), 1);
}

void TestWindowClosing::minimisingToTheTray_isKeptOverARestart()
{
    m_test->action(u"Closing Minimises to the Tray"_qs)->trigger();
    m_test->open();
    QVERIFY(m_test->action(u"Closing Minimises to the Tray"_qs)->isChecked());
    QSignalSpy quit(m_test->window.get(), &MainWindow::quitRequested);
    QVERIFY(!m_test->window->close());
    QVERIFY(!m_test->window->isVisible());
    QCOMPARE(quit.count(), 0);
}

void TestWindowClosing::quit_quitsAlsoWhileSomebodySubscribes()
{
    subscribe();
    QSignalSpy quit(m_test->window.get(), &MainWindow::quitRequested);
    m_test->action(u"Quit"_qs)->trigger();
    QCOMPARE(quit.count(), 1);
    QVERIFY(m_test->window->close()); // and nothing is asked while it ends
}

void TestWindowClosing::unsavedChanges_areNotLost()
{
    m_unsaved = true;
    QSignalSpy quit(m_test->window.get(), &MainWindow::quitRequested);
    QVERIFY(!m_test->window->close());
    QVERIFY(m_test->window->isVisible());
    QVERIFY(m_test->question());
    m_test->question()->button(QMessageBox::Cancel)->click();
    QCOMPARE(quit.count(), 0);
    m_test->action(u"Quit"_qs)->trigger();
    m_test->question()->button(QMessageBox::Discard)->click();
    QCOMPARE(quit.count(), 1);
}

void TestWindowClosing::windowInTheTray_watchesNothingUntilItIsBack()
{
    m_test->choose(u"quakes"_qs);
    m_test->engine.addStream(u"quakes"_qs, "quakes?level=all").params = { { u"level"_qs,
                                                                            u"all"_qs } };
    emit m_test->engine.watchedItems("quakes?level=all", {});
    subscribe();
    QVERIFY(m_test->engine.watched);
    QVERIFY(!m_test->window->close());
    QVERIFY(!m_test->engine.watched);
    m_test->window->bring();
    QCOMPARE(m_test->engine.watched,
             std::pair(u"quakes"_qs, Params({ { u"level"_qs, u"all"_qs } })));
}

void TestWindowClosing::startAtLogin_isSwitchedOnAndOff()
{
    QVERIFY(!m_test->action(u"Start at Login"_qs)); // not offered where it can't be
    m_test->options.autostart = Autostart(m_test->folder.path(), { u"/usr/bin/restream"_qs });
    m_test->open();
    QAction *atLogin = m_test->action(u"Start at Login"_qs);
    QVERIFY(!atLogin->isChecked());
    atLogin->trigger();
    QVERIFY(atLogin->isChecked());
    QVERIFY(m_test->options.autostart->isOn());
    m_test->open();
    QVERIFY(m_test->action(u"Start at Login"_qs)->isChecked());
    m_test->action(u"Start at Login"_qs)->trigger();
    QVERIFY(!m_test->options.autostart->isOn());
}

void TestWindowClosing::autostartThatFails_saysWhyAndStaysOff()
{
    QFile inTheWay(m_test->folder.filePath(u"autostart"_qs));
    QVERIFY(inTheWay.open(QIODevice::WriteOnly));
    m_test->options.autostart = Autostart(m_test->folder.path(), { u"/usr/bin/restream"_qs });
    m_test->open();
    QAction *atLogin = m_test->action(u"Start at Login"_qs);
    atLogin->trigger();
    QVERIFY(!atLogin->isChecked());
    QVERIFY(m_test->shows(u"can't be changed"_qs));
}

QTEST_MAIN(TestWindowClosing)
#include "tst_windowclosing.moc"
