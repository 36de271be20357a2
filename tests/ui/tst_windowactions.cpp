#include "tests/ui/windowtest.h"
#include "ui/channelactions.h"

#include <QAccessible>
#include <QClipboard>
#include <QDockWidget>
#include <QLineEdit>
#include <QSettings>
#include <QTabWidget>
#include <QTest>
#include <QTreeWidget>

using namespace restream;

class TestWindowActions : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void firstRun_startsTheDemoWithOneClick();
    void channelOfTheUser_isDeletedAndUndone();
    void channelWithSubscribers_isDeletedOnlyAfterAYes();
    void channelThatReplacesTheCatalogs_isRestored();
    void deletionThatFails_saysWhy();
    void duplicate_isSavedUnderAFreeName();
    void channelOfTheCatalog_canNotBeDeleted();
    void addressOfTheItems_isCopied();
    void pollNow_asksForTheWatchedStream();
    void tabsAndDocks_areReachedByKeysAndRestored();
    void panes_areToldWhatIsChosen();
    void paneThatChoosesAStream_leadsTheWindowThere();
    void addedChannel_isChosenAsSoonAsItIsThere();
    void closedGroups_stayClosedOverARestart();
    void statusThatNamesAChannel_leadsToIt();
    void shortcuts_areListedAndNoTwoAreTheSame();
    void everythingThatTakesFocus_hasAName();
    void itemsAddress_carriesTheParams();

private:
    static Panes panes(const PaneHost &host, QString *told, std::optional<PaneHost> *kept,
                       int *added);
    [[nodiscard]] QString chosen() const;

    std::unique_ptr<WindowTest> m_test;
    QString m_told;
    std::optional<PaneHost> m_host;
    int m_added = 0;
};

void TestWindowActions::init()
{
    m_told.clear();
    m_added = 0;
    m_test = std::make_unique<WindowTest>();
    FakeEngine &engine = m_test->engine;
    engine.addChannel(u"alerts"_qs, u"Weather alerts"_qs);
    engine.addChannel(u"demo-quakes"_qs);
    engine.addChannel(u"mine"_qs, {}, { { u"level"_qs, { u"all"_qs, false, {}, {}, {} } } });
    ChannelInfo &mine = engine.now.channels.last();
    mine.builtIn = false;
    mine.apiUrl = u"https://example.org/"_qs;
    engine.definitions.insert(u"mine"_qs, { R"({"name":"mine"})", u"mine.json"_qs, false, "v1" });
    m_test->options.panes = [this](const PaneHost &host) {
        return panes(host, &m_told, &m_host, &m_added);
    };
    m_test->open();
}

Panes TestWindowActions::panes(const PaneHost &host, QString *told, std::optional<PaneHost> *kept,
                               int *added)
{
    kept->emplace(host);
    const auto named = [](const QString &name) {
        auto *line = new QLineEdit;
        line->setAccessibleName(name);
        return line;
    };
    Panes panes;
    panes.tabs.push_back({ u"configure"_qs,
                           u"Configure"_qs,
                           named(u"Definition"_qs),
                           [told](const ChannelInfo *channel, const StreamInfo *stream) {
                               *told = (channel ? channel->name : u"-"_qs) % u' '
                                   % (stream ? QString::fromUtf8(stream->name) : u"-"_qs);
                           },
                           {} });
    panes.tabs.push_back({ u"log"_qs, u"Log"_qs, named(u"Lines"_qs), {}, {} });
    panes.docks.push_back({ u"subscribers"_qs, u"Subscribers"_qs, named(u"Clients"_qs), {}, {} });
    panes.docks.push_back({ u"server"_qs, u"Server"_qs, named(u"Address"_qs), {}, {} });
    panes.addChannel = [added] { ++*added; };
    return panes;
}

QString TestWindowActions::chosen() const
{
    return m_test->engine.watched ? m_test->engine.watched->first : QString();
}

void TestWindowActions::firstRun_startsTheDemoWithOneClick()
{
    QTest::mouseClick(m_test->button(u"Start the Demo Stream"_qs), Qt::LeftButton);
    QCOMPARE(chosen(), u"demo-quakes"_qs);
    QVERIFY(!m_test->button(u"Start the Demo Stream"_qs));
    m_test->engine.now.channels.removeAt(1);
    emit m_test->engine.snapshotChanged();
    QVERIFY(m_test->button(u"Add a Channel…"_qs));
    QVERIFY(!m_test->button(u"Start the Demo Stream"_qs)); // there is none
    m_test->button(u"Add a Channel…"_qs)->click();
    QCOMPARE(m_added, 1);
}

void TestWindowActions::channelOfTheUser_isDeletedAndUndone()
{
    m_test->choose(u"mine"_qs);
    m_test->action(u"Delete"_qs)->trigger();
    QVERIFY(!m_test->engine.definitions.contains(u"mine"_qs));
    QVERIFY(m_test->shows(u"The channel mine was deleted."_qs));
    const ChannelInfo mine = m_test->engine.now.channels.takeLast();
    emit m_test->engine.snapshotChanged();
    QCOMPARE(chosen(), QString());
    m_test->button(u"Undo"_qs)->click();
    QCOMPARE(m_test->engine.definitions[u"mine"_qs].json, QByteArray(R"({"name":"mine"})"));
    m_test->engine.now.channels.append(mine);
    emit m_test->engine.snapshotChanged();
    QCOMPARE(chosen(), u"mine"_qs);
}

void TestWindowActions::channelWithSubscribers_isDeletedOnlyAfterAYes()
{
    m_test->engine.addStream(u"mine"_qs, "mine?level=all").subscribers = 1;
    m_test->choose(u"mine"_qs);
    m_test->action(u"Delete"_qs)->trigger();
    QVERIFY(m_test->engine.definitions.contains(u"mine"_qs));
    m_test->question()->button(QMessageBox::Cancel)->click();
    QVERIFY(m_test->engine.definitions.contains(u"mine"_qs));
    m_test->action(u"Delete"_qs)->trigger();
    m_test->button(u"Delete"_qs)->click();
    QVERIFY(!m_test->engine.definitions.contains(u"mine"_qs));
}

void TestWindowActions::channelThatReplacesTheCatalogs_isRestored()
{
    m_test->engine.now.channels.last().replacesBuiltIn = true;
    emit m_test->engine.snapshotChanged();
    m_test->choose(u"mine"_qs);
    QVERIFY(!m_test->action(u"Delete"_qs));
    m_test->action(u"Restore the Catalog's Version"_qs)->trigger();
    QVERIFY(m_test->shows(u"mine is the catalog's again."_qs));
    QVERIFY(!m_test->engine.definitions.contains(u"mine"_qs));
    QVERIFY(m_test->button(u"Undo"_qs));
}

void TestWindowActions::deletionThatFails_saysWhy()
{
    m_test->choose(u"mine"_qs);
    m_test->engine.definitions.clear(); // deleted by somebody else meanwhile
    m_test->action(u"Delete"_qs)->trigger();
    QVERIFY(m_test->shows(u"mine"_qs));
    QVERIFY(m_test->button(u"Dismiss"_qs));
}

void TestWindowActions::duplicate_isSavedUnderAFreeName()
{
    m_test->choose(u"mine"_qs);
    m_test->action(u"Duplicate"_qs)->trigger();
    QCOMPARE(m_test->engine.definitions[u"mine-copy"_qs].json,
             QByteArray(R"({"name":"mine-copy"})"));
    m_test->engine.addChannel(u"mine-copy"_qs);
    emit m_test->engine.snapshotChanged();
    QCOMPARE(chosen(), u"mine-copy"_qs);
}

void TestWindowActions::channelOfTheCatalog_canNotBeDeleted()
{
    m_test->choose(u"alerts"_qs);
    QVERIFY(!m_test->action(u"Delete"_qs)->isEnabled());
    QVERIFY(
        !m_test->action(u"Duplicate"_qs)->isEnabled()); // its recordings are not where a copy looks
    QVERIFY(m_test->action(u"Edit"_qs)->isEnabled());
}

void TestWindowActions::addressOfTheItems_isCopied()
{
    m_test->choose(u"alerts"_qs);
    m_test->action(u"Copy the Address of Its Items"_qs)->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(),
             u"http://127.0.0.1:7999/v1/channels/alerts/items"_qs);
}

void TestWindowActions::pollNow_asksForTheWatchedStream()
{
    m_test->choose(u"alerts"_qs);
    QVERIFY(!m_test->action(u"Poll Now"_qs)->isEnabled());
    m_test->engine.addStream(u"alerts"_qs, "alerts");
    emit m_test->engine.watchedItems("alerts", {});
    emit m_test->engine.snapshotChanged();
    m_test->action(u"Poll Now"_qs)->trigger();
    QCOMPARE(m_test->engine.polledNow, QByteArray("alerts"));
}

void TestWindowActions::tabsAndDocks_areReachedByKeysAndRestored()
{
    m_test->choose(u"alerts"_qs);
    auto *tabs = m_test->find<QTabWidget>(u"tabs"_qs);
    QVERIFY(QTest::qWaitForWindowActive(m_test->window.get()));
    QTest::keyClick(m_test->window.get(), Qt::Key_3, Qt::ControlModifier);
    QCOMPARE(tabs->currentWidget()->objectName(), u"log"_qs);
    QTest::keyClick(m_test->window.get(), Qt::Key_E, Qt::ControlModifier);
    QCOMPARE(tabs->currentWidget()->objectName(), u"configure"_qs);
    QVERIFY(m_test->find<QLineEdit>(u"configure"_qs)->hasFocus());
    auto *dock = m_test->find<QDockWidget>(u"serverDock"_qs);
    QVERIFY(dock->toggleViewAction()->isChecked());
    QTest::keyClick(m_test->window.get(), Qt::Key_2, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(!dock->toggleViewAction()->isChecked());
    m_test->window->saveState();
    m_test->open();
    tabs = m_test->find<QTabWidget>(u"tabs"_qs);
    QCOMPARE(tabs->currentWidget()->objectName(), u"configure"_qs);
    QVERIFY(!m_test->find<QDockWidget>(u"serverDock"_qs)->toggleViewAction()->isChecked());
    QVERIFY(m_test->find<QDockWidget>(u"subscribersDock"_qs)->toggleViewAction()->isChecked());
}

void TestWindowActions::panes_areToldWhatIsChosen()
{
    QCOMPARE(m_told, u"- -"_qs);
    m_test->choose(u"alerts"_qs);
    QCOMPARE(m_told, u"alerts -"_qs);
    m_test->engine.addStream(u"alerts"_qs, "alerts");
    emit m_test->engine.watchedItems("alerts", {});
    emit m_test->engine.snapshotChanged();
    QCOMPARE(m_told, u"alerts alerts"_qs);
}

void TestWindowActions::paneThatChoosesAStream_leadsTheWindowThere()
{
    m_host->chooseStream(u"mine"_qs, { { u"level"_qs, u"4.5"_qs } });
    QCOMPARE(m_test->engine.watched, std::pair(u"mine"_qs, Params({ { u"level"_qs, u"4.5"_qs } })));
    QCOMPARE(m_test->find<QLineEdit>(u"param:level"_qs)->text(), u"4.5"_qs);
}

void TestWindowActions::addedChannel_isChosenAsSoonAsItIsThere()
{
    m_host->chooseChannel(u"new"_qs);
    QCOMPARE(chosen(), QString());
    m_test->engine.addChannel(u"new"_qs);
    emit m_test->engine.snapshotChanged();
    QCOMPARE(chosen(), u"new"_qs);
}

void TestWindowActions::closedGroups_stayClosedOverARestart()
{
    auto *list = m_test->find<QTreeView>(u"channels"_qs);
    QVERIFY(list->isExpanded(list->model()->index(1, 0)));
    list->collapse(list->model()->index(1, 0));
    auto *filter = m_test->find<QLineEdit>(u"channelFilter"_qs);
    filter->setText(u"alerts"_qs); // what is found is shown
    QVERIFY(list->isExpanded(list->model()->index(0, 0)));
    filter->clear();
    QVERIFY(!list->isExpanded(list->model()->index(1, 0)));
    m_test->window->saveState();
    m_test->open();
    list = m_test->find<QTreeView>(u"channels"_qs);
    QVERIFY(list->isExpanded(list->model()->index(0, 0)));
    QVERIFY(!list->isExpanded(list->model()->index(1, 0)));
}

void TestWindowActions::statusThatNamesAChannel_leadsToIt()
{
    StreamInfo &stream = m_test->engine.addStream(u"mine"_qs, "mine?level=all");
    stream.status.state = StreamStatus::State::Failing;
    emit m_test->engine.snapshotChanged();
    QTest::mouseClick(m_test->find<QAbstractButton>(u"status"_qs), Qt::LeftButton);
    QCOMPARE(chosen(), u"mine"_qs);
}

void TestWindowActions::shortcuts_areListedAndNoTwoAreTheSame()
{
    QStringList keys;
    for (const QAction *action : m_test->window->findChildren<QAction *>()) {
        for (const QKeySequence &sequence : action->shortcuts())
            keys.append(sequence.toString());
    }
    keys.removeAll(QKeySequence(QKeySequence::Copy).toString()); // of whichever list has the focus
    QCOMPARE(QSet<QString>(keys.begin(), keys.end()).size(), keys.size());
    m_test->action(u"Keyboard Shortcuts"_qs)->trigger();
    auto *list = m_test->find<QTreeWidget>(u"shortcuts"_qs);
    QVERIFY(list && list->isVisible());
    for (const QString &key : keys)
        QVERIFY2(!list->findItems(key, Qt::MatchContains | Qt::MatchRecursive, 1).isEmpty(),
                 qPrintable(key));
}

void TestWindowActions::everythingThatTakesFocus_hasAName()
{
    m_test->engine.addStream(u"mine"_qs, "mine?level=all").status.state =
        StreamStatus::State::Failing;
    m_test->engine.now.problems = QStringList { u"x"_qs };
    emit m_test->engine.snapshotChanged();
    m_test->choose(u"mine"_qs);
    m_test->action(u"Keyboard Shortcuts"_qs)->trigger();
    int seen = 0;
    for (QWidget *widget : m_test->window->findChildren<QWidget *>()) {
        if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible()
            || widget->objectName().startsWith(u"qt_"))
            continue;
        ++seen;
        QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(widget);
        QVERIFY2(interface && !interface->text(QAccessible::Name).isEmpty(),
                 qPrintable(QString(QLatin1String(widget->metaObject()->className()) % u' '
                                    % widget->objectName())));
    }
    QVERIFY(seen > 12);
}

void TestWindowActions::itemsAddress_carriesTheParams()
{
    QCOMPARE(itemsAddress(u"http://127.0.0.1:7999/"_qs, u"a"_qs, "a?x=1&y=%2F"),
             u"http://127.0.0.1:7999/v1/channels/a/items?x=1&y=%2F"_qs);
}

QTEST_MAIN(TestWindowActions)
#include "tst_windowactions.moc"
