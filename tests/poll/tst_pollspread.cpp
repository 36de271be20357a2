#include "core/poll/pollspread.h"

#include <QTest>

#include <algorithm>
#include <set>
#include <vector>

using namespace restream;

namespace {

constexpr qint64 interval = 1000;

/// What is late in a real loop: mostly 0 to 3 ms.
qint64 lateness(int stream, int round)
{
    return (stream * 7 + round * 13) % 4;
}

/// The calls of `count` streams that were all called at `start`, once each is polled for the `rounds`-th time.
std::vector<qint64> callsAfter(int count, int rounds, qint64 intervalMs, qint64 start = 1'000'000)
{
    std::vector<qint64> calls;
    for (int stream = 0; stream < count; ++stream) {
        qint64 call = start;
        for (int round = 0; round < rounds; ++round)
            call =
                spreadPoll(call, intervalMs, pollPhase(quint64(stream))) + lateness(stream, round);
        calls.push_back(call);
    }
    return calls;
}

/// The most polls in any window of `windowMs`, once folded into one step of the grid.
int mostWithin(std::vector<qint64> calls, qint64 windowMs)
{
    const qint64 step = interval + pollSlackMs;
    for (qint64 &call : calls)
        call %= step;
    std::sort(calls.begin(), calls.end());
    const size_t count = calls.size();
    for (size_t i = 0; i < count; ++i)
        calls.push_back(calls[i] + step);
    int most = 0;
    for (size_t i = 0; i < count; ++i) {
        const auto end = std::lower_bound(calls.begin(), calls.end(), calls[i] + windowMs);
        most = std::max(most, int(end - calls.begin()) - int(i));
    }
    return most;
}

}

class TestPollSpread : public QObject
{
    Q_OBJECT

private slots:
    void phases_areSpreadEvenly_howeverManyThereAre();
    void nextPoll_isNeverBeforeTheIntervalAndHardlyAfter();
    void streamsInStep_areSpreadEvenly_data();
    void streamsInStep_areSpreadEvenly();
    void spreadStream_isPolledOnceAStep_thoughTimersAreLate();
    void stall_isForgotten();
};

void TestPollSpread::phases_areSpreadEvenly_howeverManyThereAre()
{
    for (const int count : { 1, 2, 3, 7, 20, 50, 1000, 4096 }) {
        std::set<double> phases;
        for (int i = 0; i < count; ++i)
            phases.insert(pollPhase(quint64(i)));
        QCOMPARE(phases.size(), size_t(count));
        double last = *std::prev(phases.end()) - 1;
        for (const double phase : phases) {
            const double gap = (phase - last) * count;
            QVERIFY2(gap < 2 && (count < 2 || gap > 0.3), qPrintable(QString::number(gap)));
            QVERIFY(phase >= 0 && phase < 1);
            last = phase;
        }
    }
    QCOMPARE(pollPhase(5), pollPhase(5));
    QVERIFY(pollPhase(Q_UINT64_C(1) << 40) < 1);
}

void TestPollSpread::nextPoll_isNeverBeforeTheIntervalAndHardlyAfter()
{
    for (const qint64 each : { qint64(1000), qint64(1500), qint64(100'000), qint64(604'800'000) }) {
        for (int i = 0; i < 2000; ++i) {
            const qint64 call = 1 + i * (each / 777);
            const qint64 wait = spreadPoll(call, each, pollPhase(quint64(i % 50))) - call;
            QVERIFY2(wait >= each && wait <= each + each / 16 + pollSlackMs,
                     qPrintable(QString::number(wait)));
        }
    }
}

void TestPollSpread::streamsInStep_areSpreadEvenly_data()
{
    QTest::addColumn<int>("count");
    QTest::newRow("2") << 2;
    QTest::newRow("20") << 20;
    QTest::newRow("200") << 200;
    QTest::newRow("1000") << 1000;
}

void TestPollSpread::streamsInStep_areSpreadEvenly()
{
    QFETCH(int, count);
    constexpr qint64 window = 100;
    const int fair = std::max(1, count / 10);
    QCOMPARE(mostWithin(callsAfter(count, 0, interval), window), count);
    const int most = mostWithin(callsAfter(count, 100, interval), window);
    QVERIFY2(most <= fair + 2 + fair / 10, qPrintable(QString::number(most)));
}

void TestPollSpread::spreadStream_isPolledOnceAStep_thoughTimersAreLate()
{
    const std::vector<qint64> before = callsAfter(20, 200, interval);
    const std::vector<qint64> after = callsAfter(20, 300, interval);
    for (size_t i = 0; i < before.size(); ++i) {
        const qint64 passed = after[i] - before[i] - 100 * (interval + pollSlackMs);
        QVERIFY2(std::abs(passed) <= 3, qPrintable(QString::number(passed)));
    }
}

void TestPollSpread::stall_isForgotten()
{
    // A loop that stood still for 100 ms makes what came due meanwhile all at its end.
    std::vector<qint64> calls = callsAfter(1000, 100, interval);
    const qint64 step = interval + pollSlackMs;
    for (qint64 &call : calls) {
        if (call % step < 100)
            call += 100 - call % step;
    }
    QVERIFY(mostWithin(calls, 20) > 100);
    for (size_t i = 0; i < calls.size(); ++i) {
        for (int round = 0; round < 60; ++round)
            calls[i] = spreadPoll(calls[i], interval, pollPhase(i)) + lateness(int(i), round);
    }
    const int most = mostWithin(calls, 20);
    QVERIFY2(most <= 30, qPrintable(QString::number(most)));
}

QTEST_GUILESS_MAIN(TestPollSpread)
#include "tst_pollspread.moc"
