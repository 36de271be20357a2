#include "core/clock.h"

#include <QElapsedTimer>
#include <QTest>

#include <vector>

using namespace restream;
using namespace std::chrono_literals;

/// The machine's own clock; that timers fire in time is for the loop they run on.
class TestClock : public QObject
{
    Q_OBJECT

private slots:
    void timers_fireOnceInTheOrderOfTheirTimes();
    void timer_isNeverEarly();
    void startedAgain_firesAtTheNewTimeAlone();
    void stoppedOrDestroyed_doesNotFire();
    void handler_mayDestroyItsTimerAndOthers();
    void startedInAHandlerWithoutDelay_letsTheLoopTurn();
    void timers_outliveTheClock();
    void negativeAndHugeDelays_areBounded();

private:
    std::unique_ptr<Timer> noting(int who)
    {
        return m_clock->makeTimer([this, who] { m_fired.push_back(who); });
    }
    void init()
    {
        m_clock = std::make_unique<SystemClock>();
        m_fired.clear();
    }

    std::unique_ptr<SystemClock> m_clock;
    std::vector<int> m_fired;
};

void TestClock::timers_fireOnceInTheOrderOfTheirTimes()
{
    init();
    std::vector<std::unique_ptr<Timer>> timers;
    for (int who = 0; who < 5; ++who)
        timers.push_back(noting(who));
    timers[0]->start(40ms);
    timers[1]->start(10ms);
    timers[2]->start(0ms);
    timers[3]->start(30ms);
    timers[4]->start(20ms);
    QTRY_COMPARE(m_fired, std::vector<int>({ 2, 1, 4, 3, 0 }));
    QVERIFY(!timers[0]->isActive());
    timers[1]->start(0ms);
    QTRY_COMPARE(m_fired.size(), 6U);
}

void TestClock::timer_isNeverEarly()
{
    init();
    for (const int ms : { 1, 3, 17 }) {
        QElapsedTimer passed;
        const auto timer = noting(ms);
        passed.start();
        timer->start(std::chrono::milliseconds(ms));
        QTRY_COMPARE(m_fired.size(), 1U);
        QVERIFY2(passed.nsecsElapsed() >= ms * 1'000'000LL,
                 qPrintable(QString::number(passed.nsecsElapsed())));
        m_fired.clear();
    }
}

void TestClock::startedAgain_firesAtTheNewTimeAlone()
{
    init();
    const auto moved = noting(1);
    const auto other = noting(2);
    moved->start(0ms);
    moved->start(30ms);
    other->start(15ms);
    QVERIFY(moved->isActive());
    QTRY_COMPARE(m_fired, std::vector<int>({ 2, 1 }));
    moved->start(10'000ms);
    other->start(20'000ms);
    moved->start(0ms);
    QTRY_COMPARE(m_fired, std::vector<int>({ 2, 1, 1 }));
}

void TestClock::stoppedOrDestroyed_doesNotFire()
{
    init();
    const auto stopped = noting(1);
    auto gone = noting(2);
    const auto last = noting(3);
    stopped->start(0ms);
    gone->start(0ms);
    last->start(5ms);
    stopped->stop();
    QVERIFY(!stopped->isActive());
    gone.reset();
    QTRY_COMPARE(m_fired, std::vector<int> { 3 });
}

void TestClock::handler_mayDestroyItsTimerAndOthers()
{
    init();
    std::vector<std::unique_ptr<Timer>> timers;
    timers.push_back(m_clock->makeTimer([&] {
        m_fired.push_back(0);
        timers.clear();
    }));
    timers.push_back(noting(1));
    for (const auto &timer : timers)
        timer->start(0ms);
    const auto last = noting(2);
    last->start(5ms);
    QTRY_COMPARE(m_fired, std::vector<int>({ 0, 2 }));
}

void TestClock::startedInAHandlerWithoutDelay_letsTheLoopTurn()
{
    init();
    int rounds = 0;
    bool turned = false;
    std::unique_ptr<Timer> again;
    again = m_clock->makeTimer([&] {
        ++rounds;
        if (!turned)
            again->start(0ms);
    });
    again->start(0ms);
    QMetaObject::invokeMethod(
        this, [&] { turned = true; }, Qt::QueuedConnection);
    QTRY_VERIFY(turned);
    QTRY_VERIFY(!again->isActive());
    QVERIFY(rounds > 0);
}

void TestClock::timers_outliveTheClock()
{
    init();
    const auto timer = noting(1);
    timer->start(0ms);
    m_clock.reset();
    QTRY_COMPARE(m_fired, std::vector<int> { 1 });
}

void TestClock::negativeAndHugeDelays_areBounded()
{
    init();
    const auto negative = noting(1);
    const auto huge = noting(2);
    huge->start(std::chrono::milliseconds::max());
    negative->start(-5ms);
    QTRY_COMPARE(m_fired, std::vector<int> { 1 });
    QVERIFY(huge->isActive());
}

QTEST_GUILESS_MAIN(TestClock)
#include "tst_clock.moc"
