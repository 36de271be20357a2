#include "core/config/keycache.h"
#include "tests/support/fakeclock.h"

#include <QTest>

using namespace restream;

class TestKeyCache : public QObject
{
    Q_OBJECT

private slots:
    void keyIsKeptForAMinute();
    void fresh_asksAgain();
    void error_isNotKept();
    void readOfOtherNames_isAnother();
    void clearedWhileReading_oldValueIsNotKept();
};

namespace {

/// Counts the questions, and answers when told.
struct Source
{
    int asked = 0;
    Result<Keys> answer = Keys { { QStringLiteral("k"), QStringLiteral("v") } };
    KeyCache::Done pending;
    bool hold = false;

    KeyCache::Source function()
    {
        return [this](const QString &, const QStringList &, KeyCache::Done done) {
            ++asked;
            if (hold)
                pending = std::move(done);
            else
                done(answer);
        };
    }
};

const QString channel = QStringLiteral("c");
const QStringList names = { QStringLiteral("k") };

}

void TestKeyCache::keyIsKeptForAMinute()
{
    FakeClock clock;
    Source source;
    KeyCache cache(clock, source.function());
    int answered = 0;
    const auto count = [&](const Result<Keys> &keys) { answered += keys.ok() ? 1 : 0; };
    cache.read(channel, names, false, count);
    clock.advance(59'999);
    cache.read(channel, names, false, count);
    QCOMPARE(source.asked, 1);
    clock.advance(1);
    cache.read(channel, names, false, count);
    QCOMPARE(source.asked, 2);
    QCOMPARE(answered, 3);
}

void TestKeyCache::fresh_asksAgain()
{
    FakeClock clock;
    Source source;
    KeyCache cache(clock, source.function());
    cache.read(channel, names, false, [](const Result<Keys> &) {});
    cache.read(channel, names, true, [](const Result<Keys> &) {});
    QCOMPARE(source.asked, 2);
}

void TestKeyCache::error_isNotKept()
{
    FakeClock clock;
    Source source;
    source.answer = Error { QStringLiteral("key_missing"), {} };
    KeyCache cache(clock, source.function());
    for (int i = 0; i < 2; ++i)
        cache.read(channel, names, false, [](const Result<Keys> &keys) { QVERIFY(!keys); });
    QCOMPARE(source.asked, 2);
}

void TestKeyCache::readOfOtherNames_isAnother()
{
    FakeClock clock;
    Source source;
    KeyCache cache(clock, source.function());
    cache.read(channel, names, false, [](const Result<Keys> &) {});
    cache.read(channel, { QStringLiteral("other") }, false, [](const Result<Keys> &) {});
    QCOMPARE(source.asked, 2);
}

void TestKeyCache::clearedWhileReading_oldValueIsNotKept()
{
    FakeClock clock;
    Source source;
    source.hold = true;
    KeyCache cache(clock, source.function());
    cache.read(channel, names, false, [](const Result<Keys> &) {});
    cache.clear();
    source.pending(source.answer);
    source.hold = false;
    cache.read(channel, names, false, [](const Result<Keys> &) {});
    QCOMPARE(source.asked, 2);
}

QTEST_GUILESS_MAIN(TestKeyCache)
#include "tst_keycache.moc"
