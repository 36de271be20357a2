#include "core/keyoverview.h"
#include "tests/app/fakekeystore.h"

#include <QTest>

using namespace restream;

class TestKeyOverview : public QObject
{
    Q_OBJECT

private slots:
    void channelsThatShareAKey_areOneEntry();
    void keyThatIsThere_isPresentAndOneThatIsNot_missing();
    void keyThatTheApiRefused_saysSo();
    void storeThatCantBeAsked_isNotTakenForMissingKeys();
    void noKeys_isAnEmptyList();
};

namespace {

ChannelInfo channel(const QString &name, const QString &owner, const QStringList &keys)
{
    ChannelInfo info;
    info.name = name;
    info.keyOwner = owner;
    info.keys = keys;
    return info;
}

const QString key = QStringLiteral("api-key");
const QString top = QStringLiteral("nyt-top");
const QString newswire = QStringLiteral("nyt-newswire");

EngineSnapshot twoChannels()
{
    EngineSnapshot snapshot;
    snapshot.channels = { channel(newswire, top, { key }), channel(top, top, { key }) };
    snapshot.channels.last().keyHelp.insert(
        key,
        { QStringLiteral("NYT developer key"), QStringLiteral("https://developer.nytimes.com") });
    return snapshot;
}

QList<KeyInfo> overview(const EngineSnapshot &snapshot, FakeKeyStore &store)
{
    std::optional<QList<KeyInfo>> answer;
    readKeyOverview(snapshot, store, [&](const QList<KeyInfo> &keys) { answer = keys; });
    [&] { QTRY_VERIFY(answer); }();
    return answer.value_or(QList<KeyInfo>());
}

}

void TestKeyOverview::channelsThatShareAKey_areOneEntry()
{
    FakeKeyStore store;
    const QList<KeyInfo> keys = overview(twoChannels(), store);
    QCOMPARE(keys.size(), 1);
    QCOMPARE(keys.first().owner, top);
    QCOMPARE(keys.first().channels, QStringList({ newswire, top }));
    QCOMPARE(keys.first().description, QStringLiteral("NYT developer key"));
    QCOMPARE(keys.first().url, QStringLiteral("https://developer.nytimes.com"));
}

void TestKeyOverview::keyThatIsThere_isPresentAndOneThatIsNot_missing()
{
    FakeKeyStore store;
    store.values[top][key] = QStringLiteral("abcd");
    EngineSnapshot snapshot = twoChannels();
    snapshot.channels.append(channel(QStringLiteral("other"), QStringLiteral("other"), { key }));
    const QList<KeyInfo> keys = overview(snapshot, store);
    QCOMPARE(keys.size(), 2);
    QCOMPARE(keys.first().state, KeyInfo::State::Present);
    QCOMPARE(keys.last().state, KeyInfo::State::Missing);
}

void TestKeyOverview::keyThatTheApiRefused_saysSo()
{
    FakeKeyStore store;
    store.values[top][key] = QStringLiteral("abcd");
    EngineSnapshot snapshot = twoChannels();
    StreamInfo stream;
    stream.channel = newswire;
    stream.status.state = PollState::Paused;
    stream.status.error = Error { QStringLiteral("key_refused"), QStringLiteral("refused (401)") };
    stream.status.lastOkMs = 5000;
    snapshot.streams = { stream };
    const QList<KeyInfo> keys = overview(snapshot, store);
    QCOMPARE(keys.first().state, KeyInfo::State::Refused);
    QCOMPARE(keys.first().problem, QStringLiteral("refused (401)"));
    QCOMPARE(keys.first().lastUsedMs, 5000);
}

void TestKeyOverview::storeThatCantBeAsked_isNotTakenForMissingKeys()
{
    FakeKeyStore store;
    store.failure = Error { QStringLiteral("keychain_locked"), QStringLiteral("unlock it") };
    const QList<KeyInfo> keys = overview(twoChannels(), store);
    QCOMPARE(keys.first().state, KeyInfo::State::Unknown);
    QCOMPARE(keys.first().problem, QStringLiteral("unlock it"));
}

void TestKeyOverview::noKeys_isAnEmptyList()
{
    FakeKeyStore store;
    QVERIFY(overview(EngineSnapshot(), store).isEmpty());
}

QTEST_GUILESS_MAIN(TestKeyOverview)
#include "tst_keyoverview.moc"
