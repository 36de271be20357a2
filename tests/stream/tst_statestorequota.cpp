#include "tests/stream/storetest.h"

#include <QRandomGenerator>
#include <QTemporaryDir>

#include <algorithm>

using namespace restream;
using namespace restream::storetest;

class TestStateStoreQuota : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void withoutBucket_isAlwaysAllowedAndNoted();
    void windowFull_givesWhenToAskAgain();
    void refusedCall_isNotCounted();
    void restart_keepsTheCalls();
    void buckets_areApart();
    void channelsThatShare_areHeldToTheStrictest();
    void channelThatSaysAnotherQuota_isNoLongerHeldToTheOld();
    void channelThatSaysNoQuota_doesNotSpeakForOthers();
    void streamsOfAChannel_speakAsOne();
    void longRuleOfAnother_keepsCallsLongEnough();
    void callsAheadOfTheClock_blockNoLongerThanTheirWindow();
    void callsALittleAhead_areKeptExactly();
    void randomDays_neverExceedAnyRule();
    void rulesNobodySays_areForgotten();

private:
    qint64 ask(const QByteArray &stream, qint64 now, const QList<QuotaRule> &rules,
               const QByteArray &bucket = QByteArrayLiteral("bucket"));

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<StateStore> m_store;
};

namespace {

constexpr qint64 second = 1000;
constexpr qint64 minute = 60 * second;
constexpr qint64 day = 24 * 60 * minute;
constexpr qint64 start = 1'700'000'000'000;
const QList<QuotaRule> twoAMinute { { 2, 60 } };

}

void TestStateStoreQuota::init()
{
    m_store.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    m_store = open(m_folder->path());
}

qint64 TestStateStoreQuota::ask(const QByteArray &stream, qint64 now, const QList<QuotaRule> &rules,
                                const QByteArray &bucket)
{
    const Result<qint64> at = recordCall(*m_store, { stream, now, bucket, rules });
    return at ? *at : -1;
}

void TestStateStoreQuota::withoutBucket_isAlwaysAllowedAndNoted()
{
    for (int i = 0; i < 10; ++i)
        QCOMPARE(ask(streamA, start + i, {}, {}), 0);
    QCOMPARE(load(*m_store).lastCallMs, start + 9);
    QCOMPARE(ask("b", start, {}), 0); // a bucket without a rule
}

void TestStateStoreQuota::windowFull_givesWhenToAskAgain()
{
    QCOMPARE(ask(streamA, start, twoAMinute), 0);
    QCOMPARE(ask(streamA, start + second, twoAMinute), 0);
    QCOMPARE(ask(streamA, start + 2 * second, twoAMinute), start + minute);
    QCOMPARE(ask(streamA, start + minute - 1, twoAMinute), start + minute);
    QCOMPARE(ask(streamA, start + minute, twoAMinute), 0);
    QCOMPARE(ask(streamA, start + minute, twoAMinute), start + second + minute);
}

void TestStateStoreQuota::refusedCall_isNotCounted()
{
    const QList<QuotaRule> one { { 1, 60 } };
    QCOMPARE(ask(streamA, start, one), 0);
    for (int i = 1; i < 10; ++i)
        QCOMPARE(ask(streamA, start + i, one), start + minute);
    QCOMPARE(load(*m_store).lastCallMs, start);
    QCOMPARE(ask(streamA, start + minute, one), 0);
}

void TestStateStoreQuota::restart_keepsTheCalls()
{
    QCOMPARE(ask(streamA, start, twoAMinute), 0);
    QCOMPARE(ask(streamA, start, twoAMinute), 0);
    m_store.reset();
    m_store = open(m_folder->path());
    QCOMPARE(ask(streamA, start + 1, twoAMinute), start + minute);
}

void TestStateStoreQuota::buckets_areApart()
{
    const QList<QuotaRule> one { { 1, 60 } };
    QCOMPARE(ask(streamA, start, one, "x"), 0);
    QCOMPARE(ask("b", start, one, "y"), 0);
    QCOMPARE(ask("b", start, one, "x"), start + minute);
}

void TestStateStoreQuota::channelsThatShare_areHeldToTheStrictest()
{
    QCOMPARE(ask("strict?x=1", start, { { 2, 3600 } }), 0);
    QCOMPARE(ask("loose", start + 1, { { 100, 60 } }), 0);
    QCOMPARE(ask("loose", start + 2, { { 100, 60 } }), start + 60 * minute);
    QCOMPARE(ask("strict?x=2", start + 2, { { 2, 3600 } }), start + 60 * minute);
}

void TestStateStoreQuota::channelThatSaysAnotherQuota_isNoLongerHeldToTheOld()
{
    QCOMPARE(ask(streamA, start, { { 1, 3600 } }), 0);
    QCOMPARE(ask(streamA, start + 1, { { 1, 3600 } }), start + 60 * minute);
    QCOMPARE(ask(streamA, start + 2, { { 2, 3600 } }), 0);
    QCOMPARE(ask(streamA, start + 3, { { 2, 3600 } }), start + 60 * minute);
}

void TestStateStoreQuota::channelThatSaysNoQuota_doesNotSpeakForOthers()
{
    const QList<QuotaRule> many { { 100, 60 } };
    QCOMPARE(ask("strict", start, { { 1, 3600 } }), 0);
    QCOMPARE(ask("loose", start + 1, many), start + 60 * minute);
    QCOMPARE(ask("strict", start + 2, {}, {}), 0);
    QCOMPARE(ask("loose", start + 3, many), 0);
}

void TestStateStoreQuota::streamsOfAChannel_speakAsOne()
{
    QCOMPARE(ask("c?x=1", start, { { 1, 3600 } }), 0);
    QCOMPARE(ask("c?x=2", start + 1, { { 5, 3600 } }), 0);
    QCOMPARE(ask("c", start + 2, { { 5, 3600 } }), 0);
}

void TestStateStoreQuota::longRuleOfAnother_keepsCallsLongEnough()
{
    const QList<QuotaRule> month { { 3, 30 * 86400 } };
    const QList<QuotaRule> shortOne { { 1, 60 } };
    QCOMPARE(ask("month", start, month), 0);
    QCOMPARE(ask("short", start + 10 * day, shortOne), 0);
    QCOMPARE(ask("short", start + 20 * day, shortOne), 0);
    QCOMPARE(ask("short", start + 29 * day, shortOne), start + 30 * day);
    QCOMPARE(ask("short", start + 30 * day, shortOne), 0);
}

void TestStateStoreQuota::callsAheadOfTheClock_blockNoLongerThanTheirWindow()
{
    const qint64 wrong = start + 1000 * day;
    QCOMPARE(ask(streamA, wrong, twoAMinute), 0);
    QCOMPARE(ask(streamA, wrong, twoAMinute), 0);
    QCOMPARE(ask(streamA, start, twoAMinute), start + minute);
    QCOMPARE(ask(streamA, start + minute, twoAMinute), 0);
}

void TestStateStoreQuota::callsALittleAhead_areKeptExactly()
{
    QCOMPARE(ask(streamA, start + 50 * second, twoAMinute), 0);
    QCOMPARE(ask(streamA, start + 51 * second, twoAMinute), 0);
    QCOMPARE(ask(streamA, start, twoAMinute), start + 50 * second + minute);
}

void TestStateStoreQuota::randomDays_neverExceedAnyRule()
{
    const QList<QuotaRule> ofOne { { 40, 86400 }, { 3, 60 } };
    const QList<QuotaRule> ofTwo { { 10, 3600 } };
    QRandomGenerator random(99);
    std::vector<qint64> made;
    qint64 now = start;
    // Both have said their rules before either could break them.
    QCOMPARE(ask("one?a=1", now, ofOne), 0);
    QCOMPARE(ask("two", now, ofTwo), 0);
    made = { now, now };
    while (now < start + 5 * day) {
        now += random.bounded(int(3 * minute));
        const bool one = random.bounded(2) == 0;
        const qint64 at = ask(one ? "one?a=1" : "two", now, one ? ofOne : ofTwo);
        QVERIFY(at == 0 || at > now);
        if (at == 0)
            made.push_back(now);
        else if (random.bounded(3) != 0)
            now = at;
    }
    for (const QuotaRule &rule : ofOne + ofTwo) {
        for (size_t i = size_t(rule.calls); i < made.size(); ++i)
            QVERIFY(made[i] - made[i - size_t(rule.calls)] >= rule.perSeconds * second);
    }
    QVERIFY(made.size() > 150);
}

void TestStateStoreQuota::rulesNobodySays_areForgotten()
{
    const QList<QuotaRule> many { { 100, 60 } };
    QCOMPARE(ask("gone", start, { { 1, 365 * 86400 } }), 0);
    QCOMPARE(ask("stays", start + 1, many), start + 365 * day);
    m_store->dropUnused(start + 1);
    QCOMPARE(ask("stays", start + 40 * day, many), 0);
}

QTEST_GUILESS_MAIN(TestStateStoreQuota)
#include "tst_statestorequota.moc"
