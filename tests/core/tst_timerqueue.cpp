#include "core/loop/timerqueue.h"

#include <QRandomGenerator>
#include <QTest>

#include <map>

using namespace restream;
using namespace std::chrono_literals;

using Time = TimerQueue::Time;

class TestTimerQueue : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_queue = std::make_unique<TimerQueue>(); }
    void preciseTimer_isDueToTheNanosecond();
    void timerOfAType_isLateByWhatThatAllows_data();
    void timerOfAType_isLateByWhatThatAllows();
    void coarseTimersAboutTheSameTime_shareAWakeUp();
    void coarseTimer_doesNotDrift();
    void dueTimers_areDeliveredInTheOrderOfTheirTimes();
    void timersDueAtOnce_areDeliveredInTheOrderOfTheirStart();
    void missedTimes_areDeliveredOnce();
    void zeroTimer_isDeliveredOnceInARoundAndNotCounted();
    void timerRemovedInItsDelivery_isGone();
    void timerRemovedInAnothersDelivery_isNotDelivered();
    void timerStartedAgainInItsDelivery_isThatOne();
    void timerStartedInADelivery_waitsForTheNextRound();
    void roundInADelivery_deliversTheOthersOnly();
    void timersOfAnObject_areListedAndRemovedTogether();
    void intervalBeyondAllReason_isDueInThirtyYears();
    void randomCalls_doWhatAPlainListDoes();

private:
    QList<int> fire(Time now)
    {
        QList<int> fired;
        m_counted = m_queue->fire(now, [&](QObject *, int id) { fired.append(id); });
        return fired;
    }
    void start(int id, std::chrono::milliseconds interval, Time now = 0ns,
               Qt::TimerType type = Qt::PreciseTimer)
    {
        m_queue->insert(id, interval, type, this, now);
    }

    std::unique_ptr<TimerQueue> m_queue;
    int m_counted = 0;
};

void TestTimerQueue::preciseTimer_isDueToTheNanosecond()
{
    start(1, 10ms, 123ns);
    QVERIFY(m_queue->nextDue() == Time(10ms + 123ns));
    QVERIFY(m_queue->dueTime(1) == Time(10ms + 123ns));
    QCOMPARE(fire(10ms + 122ns), QList<int>());
    QCOMPARE(fire(10ms + 123ns), QList<int> { 1 });
    QCOMPARE(m_counted, 1);
    QVERIFY(m_queue->nextDue() == Time(20ms + 123ns));
    QVERIFY(!m_queue->dueTime(2));
}

void TestTimerQueue::timerOfAType_isLateByWhatThatAllows_data()
{
    QTest::addColumn<Qt::TimerType>("type");
    QTest::addColumn<int>("interval");
    QTest::addColumn<qint64>("lateMicroseconds");
    for (const int interval :
         { 0, 1, 3, 19, 20, 50, 100, 333, 999, 1000, 5000, 19999, 20000, 60000, 3600000 }) {
        QTest::addRow("precise %d", interval) << Qt::PreciseTimer << interval << qint64(0);
        QTest::addRow("coarse %d", interval)
            << Qt::CoarseTimer << interval << qint64(std::min(interval * 50, 1000000));
        QTest::addRow("very coarse %d", interval)
            << Qt::VeryCoarseTimer << interval << qint64(interval == 0 ? 0 : 1000000);
    }
}

void TestTimerQueue::timerOfAType_isLateByWhatThatAllows()
{
    QFETCH(const Qt::TimerType, type);
    QFETCH(const int, interval);
    QFETCH(const qint64, lateMicroseconds);
    for (int i = 0; i < 1000; ++i) {
        const Time now = Time(QRandomGenerator::global()->bounded(quint64(10'000'000'000)));
        start(1, std::chrono::milliseconds(interval), now, type);
        const auto late = *m_queue->dueTime(1) - now - std::chrono::milliseconds(interval);
        QVERIFY2(late >= 0ns && late <= std::chrono::microseconds(lateMicroseconds),
                 qPrintable(QString::number(late.count())));
    }
}

void TestTimerQueue::coarseTimersAboutTheSameTime_shareAWakeUp()
{
    for (int id = 0; id < 1000; ++id)
        start(id, 1000ms, id * 10us, Qt::CoarseTimer);
    int wakeUps = 0;
    for (qsizetype fired = 0; fired < 1000; ++wakeUps)
        fired += fire(*m_queue->nextDue()).size();
    QVERIFY2(wakeUps <= 2, qPrintable(QString::number(wakeUps)));
}

void TestTimerQueue::coarseTimer_doesNotDrift()
{
    start(1, 330ms, 0ms, Qt::CoarseTimer);
    for (int i = 0; i < 1000; ++i)
        fire(*m_queue->nextDue());
    QVERIFY(*m_queue->nextDue() - 1001 * 330ms <= 16ms);
}

void TestTimerQueue::dueTimers_areDeliveredInTheOrderOfTheirTimes()
{
    start(1, 30ms);
    start(2, 10ms);
    start(3, 20ms);
    QCOMPARE(fire(25ms), (QList { 2, 3 }));
    // The second has been late, and is due at 35.
    QCOMPARE(fire(50ms), (QList { 1, 2, 3 }));
}

void TestTimerQueue::timersDueAtOnce_areDeliveredInTheOrderOfTheirStart()
{
    for (const int id : { 5, 3, 9, 1 })
        start(id, 10ms);
    QCOMPARE(fire(10ms), (QList { 5, 3, 9, 1 }));
    QCOMPARE(fire(20ms), (QList { 5, 3, 9, 1 }));
}

void TestTimerQueue::missedTimes_areDeliveredOnce()
{
    start(1, 10ms);
    QCOMPARE(fire(1005ms), QList { 1 });
    QVERIFY(m_queue->nextDue() == Time(1015ms));
    QCOMPARE(fire(1005ms), QList<int>());
}

void TestTimerQueue::zeroTimer_isDeliveredOnceInARoundAndNotCounted()
{
    start(1, 0ms);
    start(2, 0ms, 0ms, Qt::VeryCoarseTimer);
    QCOMPARE(fire(0ms), (QList { 1, 2 }));
    QCOMPARE(m_counted, 0);
    QCOMPARE(fire(0ms), (QList { 1, 2 }));
}

void TestTimerQueue::timerRemovedInItsDelivery_isGone()
{
    start(1, 10ms);
    int fired = 0;
    m_queue->fire(10ms, [&](QObject *, int id) {
        ++fired;
        QVERIFY(m_queue->remove(id));
        QVERIFY(!m_queue->remove(id));
    });
    QCOMPARE(fired, 1);
    QVERIFY(!m_queue->nextDue());
    QCOMPARE(fire(1s), QList<int>());
}

void TestTimerQueue::timerRemovedInAnothersDelivery_isNotDelivered()
{
    start(1, 10ms);
    start(2, 10ms);
    QList<int> fired;
    m_queue->fire(10ms, [&](QObject *, int id) {
        fired.append(id);
        m_queue->remove(2);
    });
    QCOMPARE(fired, QList { 1 });
}

void TestTimerQueue::timerStartedAgainInItsDelivery_isThatOne()
{
    start(1, 10ms);
    m_queue->fire(10ms, [&](QObject *, int id) {
        m_queue->remove(id);
        start(id, 77ms, 10ms);
    });
    QVERIFY(m_queue->nextDue() == Time(87ms));
    QCOMPARE(fire(86ms), QList<int>());
    QCOMPARE(fire(87ms), QList { 1 });
}

void TestTimerQueue::timerStartedInADelivery_waitsForTheNextRound()
{
    start(1, 10ms);
    QList<int> fired;
    m_queue->fire(10ms, [&](QObject *, int id) {
        fired.append(id);
        start(2, 0ms, 10ms);
    });
    QCOMPARE(fired, QList { 1 });
    QCOMPARE(fire(10ms), QList { 2 });
}

void TestTimerQueue::roundInADelivery_deliversTheOthersOnly()
{
    start(1, 10ms);
    start(2, 10ms);
    QList<int> fired;
    m_queue->fire(10ms, [&](QObject *, int id) {
        fired.append(id);
        if (id == 1) {
            // Not waited for meanwhile, or a loop in the delivery would spin.
            QVERIFY(m_queue->nextDue() == Time(10ms));
            m_queue->fire(500ms, [&](QObject *, int inner) { fired.append(inner * 10); });
            QVERIFY(m_queue->nextDue() == Time(510ms));
            QVERIFY(m_queue->dueTime(1) == Time(20ms));
        }
    });
    QCOMPARE(fired, (QList { 1, 20 }));
    QCOMPARE(fire(500ms), QList { 1 });
}

void TestTimerQueue::timersOfAnObject_areListedAndRemovedTogether()
{
    QObject other;
    start(1, 10ms);
    start(2, 20000ms, 0ms, Qt::VeryCoarseTimer);
    m_queue->insert(3, 10ms, Qt::PreciseTimer, &other, 0ms);
    auto timers = m_queue->timersOf(this);
    std::sort(timers.begin(), timers.end(), [](auto a, auto b) { return a.timerId < b.timerId; });
    QCOMPARE(timers.size(), 2);
    QCOMPARE(timers[1].timerId, 2);
    QCOMPARE(timers[1].interval, 20000);
    QCOMPARE(timers[1].timerType, Qt::VeryCoarseTimer);

    // In a delivery, too.
    QList<int> fired;
    m_queue->fire(10ms, [&](QObject *object, int id) {
        fired.append(id);
        QVERIFY(m_queue->removeAll(object));
        QVERIFY(!m_queue->removeAll(object));
    });
    QCOMPARE(fired, (QList { 1, 3 }));
    QVERIFY(!m_queue->nextDue());
}

void TestTimerQueue::intervalBeyondAllReason_isDueInThirtyYears()
{
    start(1, std::chrono::milliseconds::max(), std::chrono::hours(24 * 365 * 30));
    QVERIFY(*m_queue->nextDue() == Time(std::chrono::hours(24 * 365 * 60)));
    start(1, -5ms, 7ms);
    QVERIFY(*m_queue->nextDue() == Time(7ms));
}

void TestTimerQueue::randomCalls_doWhatAPlainListDoes()
{
    struct Plain
    {
        Time due;
        std::chrono::milliseconds interval;
    };
    std::map<int, Plain> plain;
    QRandomGenerator random(1);
    Time now = 0ns;
    for (int i = 0; i < 100000; ++i) {
        const int id = random.bounded(200);
        switch (random.bounded(4)) {
        case 0:
        case 1: {
            const std::chrono::milliseconds interval(random.bounded(1, 50));
            start(id, interval, now);
            plain[id] = { now + interval, interval };
            break;
        }
        case 2:
            QCOMPARE(m_queue->remove(id), plain.erase(id) > 0);
            break;
        case 3: {
            now += std::chrono::microseconds(random.bounded(3000));
            QList<int> expected;
            for (auto &[timer, one] : plain) {
                if (one.due > now)
                    continue;
                expected.append(timer);
                const Time next = one.due + one.interval;
                one.due = next >= now ? next : now + one.interval;
            }
            QList<int> fired = fire(now);
            std::sort(fired.begin(), fired.end());
            QCOMPARE(fired, expected);
        }
        }
    }
}

QTEST_GUILESS_MAIN(TestTimerQueue)
#include "tst_timerqueue.moc"
