#include "tests/core/ondispatcher.h"

#include <QBasicTimer>
#include <QElapsedTimer>
#include <QThread>
#include <QTimer>

using namespace restream;

namespace {

std::unique_ptr<QTimer> startATimer(int interval, std::function<void()> fired,
                                    Qt::TimerType type = Qt::PreciseTimer)
{
    auto timer = std::make_unique<QTimer>();
    timer->setTimerType(type);
    QObject::connect(timer.get(), &QTimer::timeout, timer.get(), std::move(fired));
    timer->start(interval);
    return timer;
}

/// Turns that wait, until `isOver`.
template<typename Over>
int turnsUntil(Over isOver)
{
    int turns = 0;
    for (; !isOver() && turns < 100000; ++turns)
        waitTurn();
    return turns;
}

}

class TestDispatcherTimers : public QObject
{
    Q_OBJECT

private slots:
    void timerOfEachType_isDueAfterItsInterval_data();
    void timerOfEachType_isDueAfterItsInterval();
    void waitForATimer_isOneTurnOrTwo();
    void zeroTimer_firesAtEachTurnAndIsNothingThatHappened();
    void timers_fireInTheOrderOfTheirTimes();
    void timerStoppedInItsSlot_isDone();
    void timerDeletedInItsSlot_isSafe();
    void timerStoppedByAnother_doesNotFire();
    void objectDeletedByAnothersTimer_doesNotFire();
    void timerStartedAgainInItsSlot_firesOnceATurn();
    void nestedLoopInASlot_firesTheOthers();
    void turnWithoutTimers_leavesThemForLater();
    void remainingTime_isUntilItIsDue();
    void registeredTimers_areThoseOfTheObject();
    void timerOfAMovedObject_firesOnTheOtherThread();
    void thousandsOfTimers_allFire();
};

void TestDispatcherTimers::timerOfEachType_isDueAfterItsInterval_data()
{
    QTest::addColumn<Qt::TimerType>("type");
    QTest::addColumn<int>("interval");
    QTest::addColumn<int>("earlyMs"); // Qt's own may be
    QTest::newRow("precise 1 ms") << Qt::PreciseTimer << 1 << 0;
    QTest::newRow("precise 30 ms") << Qt::PreciseTimer << 30 << 0;
    QTest::newRow("coarse 10 ms") << Qt::CoarseTimer << 10 << 0;
    QTest::newRow("coarse 100 ms") << Qt::CoarseTimer << 100 << 5;
    QTest::newRow("very coarse 1 s") << Qt::VeryCoarseTimer << 1000 << 1000;
}

void TestDispatcherTimers::timerOfEachType_isDueAfterItsInterval()
{
    QFETCH(const Qt::TimerType, type);
    QFETCH(const int, interval);
    QFETCH(const int, earlyMs);
    bool fired = false;
    QElapsedTimer time;
    time.start();
    const auto timer = startATimer(
        interval, [&] { fired = true; }, type);
    turnsUntil([&] { return fired; });
    const qint64 us = time.nsecsElapsed() / 1000;
    const int early = isOnOurs() ? 0 : earlyMs + 1;
    QVERIFY2(us >= (interval - early) * 1000, qPrintable(QString::number(us)));
}

void TestDispatcherTimers::waitForATimer_isOneTurnOrTwo()
{
    bool fired = false;
    const auto timer = startATimer(40, [&] { fired = true; });
    const int turns = turnsUntil([&] { return fired; });
    QVERIFY2(turns <= 3, qPrintable(QString::number(turns)));
}

void TestDispatcherTimers::zeroTimer_firesAtEachTurnAndIsNothingThatHappened()
{
    int fired = 0;
    const auto timer = startATimer(0, [&] { ++fired; });
    for (int i = 1; i <= 10; ++i) {
        QVERIFY(!waitTurn());
        QCOMPARE(fired, i);
    }
}

void TestDispatcherTimers::timers_fireInTheOrderOfTheirTimes()
{
    QByteArray order;
    std::vector<std::unique_ptr<QTimer>> timers;
    for (const int interval : { 9, 3, 6, 1 }) {
        timers.push_back(
            startATimer(interval, [&order, interval] { order += char('0' + interval); }));
        timers.back()->setSingleShot(true);
    }
    turnsUntil([&] { return order.size() == 4; });
    QCOMPARE(order, "1369");
}

void TestDispatcherTimers::timerStoppedInItsSlot_isDone()
{
    int fired = 0;
    std::unique_ptr<QTimer> timer;
    timer = startATimer(0, [&] {
        ++fired;
        timer->stop();
    });
    turn();
    turn();
    QCOMPARE(fired, 1);
}

void TestDispatcherTimers::timerDeletedInItsSlot_isSafe()
{
    int fired = 0;
    std::unique_ptr<QTimer> timer;
    timer = startATimer(0, [&] {
        ++fired;
        timer.reset();
    });
    turn();
    turn();
    QCOMPARE(fired, 1);
}

void TestDispatcherTimers::timerStoppedByAnother_doesNotFire()
{
    int fired = 0;
    std::array<std::unique_ptr<QTimer>, 2> timers;
    for (size_t i = 0; i < 2; ++i) {
        timers[i] = startATimer(0, [&, i] {
            ++fired;
            timers[1 - i]->stop();
        });
    }
    turn();
    QCOMPARE(fired, 1);
}

void TestDispatcherTimers::objectDeletedByAnothersTimer_doesNotFire()
{
    struct Timed final : QObject
    {
        void timerEvent(QTimerEvent *) override
        {
            ++*fired;
            other->reset();
        }
        std::unique_ptr<Timed> *other = nullptr;
        int *fired = nullptr;
    };
    int fired = 0;
    std::array<std::unique_ptr<Timed>, 2> objects { std::make_unique<Timed>(),
                                                    std::make_unique<Timed>() };
    for (size_t i = 0; i < 2; ++i) {
        objects[i]->other = &objects[1 - i];
        objects[i]->fired = &fired;
        objects[i]->startTimer(0);
        objects[i]->startTimer(1, Qt::PreciseTimer);
    }
    turnsUntil([&] { return fired >= 2; });
    QVERIFY((objects[0] == nullptr) != (objects[1] == nullptr));
}

void TestDispatcherTimers::timerStartedAgainInItsSlot_firesOnceATurn()
{
    int fired = 0;
    std::unique_ptr<QTimer> timer;
    timer = startATimer(0, [&] {
        ++fired;
        timer->start(0);
    });
    for (int i = 1; i <= 5; ++i) {
        turn();
        QCOMPARE(fired, i);
    }
}

void TestDispatcherTimers::nestedLoopInASlot_firesTheOthers()
{
    int outer = 0;
    int inner = 0;
    int turns = 0;
    const auto other = startATimer(1, [&] { ++inner; });
    const auto timer = startATimer(1, [&] {
        if (outer++ == 0) {
            turns = turnsUntil([&] { return inner >= 5; });
            QCOMPARE(outer, 1); // not again within itself
        }
    });
    turnsUntil([&] { return outer >= 2; });
    QVERIFY(inner >= 5);
    // The timer whose slot runs is not waited for, or the loop would spin.
    QVERIFY2(turns < 100, qPrintable(QString::number(turns)));
}

void TestDispatcherTimers::turnWithoutTimers_leavesThemForLater()
{
    int fired = 0;
    const auto timer = startATimer(0, [&] { ++fired; });
    turn(QEventLoop::X11ExcludeTimers);
    QCOMPARE(fired, 0);
    turn();
    QCOMPARE(fired, 1);
}

void TestDispatcherTimers::remainingTime_isUntilItIsDue()
{
    const auto timer = startATimer(10000, [] {});
    QVERIFY(timer->remainingTime() > 9000 && timer->remainingTime() <= 10000);
    const int id = timer->timerId();
    timer->stop();
    QCOMPARE(QCoreApplication::eventDispatcher()->remainingTime(id), -1);
    const auto due = startATimer(1, [] {});
    while (due->remainingTime() > 0) { }
    QCOMPARE(due->remainingTime(), 0);
}

void TestDispatcherTimers::registeredTimers_areThoseOfTheObject()
{
    QAbstractEventDispatcher *dispatcher = QCoreApplication::eventDispatcher();
    QObject object;
    const int first = object.startTimer(100, Qt::PreciseTimer);
    const int second = object.startTimer(2000, Qt::VeryCoarseTimer);
    auto timers = dispatcher->registeredTimers(&object);
    std::sort(timers.begin(), timers.end(), [](auto a, auto b) { return a.interval < b.interval; });
    QCOMPARE(timers.size(), 2);
    QCOMPARE(timers[0].timerId, first);
    QCOMPARE(timers[0].interval, 100);
    QCOMPARE(timers[0].timerType, Qt::PreciseTimer);
    QCOMPARE(timers[1].timerId, second);
    QCOMPARE(timers[1].interval, 2000);
    QCOMPARE(timers[1].timerType, Qt::VeryCoarseTimer);
    object.killTimer(first);
    QCOMPARE(dispatcher->registeredTimers(&object).size(), 1);
    QVERIFY(dispatcher->unregisterTimers(&object));
    QVERIFY(dispatcher->registeredTimers(&object).isEmpty());
    QVERIFY(!dispatcher->unregisterTimers(&object));
    QVERIFY(!dispatcher->unregisterTimer(second));
}

void TestDispatcherTimers::timerOfAMovedObject_firesOnTheOtherThread()
{
    QThread thread;
    if (isOnOurs())
        thread.setEventDispatcher(new EpollDispatcher);
    thread.start();
    std::atomic<QThread *> firedOn = nullptr;
    auto timer = startATimer(5, [&] { firedOn = QThread::currentThread(); });
    timer->moveToThread(&thread);
    QTRY_COMPARE(firedOn.load(), &thread);
    QVERIFY(QCoreApplication::eventDispatcher()->registeredTimers(timer.get()).isEmpty());
    timer.release()->deleteLater();
    thread.quit();
    thread.wait();
}

void TestDispatcherTimers::thousandsOfTimers_allFire()
{
    constexpr size_t count = 5000;
    int fired = 0;
    std::vector<std::unique_ptr<QTimer>> timers;
    for (size_t i = 0; i < count; ++i) {
        timers.push_back(startATimer(int(i % 20), [&] { ++fired; }));
        timers.back()->setSingleShot(true);
    }
    for (size_t i = 0; i < count; i += 2)
        timers[i]->start(int(i % 40)); // another time
    turnsUntil([&] { return fired == int(count); });
    QCOMPARE(fired, int(count));
    QVERIFY(!turn());
}

int main(int argc, char **argv)
{
    return testOnDispatcher<TestDispatcherTimers>(argc, argv);
}

#include "tst_dispatchertimers.moc"
