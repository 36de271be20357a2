#include "core/poll/pollschedule.h"

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>

using namespace restream;

class TestPollSchedule : public QObject
{
    Q_OBJECT

private slots:
    void neverCalled_isDueNow();
    void calledBefore_isDueAnIntervalLater();
    void calledWithoutOutcome_isDueAnIntervalLater();
    void earlierRunsCall_keepsTheInterval();
    void failures_doubleUpToFifteenMinutes();
    void failures_ofALongInterval_stayAtTheInterval();
    void failures_areSpreadByTwentyPercent();
    void success_endsTheBackOff();
    void retryAfter_isKeptExactly();
    void retryAfter_isCappedAtAnHour();
    void retryAfter_shorterThanTheInterval_doesNotPollSooner();
    void retryAfter_absentOrNegative_backsOffLikeAFailure();
    void notBefore_holdsWhateverHappens();
    void reasons_sayWhatDecides_data();
    void reasons_sayWhatDecides();
    void randomHistories_neverPollBeforeTheInterval();
};

namespace {

constexpr qint64 second = 1000;
constexpr qint64 minute = 60 * second;
constexpr qint64 hour = 60 * minute;
constexpr qint64 start = 1'000'000;

double middle()
{
    return 0.5; // no jitter
}

PollSchedule schedule(qint64 intervalMs)
{
    return PollSchedule(intervalMs, middle);
}

void fail(PollSchedule &polls, qint64 now, int times)
{
    for (int i = 0; i < times; ++i) {
        polls.called(now);
        polls.failed(now);
    }
}

}

void TestPollSchedule::neverCalled_isDueNow()
{
    const PollSchedule polls = schedule(minute);
    QCOMPARE(polls.due(start), start);
    QCOMPARE(polls.due(0), 0);
}

void TestPollSchedule::calledBefore_isDueAnIntervalLater()
{
    PollSchedule polls = schedule(minute);
    polls.called(start);
    polls.succeeded(start + 3 * second);
    QCOMPARE(polls.due(start + 3 * second), start + minute);
    QCOMPARE(polls.due(start + 2 * minute), start + 2 * minute);
}

void TestPollSchedule::calledWithoutOutcome_isDueAnIntervalLater()
{
    PollSchedule polls = schedule(minute);
    polls.called(start);
    QCOMPARE(polls.due(start + 1), start + minute);
}

void TestPollSchedule::earlierRunsCall_keepsTheInterval()
{
    PollSchedule polls = schedule(hour);
    polls.called(start - 10 * minute);
    QCOMPARE(polls.due(start), start + 50 * minute);
    polls.called(start - 2 * hour); // older news changes nothing
    QCOMPARE(polls.due(start), start + 50 * minute);
}

void TestPollSchedule::failures_doubleUpToFifteenMinutes()
{
    PollSchedule polls = schedule(minute);
    for (const qint64 expected : { 1, 2, 4, 8, 15, 15, 15 }) {
        fail(polls, start, 1);
        QCOMPARE(polls.due(start), start + expected * minute);
    }
    fail(polls, start, 10'000);
    QCOMPARE(polls.due(start), start + 15 * minute);
}

void TestPollSchedule::failures_ofALongInterval_stayAtTheInterval()
{
    PollSchedule polls = schedule(hour);
    for (int i = 0; i < 5; ++i) {
        fail(polls, start, 1);
        QCOMPARE(polls.due(start), start + hour);
    }
}

void TestPollSchedule::failures_areSpreadByTwentyPercent()
{
    const auto dueAfter = [](double random, int failures) {
        PollSchedule polls(minute, [random] { return random; });
        fail(polls, start, failures);
        return polls.due(start) - start;
    };
    QCOMPARE(dueAfter(0, 3), qint64(4 * minute * 0.8));
    const double almostOne = 0.999999;
    QVERIFY(qAbs(dueAfter(almostOne, 3) - qint64(4 * minute * 1.2)) < 10);
    QCOMPARE(dueAfter(0, 1), minute); // never before the interval
    QCOMPARE(dueAfter(almostOne, 9), 15 * minute); // never past the cap
    QCOMPARE(dueAfter(0, 9), 12 * minute);
}

void TestPollSchedule::success_endsTheBackOff()
{
    PollSchedule polls = schedule(minute);
    fail(polls, start, 5);
    polls.called(start + 15 * minute);
    polls.succeeded(start + 15 * minute);
    QCOMPARE(polls.due(start + 15 * minute), start + 16 * minute);
    fail(polls, start + 16 * minute, 1);
    QCOMPARE(polls.due(start + 16 * minute), start + 17 * minute);
}

void TestPollSchedule::retryAfter_isKeptExactly()
{
    PollSchedule polls = schedule(minute);
    polls.called(start);
    polls.rateLimited(start + second, 17 * minute + 123);
    QCOMPARE(polls.due(start + second), start + second + 17 * minute + 123);
}

void TestPollSchedule::retryAfter_isCappedAtAnHour()
{
    PollSchedule polls = schedule(minute);
    polls.called(start);
    polls.rateLimited(start, std::numeric_limits<qint64>::max());
    QCOMPARE(polls.due(start), start + hour);
}

void TestPollSchedule::retryAfter_shorterThanTheInterval_doesNotPollSooner()
{
    PollSchedule polls = schedule(minute);
    polls.called(start);
    polls.rateLimited(start, 0);
    QCOMPARE(polls.due(start), start + minute);
    QCOMPARE(polls.reason(), QStringLiteral("every 60 s"));
}

void TestPollSchedule::retryAfter_absentOrNegative_backsOffLikeAFailure()
{
    for (const std::optional<qint64> nonsense :
         { std::optional<qint64>(), std::optional<qint64>(-5) }) {
        PollSchedule polls = schedule(minute);
        fail(polls, start, 1);
        polls.called(start);
        polls.rateLimited(start, nonsense);
        QCOMPARE(polls.due(start), start + 2 * minute);
        QCOMPARE(polls.reason(), QStringLiteral("2 failures in a row"));
    }
}

void TestPollSchedule::notBefore_holdsWhateverHappens()
{
    PollSchedule polls = schedule(minute);
    polls.notBefore(start + hour, QStringLiteral("quota of 500 calls in 24 h"));
    polls.notBefore(start + minute, QStringLiteral("something sooner"));
    QCOMPARE(polls.due(start), start + hour);
    QCOMPARE(polls.reason(), QStringLiteral("quota of 500 calls in 24 h"));
    polls.called(start);
    polls.succeeded(start);
    QCOMPARE(polls.due(start), start + hour);
    fail(polls, start, 1);
    QCOMPARE(polls.due(start), start + hour);
    QCOMPARE(polls.due(start + 2 * hour), start + 2 * hour);
    polls.called(start + 2 * hour);
    polls.succeeded(start + 2 * hour);
    QCOMPARE(polls.due(start + 2 * hour), start + 2 * hour + minute);
    QCOMPARE(polls.reason(), QStringLiteral("every 60 s"));
}

void TestPollSchedule::reasons_sayWhatDecides_data()
{
    QTest::addColumn<qint64>("interval");
    QTest::addColumn<int>("failures");
    QTest::addColumn<qint64>("retryAfter");
    QTest::addColumn<QString>("reason");
    constexpr qint64 none = -1;
    QTest::newRow("interval") << minute << 0 << none << QStringLiteral("every 60 s");
    QTest::newRow("fraction") << qint64(2500) << 0 << none << QStringLiteral("every 2.5 s");
    QTest::newRow("odd seconds") << 100 * second << 0 << none << QStringLiteral("every 100 s");
    QTest::newRow("minutes") << 5 * minute << 0 << none << QStringLiteral("every 5 min");
    QTest::newRow("day") << 24 * hour << 0 << none << QStringLiteral("every 24 h");
    QTest::newRow("failure") << minute << 1 << none << QStringLiteral("the last poll failed");
    QTest::newRow("failures") << minute << 2 << none << QStringLiteral("2 failures in a row");
    QTest::newRow("wait") << minute << 0 << 2 * minute << QStringLiteral("the server said wait");
    QTest::newRow("wait after failures")
        << minute << 2 << 2 * minute << QStringLiteral("the server said wait");
}

void TestPollSchedule::reasons_sayWhatDecides()
{
    QFETCH(const qint64, interval);
    QFETCH(const int, failures);
    QFETCH(const qint64, retryAfter);
    PollSchedule polls = schedule(interval);
    fail(polls, start, failures);
    if (retryAfter >= 0) {
        polls.called(start);
        polls.rateLimited(start, retryAfter);
    }
    QTEST(polls.reason(), "reason");
}

void TestPollSchedule::randomHistories_neverPollBeforeTheInterval()
{
    QRandomGenerator random(4711);
    for (int run = 0; run < 200; ++run) {
        const qint64 interval = second * (1 + random.bounded(7200));
        PollSchedule polls(interval, [&] { return random.generateDouble(); });
        qint64 now = start;
        for (int poll = 0; poll < 200; ++poll) {
            polls.called(now);
            const qint64 called = now;
            now += random.bounded(30'000);
            qint64 latest = std::max(now, called + interval);
            switch (random.bounded(5)) {
            case 0:
                polls.failed(now);
                latest = std::max(latest, now + std::max(interval, 15 * minute));
                break;
            case 1:
                polls.rateLimited(now, qint64(random.generateDouble() * double(3 * hour)) - hour);
                latest = std::max(latest, now + std::max(interval, hour));
                break;
            case 2:
                break; // cancelled
            default:
                polls.succeeded(now);
            }
            const qint64 due = polls.due(now);
            QVERIFY(due >= now);
            QVERIFY(due >= called + interval);
            QVERIFY2(due <= latest, qPrintable(polls.reason()));
            QVERIFY(!polls.reason().isEmpty());
            now = due + (random.bounded(3) == 0 ? random.bounded(60'000) : 0);
        }
    }
}

QTEST_GUILESS_MAIN(TestPollSchedule)
#include "tst_pollschedule.moc"
