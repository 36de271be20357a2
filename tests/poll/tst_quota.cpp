#include "core/poll/quota.h"

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>

using namespace restream;

class TestQuota : public QObject
{
    Q_OBJECT

private slots:
    void noRules_allowAtOnce();
    void windowIsHalfOpen_callCountsUntilItsEndExclusive();
    void severalRules_theStrictestDecides();
    void callDatedLaterThanNow_countsAsTheLatest();
    void simulatedMonths_neverExceedAndNeverWaitTooLong_data();
    void simulatedMonths_neverExceedAndNeverWaitTooLong();
    void bucket_isOfTheValuesNotTheNames();
    void bucket_withoutKeysIsOfTheHost();
    void bucket_dependsOnTheSaltAndShowsNoValue();
};

namespace {

constexpr qint64 second = 1000;
constexpr qint64 minute = 60 * second;
constexpr qint64 hour = 60 * minute;
constexpr qint64 day = 24 * hour;

const QByteArray salt = QByteArrayLiteral("salt");
const QString host = QStringLiteral("api.example.org");

/// True where the window of the rule that ends with the last call holds more calls than allowed; counted one by one.
bool exceeds(const std::vector<qint64> &calls, const QuotaRule &rule)
{
    const qint64 since = calls.back() - rule.perSeconds * second;
    int count = 0;
    for (auto call = calls.rbegin(); call != calls.rend() && *call > since; ++call)
        ++count;
    return count > rule.calls;
}

}

void TestQuota::noRules_allowAtOnce()
{
    QCOMPARE(quotaAllowsAt({ 1, 2, 3 }, {}, 5), 5);
    QCOMPARE(quotaAllowsAt({}, { { 1, 60 } }, 5), 5);
}

void TestQuota::windowIsHalfOpen_callCountsUntilItsEndExclusive()
{
    const QList<QuotaRule> rules { { 2, 60 } };
    QCOMPARE(quotaAllowsAt({ 1000 }, rules, 1000), 1000);
    QCOMPARE(quotaAllowsAt({ 1000, 2000 }, rules, 2000), 1000 + minute);
    QCOMPARE(quotaAllowsAt({ 1000, 2000 }, rules, 999 + minute), 1000 + minute);
    QCOMPARE(quotaAllowsAt({ 1000, 2000 }, rules, 1000 + minute), 1000 + minute);
}

void TestQuota::severalRules_theStrictestDecides()
{
    const QList<QuotaRule> rules { { 3, 86400 }, { 1, 60 } };
    QCOMPARE(quotaAllowsAt({ 0 }, rules, 1), minute);
    QCOMPARE(quotaAllowsAt({ 0, minute, 2 * minute }, rules, 2 * minute), day);
    QCOMPARE(quotaAllowsAt({ 0, minute, day - 1 }, rules, day), day - 1 + minute);
}

void TestQuota::callDatedLaterThanNow_countsAsTheLatest()
{
    QCOMPARE(quotaAllowsAt({ 5000 }, { { 1, 60 } }, 1000), 5000 + minute);
    QCOMPARE(quotaAllowsAt({ 5000 }, { { 2, 60 } }, 1000), 1000);
}

void TestQuota::simulatedMonths_neverExceedAndNeverWaitTooLong_data()
{
    QTest::addColumn<QList<QuotaRule>>("rules");
    QTest::addColumn<qint64>("meanGap");
    QTest::newRow("a day and a minute")
        << QList<QuotaRule> { { 500, 86400 }, { 5, 60 } } << 30 * second;
    QTest::newRow("one a minute") << QList<QuotaRule> { { 1, 60 } } << 50 * second;
    QTest::newRow("month, day, hour")
        << QList<QuotaRule> { { 2000, 30 * 86400 }, { 100, 86400 }, { 10, 3600 } } << 5 * minute;
    QTest::newRow("looser short rule") << QList<QuotaRule> { { 20, 3600 }, { 19, 60 } } << minute;
}

void TestQuota::simulatedMonths_neverExceedAndNeverWaitTooLong()
{
    QFETCH(const QList<QuotaRule>, rules);
    QFETCH(const qint64, meanGap);
    for (quint32 seed = 1; seed <= 2; ++seed) {
        QRandomGenerator random(seed);
        std::vector<qint64> calls;
        qint64 now = 0;
        while (now < 90 * day) {
            const qint64 at = quotaAllowsAt(calls, rules, now);
            QVERIFY(at >= now);
            if (at > now) {
                // Not too long: one moment earlier it would have been one too many.
                calls.push_back(at - 1);
                QVERIFY(std::any_of(rules.begin(), rules.end(),
                                    [&](const QuotaRule &rule) { return exceeds(calls, rule); }));
                calls.pop_back();
                // Some ask again at once, others when told.
                now = random.bounded(4) == 0 ? std::min(at, now + 1 + random.bounded(int(minute)))
                                             : at;
                continue;
            }
            calls.push_back(now);
            for (const QuotaRule &rule : rules)
                QVERIFY(!exceeds(calls, rule));
            now += qint64(random.generateDouble() * 2 * double(meanGap));
        }
        QVERIFY(calls.size() > 100);
    }
}

void TestQuota::bucket_isOfTheValuesNotTheNames()
{
    const auto bucket = [](const QMap<QString, QString> &keys) {
        return quotaBucket(salt, keys, host);
    };
    const QByteArray one = bucket({ { QStringLiteral("api-key"), QStringLiteral("abc") } });
    QCOMPARE(bucket({ { QStringLiteral("token"), QStringLiteral("abc") } }), one);
    QVERIFY(bucket({ { QStringLiteral("api-key"), QStringLiteral("abd") } }) != one);
    QCOMPARE(quotaBucket(salt, { { QStringLiteral("k"), QStringLiteral("abc") } },
                         QStringLiteral("other.example.org")),
             one);
    const auto pair = [&](const QString &a, const QString &b) {
        return bucket({ { QStringLiteral("1"), a }, { QStringLiteral("2"), b } });
    };
    QCOMPARE(pair(QStringLiteral("x"), QStringLiteral("y")),
             pair(QStringLiteral("y"), QStringLiteral("x")));
    QVERIFY(pair(QStringLiteral("xy"), QString())
            != pair(QStringLiteral("x"), QStringLiteral("y")));
}

void TestQuota::bucket_withoutKeysIsOfTheHost()
{
    QCOMPARE(quotaBucket(salt, {}, QStringLiteral("API.example.ORG")), quotaBucket(salt, {}, host));
    QVERIFY(quotaBucket(salt, {}, QStringLiteral("example.org")) != quotaBucket(salt, {}, host));
    QVERIFY(quotaBucket(salt, { { QStringLiteral("k"), host } }, host)
            != quotaBucket(salt, {}, host));
}

void TestQuota::bucket_dependsOnTheSaltAndShowsNoValue()
{
    const QMap<QString, QString> keys { { QStringLiteral("k"), QStringLiteral("5ec2e7") } };
    const QByteArray bucket = quotaBucket(salt, keys, host);
    QVERIFY(bucket != quotaBucket(QByteArrayLiteral("pepper"), keys, host));
    QCOMPARE(bucket.size(), 64);
    QCOMPARE(QByteArray::fromHex(bucket).toHex(), bucket);
    QVERIFY(!bucket.contains("5ec2e7"));
}

QTEST_GUILESS_MAIN(TestQuota)
#include "tst_quota.moc"
