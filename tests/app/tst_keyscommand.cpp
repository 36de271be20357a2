#include "app/keyscommand.h"
#include "tests/app/consolecapture.h"
#include "tests/app/fakekeystore.h"

#include <QTest>

using namespace restream;

class TestKeysCommand : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void list_saysWhatIsSetAndNeverAValue();
    void list_ofOneChannel();
    void list_withAStoreThatFails_saysSoOnce();
    void set_storesUnderTheOwner();
    void set_ofAnUnknownKeyOrChannel_readsNoValue();
    void set_thatIsNotSaved_saysSo();
    void remove_alsoOfAChannelThatIsGone();
    void import_storesAllAndNamesThem();
    void import_ownersOwnValueGoesBeforeABorrowers();
    void import_ofABrokenFile_storesNothing();
    void import_thatIsNotSaved_namesEach();

private:
    std::unique_ptr<KeysCommand> command();

    ChannelSet m_channels;
    FakeKeyStore m_store;
    std::unique_ptr<ConsoleCapture> m_capture;
};

void TestKeysCommand::init()
{
    m_channels = {};
    const auto add = [this](const QString &name, const QString &key, const QString &keysFrom = {}) {
        ChannelDefinition channel;
        channel.name = name;
        channel.keysFrom = keysFrom;
        if (!key.isEmpty()) {
            channel.auth.type = AuthDefinition::Type::ApiKey;
            channel.auth.key = key;
        }
        m_channels.channels.insert(name, channel);
    };
    add(u"nyt-newswire"_qs, u"api-key"_qs);
    add(u"nyt-top"_qs, u"api-key"_qs, u"nyt-newswire"_qs);
    add(u"quakes"_qs, {});
    add(u"tfl"_qs, u"app-key"_qs);
    m_store.values = { { u"nyt-newswire"_qs, { { u"api-key"_qs, u"s3cr3t"_qs } } } };
    m_store.failure.reset();
    m_capture = std::make_unique<ConsoleCapture>();
}

std::unique_ptr<KeysCommand> TestKeysCommand::command()
{
    return std::make_unique<KeysCommand>(m_channels, m_store, m_capture->console());
}

void TestKeysCommand::list_saysWhatIsSetAndNeverAValue()
{
    QCOMPARE(command()->list({}), ExitCode::Ok);
    QCOMPARE(m_capture->out(),
             QStringList({ u"nyt-newswire/api-key  set"_qs, u"tfl/app-key           missing"_qs }));
    QVERIFY(!m_capture->mentions("s3cr3t"));
}

void TestKeysCommand::list_ofOneChannel()
{
    QCOMPARE(command()->list(u"nyt-top"_qs), ExitCode::Ok);
    QCOMPARE(m_capture->out(), QStringList({ u"nyt-newswire/api-key  set"_qs }));
    QCOMPARE(command()->list(u"quakes"_qs), ExitCode::Ok);
    QCOMPARE(m_capture->err(), QStringList({ u"channel \"quakes\" needs no key"_qs }));
    QCOMPARE(command()->list(u"nyt-topp"_qs), ExitCode::Failed);
    QCOMPARE(m_capture->err().last(),
             u"restreamd: there is no channel \"nyt-topp\"; did you mean nyt-top?"_qs);
}

void TestKeysCommand::list_withAStoreThatFails_saysSoOnce()
{
    m_store.failure = Error { u"keychain_locked"_qs, u"the keychain is locked"_qs };
    QCOMPARE(command()->list({}), ExitCode::Failed);
    QCOMPARE(
        m_capture->out(),
        QStringList({ u"nyt-newswire/api-key  unknown"_qs, u"tfl/app-key           unknown"_qs }));
    QCOMPARE(m_capture->err(), QStringList({ u"restreamd: the keychain is locked"_qs }));
}

void TestKeysCommand::set_storesUnderTheOwner()
{
    QCOMPARE(command()->set(u"nyt-top"_qs, u"api-key"_qs, [] { return u"n3w"_qs; }), ExitCode::Ok);
    QCOMPARE(m_store.values[u"nyt-newswire"_qs][u"api-key"_qs], u"n3w"_qs);
    QVERIFY(!m_store.values.contains(u"nyt-top"_qs));
    QCOMPARE(m_capture->err(), QStringList({ u"nyt-newswire/api-key is set in the fake"_qs }));
    QVERIFY(!m_capture->mentions("n3w"));
}

void TestKeysCommand::set_ofAnUnknownKeyOrChannel_readsNoValue()
{
    const auto never = []() -> Result<QString> {
        qFatal("a value was asked for");
        return QString();
    };
    QCOMPARE(command()->set(u"nope"_qs, u"api-key"_qs, never), ExitCode::Failed);
    QCOMPARE(command()->set(u"nyt-top"_qs, u"apikey"_qs, never), ExitCode::Failed);
    QCOMPARE(m_capture->err().last(),
             u"restreamd: channel \"nyt-top\" has no key \"apikey\"; it needs api-key"_qs);
    QCOMPARE(command()->set(u"quakes"_qs, u"api-key"_qs, never), ExitCode::Failed);
    QCOMPARE(m_capture->err().last(), u"restreamd: channel \"quakes\" needs no key"_qs);
}

void TestKeysCommand::set_thatIsNotSaved_saysSo()
{
    m_store.failure = Error { u"keychain_unavailable"_qs, u"there is no keychain"_qs };
    QCOMPARE(command()->set(u"tfl"_qs, u"app-key"_qs, [] { return u"n3w"_qs; }), ExitCode::Failed);
    QCOMPARE(m_capture->err(), QStringList({ u"restreamd: not saved: there is no keychain"_qs }));
}

void TestKeysCommand::remove_alsoOfAChannelThatIsGone()
{
    m_store.values[u"old"_qs][u"k"_qs] = u"v"_qs;
    QCOMPARE(command()->remove(u"old"_qs, u"k"_qs), ExitCode::Ok);
    QVERIFY(m_store.values[u"old"_qs].isEmpty());
    QCOMPARE(command()->remove(u"nyt-top"_qs, u"api-key"_qs), ExitCode::Ok);
    QVERIFY(m_store.values[u"nyt-newswire"_qs].isEmpty());
}

void TestKeysCommand::import_storesAllAndNamesThem()
{
    QCOMPARE(
        command()->import(
            R"({"tfl":{"app-key":"v1"},"twitter-status":{"consumer-key":"v2","consumer-secret":"v3"}})"),
        ExitCode::Ok);
    QCOMPARE(m_capture->out(),
             QStringList({ u"tfl/app-key"_qs, u"twitter-status/consumer-key"_qs,
                           u"twitter-status/consumer-secret"_qs }));
    QCOMPARE(m_store.values[u"twitter-status"_qs][u"consumer-secret"_qs], u"v3"_qs);
    QCOMPARE(
        m_capture->err(),
        QStringList(
            { u"note: there is no channel \"twitter-status\" now; its keys are stored all the same"_qs,
              u"3 of 3 keys stored in the fake"_qs }));
    for (const char *value : { "v1", "v2", "v3" })
        QVERIFY(!m_capture->mentions(value));
}

void TestKeysCommand::import_ownersOwnValueGoesBeforeABorrowers()
{
    QCOMPARE(
        command()->import(R"({"nyt-newswire":{"api-key":"own"},"nyt-top":{"api-key":"borrowed"}})"),
        ExitCode::Ok);
    QCOMPARE(m_store.values[u"nyt-newswire"_qs][u"api-key"_qs], u"own"_qs);
    QCOMPARE(command()->import(R"({"nyt-top":{"api-key":"original"}})"), ExitCode::Ok);
    QCOMPARE(m_store.values[u"nyt-newswire"_qs][u"api-key"_qs], u"original"_qs);
}

void TestKeysCommand::import_ofABrokenFile_storesNothing()
{
    const QMap<QString, Keys> before = m_store.values;
    QCOMPARE(command()->import(R"({"tfl":{"app-key":"v1"},"b":"x"})"), ExitCode::Failed);
    QCOMPARE(m_store.values, before);
    QCOMPARE(m_capture->out(), QStringList());
    QCOMPARE(m_capture->err().size(), 1);
    QVERIFY(!m_capture->mentions("v1"));
}

void TestKeysCommand::import_thatIsNotSaved_namesEach()
{
    m_store.failure = Error { u"keychain_locked"_qs, u"the keychain is locked"_qs };
    QCOMPARE(command()->import(R"({"tfl":{"app-key":"v1"}})"), ExitCode::Failed);
    QCOMPARE(m_capture->out(), QStringList());
    QCOMPARE(m_capture->err(),
             QStringList({ u"restreamd: tfl/app-key was not saved: the keychain is locked"_qs,
                           u"0 of 1 keys stored in the fake"_qs }));
}

QTEST_GUILESS_MAIN(TestKeysCommand)
#include "tst_keyscommand.moc"
