#include "tests/support/fakeclock.h"
#include "tests/ui/fakeengine.h"
#include "ui/mainwindow.h"

#include <QAccessible>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace restream;

class TestMainWindow : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void chosenChannel_isWatchedAndItsItemsShown();
    void changes_areShownAsTheyCome();
    void changesOfAnotherStream_areNotShown();
    void paramThatIsRequired_isAskedForBeforeWatching();
    void choiceOfAParam_watchesAtOnce();
    void watchThatFails_saysWhy();
    void emptyStates_sayWhatIsGoingOn();
    void filter_narrowsAndSaysWhenNothingMatches();
    void startAndStop_areAskedOfTheEngine();
    void portInUse_isNamedAndAnotherIsOffered();
    void address_isCopied();
    void problems_areListed();
    void channelThatGoesAway_isLeft();
    void channelThatTheFilterHides_staysChosen();
    void layoutAndStream_areRestored();
    void everythingThatTakesFocus_hasAName();
    void tabOrder_goesFromTheChannelsOverTheParamsToTheItems();

private:
    template<typename T>
    [[nodiscard]] T *find(const QString &name) const
    {
        return m_window->findChild<T *>(name);
    }
    [[nodiscard]] bool shows(const QString &text) const;
    void makeWindow();
    void choose(const QString &channel);
    QPushButton *button(const QString &text) const;

    FakeClock m_clock;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<FakeEngine> m_engine;
    std::unique_ptr<MainWindow> m_window;
};

void TestMainWindow::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_engine = std::make_unique<FakeEngine>();
    m_engine->addChannel(u"alerts"_qs, u"Weather alerts"_qs);
    m_engine->addChannel(
        u"quakes"_qs, u"Earthquakes"_qs,
        { { u"level"_qs, { u"all"_qs, false, {}, { u"all"_qs, u"4.5"_qs }, {} } } });
    m_engine->addChannel(u"station"_qs, u"One station"_qs,
                         { { u"id"_qs, { {}, true, u"[0-9]+"_qs, {}, u"Its number"_qs } } });
    makeWindow();
    m_window->show();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
}

void TestMainWindow::cleanup()
{
    m_window.reset();
    m_engine.reset();
}

void TestMainWindow::makeWindow()
{
    WindowOptions options;
    options.settingsFile = m_folder->filePath(u"window.ini"_qs);
    m_window = std::make_unique<MainWindow>(*m_engine, m_clock, options);
}

bool TestMainWindow::shows(const QString &text) const
{
    const QList<QLabel *> labels = m_window->findChildren<QLabel *>();
    return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) {
        return label->isVisible() && label->text().contains(text);
    });
}

void TestMainWindow::choose(const QString &channel)
{
    auto *list = find<QTreeView>(u"channels"_qs);
    const QModelIndexList found =
        list->model()->match(list->model()->index(0, 0), Qt::DisplayRole, channel, 1,
                             Qt::MatchExactly | Qt::MatchRecursive);
    list->setCurrentIndex(found.value(0));
}

QPushButton *TestMainWindow::button(const QString &text) const
{
    for (QPushButton *found : m_window->findChildren<QPushButton *>()) {
        if (found->isVisible() && QString(found->text()).remove(u'&') == text)
            return found;
    }
    return nullptr;
}

void TestMainWindow::chosenChannel_isWatchedAndItsItemsShown()
{
    QVERIFY(shows(u"Any API, as a stream"_qs));
    choose(u"alerts"_qs);
    QCOMPARE(m_engine->watched, std::pair(u"alerts"_qs, Params()));
    QVERIFY(shows(u"Waiting for the first poll"_qs));
    emit m_engine->watchedItems(
        "alerts", { { "1", R"({"title":"Flood"})" }, { "2", R"({"title":"Storm"})" } });
    auto *table = find<QTableView>(u"items"_qs);
    QVERIFY(table->isVisible());
    QCOMPARE(table->model()->rowCount(), 2);
    QCOMPARE(table->model()->index(1, 1).data().toString(), u"Storm"_qs);
}

void TestMainWindow::changes_areShownAsTheyCome()
{
    choose(u"alerts"_qs);
    emit m_engine->watchedItems("alerts", { { "1", R"({"title":"Flood"})" } });
    auto changes = std::make_shared<Changeset>();
    changes->added = { { "2", R"({"title":"Storm"})" } };
    changes->removed = { "1" };
    emit m_engine->watchedChanges("alerts", changes);
    auto *table = find<QTableView>(u"items"_qs);
    QCOMPARE(table->model()->rowCount(), 1);
    QCOMPARE(table->model()->index(0, 0).data().toString(), u"2"_qs);
}

void TestMainWindow::changesOfAnotherStream_areNotShown()
{
    choose(u"quakes"_qs);
    emit m_engine->watchedItems("quakes?level=all", { { "1", R"({"mag":1})" } });
    choose(u"alerts"_qs);
    auto changes = std::make_shared<Changeset>();
    changes->added = { { "2", R"({"mag":2})" } };
    emit m_engine->watchedChanges("quakes?level=all", changes);
    QCOMPARE(find<QTableView>(u"items"_qs)->model()->rowCount(), 0);
    emit m_engine->watchedItems("quakes?level=all", { { "1", R"({"mag":1})" } }); // was under way
    QCOMPARE(find<QTableView>(u"items"_qs)->model()->rowCount(), 0);
    QVERIFY(shows(u"Waiting for the first poll"_qs));
}

void TestMainWindow::paramThatIsRequired_isAskedForBeforeWatching()
{
    choose(u"station"_qs);
    QVERIFY(!m_engine->watched);
    QVERIFY(shows(u"This channel needs to know more"_qs));
    auto *line = find<QLineEdit>(u"param:id"_qs);
    QTest::keyClicks(line, u"a42"_qs);
    QCOMPARE(line->text(), u"42"_qs); // what the pattern forbids can't be typed
    QTest::keyClick(line, Qt::Key_Return);
    QCOMPARE(m_engine->watched, std::pair(u"station"_qs, Params({ { u"id"_qs, u"42"_qs } })));
}

void TestMainWindow::choiceOfAParam_watchesAtOnce()
{
    choose(u"quakes"_qs);
    QCOMPARE(m_engine->watched, std::pair(u"quakes"_qs, Params({ { u"level"_qs, u"all"_qs } })));
    auto *level = find<QComboBox>(u"param:level"_qs);
    level->setFocus();
    QTest::keyClick(level, Qt::Key_Down);
    QCOMPARE(m_engine->watched, std::pair(u"quakes"_qs, Params({ { u"level"_qs, u"4.5"_qs } })));
}

void TestMainWindow::watchThatFails_saysWhy()
{
    choose(u"alerts"_qs);
    emit m_engine->watchedItems("alerts", { { "1", R"({"title":"Flood"})" } });
    emit m_engine->watchFailed({ u"unknown_channel"_qs, u"the channel alerts was taken away"_qs });
    QVERIFY(shows(u"This stream can't be shown"_qs));
    QVERIFY(shows(u"the channel alerts was taken away"_qs));
}

void TestMainWindow::emptyStates_sayWhatIsGoingOn()
{
    choose(u"alerts"_qs);
    StreamInfo &stream = m_engine->addStream(u"alerts"_qs, "alerts");
    emit m_engine->watchedItems("alerts", {});
    QVERIFY(shows(u"Waiting for the first poll"_qs));
    stream.seq = 1;
    emit m_engine->snapshotChanged();
    QVERIFY(shows(u"No items now"_qs));
    stream.status.state = StreamStatus::State::Paused;
    stream.status.error = Error { u"key_missing"_qs, u"the key api-key is missing"_qs };
    emit m_engine->snapshotChanged();
    QVERIFY(shows(u"Paused"_qs));
    QVERIFY(shows(u"the key api-key is missing"_qs));
    QVERIFY(find<QAbstractButton>(u"status"_qs)
                ->text()
                .contains(u"alerts is paused: the key api-key is missing"_qs));
}

void TestMainWindow::filter_narrowsAndSaysWhenNothingMatches()
{
    choose(u"alerts"_qs);
    emit m_engine->watchedItems(
        "alerts", { { "1", R"({"title":"Flood"})" }, { "2", R"({"title":"Storm"})" } });
    auto *filter = find<QLineEdit>(u"itemFilter"_qs);
    QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
    QVERIFY(m_window->focusWidget() == filter);
    QTest::keyClicks(filter, u"flo"_qs);
    QCOMPARE(find<QTableView>(u"items"_qs)->model()->rowCount(), 1);
    QCOMPARE(find<QLabel>(u"shown"_qs)->text(), u"1 of 2"_qs);
    QTest::keyClicks(filter, u"x"_qs);
    QVERIFY(shows(u"Nothing matches"_qs));
    filter->clear();
    QVERIFY(find<QTableView>(u"items"_qs)->isVisible());
}

void TestMainWindow::startAndStop_areAskedOfTheEngine()
{
    auto *button = find<QPushButton>(u"switch"_qs);
    QCOMPARE(button->text(), u"&Stop"_qs);
    button->click();
    QCOMPARE(m_engine->listening, std::pair(false, quint16(7999)));
    m_engine->now.url.clear();
    emit m_engine->snapshotChanged();
    QCOMPARE(button->text(), u"&Start"_qs);
    QVERIFY(!find<QLabel>(u"address"_qs)->isVisible());
    button->click();
    QCOMPARE(m_engine->listening, std::pair(true, quint16(7999)));
}

void TestMainWindow::portInUse_isNamedAndAnotherIsOffered()
{
    m_engine->now.url.clear();
    emit m_engine->snapshotChanged();
    emit m_engine->listeningFailed({ u"port_in_use"_qs, u"port 7999 on 127.0.0.1 is in use"_qs });
    QVERIFY(shows(u"port 7999 on 127.0.0.1 is in use"_qs));
    QVERIFY(button(u"Use Port 8000"_qs));
    button(u"Use Port 8000"_qs)->click();
    QCOMPARE(m_engine->listening, std::pair(true, quint16(8000)));
    emit m_engine->listeningFailed({ u"port_in_use"_qs, u"port 8000 on 127.0.0.1 is in use"_qs });
    QVERIFY(button(u"Use Port 8001"_qs));
    button(u"Try Again"_qs)->click();
    QCOMPARE(m_engine->listening, std::pair(true, quint16(8000)));
    QVERIFY(!shows(u"is in use"_qs));
    emit m_engine->listeningFailed({ u"port_in_use"_qs, u"port 8000 on 127.0.0.1 is in use"_qs });
    button(u"Use a Free Port"_qs)->click();
    QCOMPARE(m_engine->listening, std::pair(true, quint16(0)));
    emit m_engine->listeningFailed({ u"bind_failed"_qs, u"127.0.0.9 can't be bound"_qs });
    QVERIFY(!button(u"Use a Free Port"_qs));
    m_window->showListeningFailure({ u"port_in_use"_qs, u"port 7999 on 127.0.0.1 is in use"_qs },
                                   65535);
    QVERIFY(button(u"Use Port 8080"_qs));
    m_engine->now.url = u"http://127.0.0.1:7999/"_qs;
    emit m_engine->snapshotChanged();
    QVERIFY(!shows(u"can't be bound"_qs));
}

void TestMainWindow::address_isCopied()
{
    find<QToolButton>(u"copyAddress"_qs)->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), u"http://127.0.0.1:7999/"_qs);
}

void TestMainWindow::problems_areListed()
{
    auto *problems = find<QPlainTextEdit>(u"problems"_qs);
    QVERIFY(!problems->isVisible());
    m_engine->now.problems = QStringList { u"/c/bad.json:3: /request/url: a URL is needed"_qs };
    emit m_engine->snapshotChanged();
    QVERIFY(problems->isVisible());
    QCOMPARE(problems->toPlainText(), m_engine->now.problems.first());
    m_engine->now.problems.clear();
    emit m_engine->snapshotChanged();
    QVERIFY(!problems->isVisible());
}

void TestMainWindow::channelThatGoesAway_isLeft()
{
    choose(u"alerts"_qs);
    QVERIFY(m_engine->watched);
    m_engine->now.channels.removeFirst();
    emit m_engine->snapshotChanged();
    QVERIFY(!m_engine->watched); // and no other is chosen instead
    QVERIFY(shows(u"Any API, as a stream"_qs));
}

void TestMainWindow::channelThatTheFilterHides_staysChosen()
{
    choose(u"alerts"_qs);
    auto *list = find<QTreeView>(u"channels"_qs);
    auto *filter = find<QLineEdit>(u"channelFilter"_qs);
    filter->setText(u"earthq"_qs); // of a description
    QCOMPARE(list->model()->rowCount(list->model()->index(0, 0)), 1);
    QCOMPARE(m_engine->watched->first, u"alerts"_qs);
    filter->clear();
    QCOMPARE(list->selectionModel()->selectedIndexes().first().data().toString(), u"alerts"_qs);
    filter->setText(u"quakes"_qs);
    QTest::keyClick(filter, Qt::Key_Return);
    QCOMPARE(m_engine->watched->first, u"quakes"_qs);
}

void TestMainWindow::layoutAndStream_areRestored()
{
    choose(u"quakes"_qs);
    StreamInfo &stream = m_engine->addStream(u"quakes"_qs, "quakes?level=4.5");
    stream.params = { { u"level"_qs, u"4.5"_qs } };
    find<QComboBox>(u"param:level"_qs)->setCurrentIndex(1);
    emit find<QComboBox>(u"param:level"_qs)->activated(1);
    emit m_engine->watchedItems("quakes?level=4.5", {});
    m_window->resize(900, 600);
    m_window->close();
    m_engine->watched.reset();
    makeWindow();
    QCOMPARE(m_window->size(), QSize(900, 600));
    QCOMPARE(m_engine->watched, std::pair(u"quakes"_qs, Params({ { u"level"_qs, u"4.5"_qs } })));
}

void TestMainWindow::everythingThatTakesFocus_hasAName()
{
    choose(u"quakes"_qs);
    m_engine->now.problems = QStringList { u"x"_qs };
    emit m_engine->snapshotChanged();
    for (QWidget *widget : m_window->findChildren<QWidget *>()) {
        if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible()
            || widget->objectName().startsWith(u"qt_"))
            continue;
        QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(widget);
        QVERIFY2(interface && !interface->text(QAccessible::Name).isEmpty(),
                 qPrintable(QString(QLatin1String(widget->metaObject()->className()) % u' '
                                    % widget->objectName())));
    }
}

void TestMainWindow::tabOrder_goesFromTheChannelsOverTheParamsToTheItems()
{
    auto *list = find<QTreeView>(u"channels"_qs);
    QVERIFY(list->hasFocus());
    for (const QString &channel : { u"quakes"_qs, u"station"_qs, u"quakes"_qs })
        choose(channel);
    QCoreApplication::sendPostedEvents(nullptr,
                                       QEvent::DeferredDelete); // the fields of earlier choices
    QStringList order;
    const QStringList expected = { u"param:level"_qs, u"itemFilter"_qs, u"items"_qs };
    for (QWidget *widget = list->nextInFocusChain(); widget != list;
         widget = widget->nextInFocusChain()) {
        if (expected.contains(widget->objectName()))
            order.append(widget->objectName());
    }
    QCOMPARE(order, expected);
}

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
