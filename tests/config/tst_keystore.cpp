#include "core/config/keystores.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace restream;

namespace {

class FakeStore final : public KeyStore
{
public:
    void read(const QString &channel, const QString &name,
              std::function<void(Result<QString>)> done) override
    {
        asked.append(channel % QLatin1Char('/') % name);
        if (!values.contains(name))
            return done(Error { QStringLiteral("key_missing"), name });
        done(values.value(name));
    }
    void write(const QString &, const QString &, const QString &,
               std::function<void(Result<void>)> done) override
    {
        done({});
    }
    void remove(const QString &, const QString &, std::function<void(Result<void>)> done) override
    {
        done({});
    }
    [[nodiscard]] QString description() const override { return {}; }

    Keys values;
    QStringList asked;
};

}

class TestKeyStore : public QObject
{
    Q_OBJECT

private slots:
    void readAll_givesEveryKeyOrTheFirstError();
    void readAllOfNothing_isNothing();
    void parseKeysFile_readsTheOriginalsFormat();
    void parseKeysFile_namesThePlaceAndNeverAValue_data();
    void parseKeysFile_namesThePlaceAndNeverAValue();
    void makeKeyStore_takesFileThenCredentialsThenKeychain();
};

void TestKeyStore::readAll_givesEveryKeyOrTheFirstError()
{
    FakeStore store;
    store.values = { { QStringLiteral("a"), QStringLiteral("1") },
                     { QStringLiteral("b"), QStringLiteral("2") } };
    std::optional<Result<Keys>> result;
    int calls = 0;
    const auto take = [&](Result<Keys> got) {
        ++calls;
        result = std::move(got);
    };
    store.readAll(QStringLiteral("ch"), { QStringLiteral("a"), QStringLiteral("b") }, take);
    QVERIFY(result && *result);
    QCOMPARE(**result, store.values);
    QCOMPARE(store.asked, (QStringList { QStringLiteral("ch/a"), QStringLiteral("ch/b") }));

    store.readAll(QStringLiteral("ch"),
                  { QStringLiteral("x"), QStringLiteral("a"), QStringLiteral("y") }, take);
    QVERIFY(!*result);
    QCOMPARE(result->error().message, QStringLiteral("x"));
    QCOMPARE(calls, 2);
}

void TestKeyStore::readAllOfNothing_isNothing()
{
    FakeStore store;
    std::optional<Result<Keys>> result;
    store.readAll(QStringLiteral("ch"), {}, [&](Result<Keys> got) { result = std::move(got); });
    QVERIFY(result && *result && (*result)->isEmpty());
    QVERIFY(store.asked.isEmpty());
}

void TestKeyStore::parseKeysFile_readsTheOriginalsFormat()
{
    const auto keys =
        parseKeysFile(R"({"nyt-top":{"api-key":"abcd"},"twitter":{"a":"1","b":"2"},"none":{}})");
    QVERIFY(keys);
    QCOMPARE(keys->size(), 3);
    QCOMPARE(keys->value(QStringLiteral("nyt-top")).value(QStringLiteral("api-key")),
             QStringLiteral("abcd"));
    QCOMPARE(keys->value(QStringLiteral("twitter")).size(), 2);
    QVERIFY(parseKeysFile("{}"));
}

void TestKeyStore::parseKeysFile_namesThePlaceAndNeverAValue_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("says");
    QTest::newRow("empty") << QByteArray() << "line 1";
    QTest::newRow("list") << QByteArray(R"(["s3cret"])") << "one object";
    QTest::newRow("channel") << QByteArray(R"({"nyt-top":"s3cret"})")
                             << "/nyt-top: must be an object";
    QTest::newRow("number") << QByteArray(R"({"a/b":{"k~":5}, "x":{"y":"s3cret"}})")
                            << "/a~1b/k~0: must be a text";
    QTest::newRow("nested") << QByteArray(R"({"a":{"b":{"c":"s3cret"}}})")
                            << "/a/b: must be a text";
    QTest::newRow("third line") << QByteArray("{\n\"a\":\n s3cret}") << "line 3";
    QTest::newRow("cut off") << QByteArray(R"({"a":{"b":"s3cret)") << "line 1";
}

void TestKeyStore::parseKeysFile_namesThePlaceAndNeverAValue()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, says);
    const auto keys = parseKeysFile(json);
    QVERIFY(!keys);
    QCOMPARE(keys.error().code, QStringLiteral("keys_file"));
    QVERIFY2(keys.error().message.contains(says), qPrintable(keys.error().message));
    QVERIFY(!keys.error().message.contains(QLatin1String("s3cret")));
}

void TestKeyStore::makeKeyStore_takesFileThenCredentialsThenKeychain()
{
    const QTemporaryDir folder;
    qputenv("CREDENTIALS_DIRECTORY", QFile::encodeName(folder.path()));
    QCOMPARE(makeKeyStore({})->description(), QStringLiteral("the keychain"));
    QFile file(folder.filePath(QStringLiteral("restream-keys")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"nyt-top":{"api-key":"abcd"}})");
    file.close();
    // As systemd gives it where the service's user is another one: readable for the group.
    QVERIFY(file.setPermissions(QFileDevice::ReadOwner | QFileDevice::ReadGroup));
    const auto store = makeKeyStore({});
    QCOMPARE(store->description(), QStringLiteral("the keys file %1").arg(file.fileName()));
    std::optional<Result<QString>> value;
    store->read(QStringLiteral("nyt-top"), QStringLiteral("api-key"),
                [&](Result<QString> got) { value = std::move(got); });
    QVERIFY(value && *value);
    QCOMPARE(**value, QStringLiteral("abcd"));
    const QString other = folder.filePath(QStringLiteral("keys.json"));
    QCOMPARE(makeKeyStore(other)->description(), QStringLiteral("the keys file %1").arg(other));
    qunsetenv("CREDENTIALS_DIRECTORY");
    QCOMPARE(makeKeyStore({})->description(), QStringLiteral("the keychain"));
}

QTEST_GUILESS_MAIN(TestKeyStore)
#include "tst_keystore.moc"
