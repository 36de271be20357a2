#include "core/config/keychainstore.h"

#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusReply>
#include <QElapsedTimer>
#include <QTest>

#include <csignal>

using namespace restream;

namespace {

constexpr std::chrono::milliseconds shortPatience(300);
const QString service = QStringLiteral("org.freedesktop.secrets");

/// The store's three questions, each waited for.
class Keychain final
{
public:
    explicit Keychain(std::chrono::milliseconds patience = std::chrono::seconds(10))
        : store(patience)
    {
        store.onChanged = [this] { ++changes; };
    }

    Result<QString> read(const QString &name)
    {
        return wait<QString>([&](auto done) { store.read(channel, name, done); });
    }
    Result<void> write(const QString &name, const QString &value)
    {
        return wait<void>([&](auto done) { store.write(channel, name, value, done); });
    }
    Result<void> remove(const QString &name)
    {
        return wait<void>([&](auto done) { store.remove(channel, name, done); });
    }

    const QString channel = QStringLiteral("nyt-top");
    KeychainStore store;
    int changes = 0;

private:
    template<typename T, typename Ask>
    static Result<T> wait(const Ask &ask)
    {
        std::optional<Result<T>> result;
        int calls = 0;
        ask([&](Result<T> got) {
            ++calls;
            result = std::move(got);
        });
        if (!QTest::qWaitFor([&] { return result.has_value(); }, 20000))
            return Error { QStringLiteral("test_hangs"), {} };
        QTest::qWait(20);
        return calls == 1 ? *result : Error { QStringLiteral("called_twice"), {} };
    }
};

bool waitForService()
{
    return QTest::qWaitFor([] {
        return QDBusConnection::sessionBus().interface()->isServiceRegistered(service).value();
    });
}

}

/// No bus at all.
class TestKeychainWithoutBus : public QObject
{
    Q_OBJECT

private slots:
    void everything_isUnavailableAndSaysWhatToDo();
};

void TestKeychainWithoutBus::everything_isUnavailableAndSaysWhatToDo()
{
    Keychain keychain;
    const Result<QString> value = keychain.read(QStringLiteral("api-key"));
    QCOMPARE(value.error().code, QStringLiteral("keychain_unavailable"));
    QVERIFY(value.error().message.contains(QLatin1String("--keys-file")));
    const Result<void> written =
        keychain.write(QStringLiteral("api-key"), QStringLiteral("s3cret"));
    QCOMPARE(written.error().code, QStringLiteral("keychain_unavailable"));
    QVERIFY(written.error().message.startsWith(QLatin1String("the key was not saved")));
    QVERIFY(!written.error().message.contains(QLatin1String("s3cret")));
    QCOMPARE(keychain.remove(QStringLiteral("api-key")).error().code,
             QStringLiteral("keychain_unavailable"));
    QCOMPARE(keychain.changes, 0);
}

/// A bus, and nobody who keeps secrets.
class TestKeychainWithoutService : public QObject
{
    Q_OBJECT

private slots:
    void everything_isUnavailable()
    {
        Keychain keychain;
        QCOMPARE(keychain.read(QStringLiteral("api-key")).error().code,
                 QStringLiteral("keychain_unavailable"));
        QCOMPARE(keychain.write(QStringLiteral("api-key"), QStringLiteral("x")).error().code,
                 QStringLiteral("keychain_unavailable"));
    }
};

/// A keyring service in which nothing was ever stored, and nobody to ask for a password.
class TestKeychainEmpty : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { QVERIFY(waitForService()); }
    void read_isMissing()
    {
        Keychain keychain;
        const Result<QString> value = keychain.read(QStringLiteral("api-key"));
        QCOMPARE(value.error().code, QStringLiteral("key_missing"));
        QVERIFY(
            value.error().message.contains(QLatin1String("restreamd keys set nyt-top api-key")));
    }
    void write_isNotSavedAndSaysWhy()
    {
        Keychain keychain;
        const Result<void> written = keychain.write(QStringLiteral("api-key"), QStringLiteral("x"));
        QCOMPARE(written.error().code, QStringLiteral("keychain_unavailable"));
        QVERIFY(written.error().message.contains(QLatin1String("no keyring yet")));
        QCOMPARE(keychain.changes, 0);
    }
};

/// A keyring as it is after the login.
class TestKeychainUnlocked : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void written_canBeReadAndRemoved();
    void missing_isToldApart();
    void manyQuestionsAtOnce_areAllAnswered();
    void readAll_givesTheKeys();
    void destroyedStore_isSilent();
    void locked_isNotTakenForMissing();
    void stoppedService_isGivenUpAndComesBack();

private:
    static QDBusMessage ask(const QString &method, const QVariant &argument);
    static QString defaultCollection();
    static void lock();
};

void TestKeychainUnlocked::initTestCase()
{
    QVERIFY(waitForService());
    QVERIFY(QTest::qWaitFor([] { return defaultCollection().size() > 1; }));
}

QDBusMessage TestKeychainUnlocked::ask(const QString &method, const QVariant &argument)
{
    QDBusMessage message =
        QDBusMessage::createMethodCall(service, QStringLiteral("/org/freedesktop/secrets"),
                                       QStringLiteral("org.freedesktop.Secret.Service"), method);
    message << argument;
    return QDBusConnection::sessionBus().call(message);
}

QString TestKeychainUnlocked::defaultCollection()
{
    return QDBusReply<QDBusObjectPath>(ask(QStringLiteral("ReadAlias"), QStringLiteral("default")))
        .value()
        .path();
}

void TestKeychainUnlocked::lock()
{
    ask(QStringLiteral("Lock"),
        QVariant::fromValue(QList { QDBusObjectPath(defaultCollection()) }));
}

void TestKeychainUnlocked::written_canBeReadAndRemoved()
{
    Keychain keychain;
    const QString name = QStringLiteral("api-key");
    for (const QString &value : { QStringLiteral("abcd"), QStringLiteral("another €\n\"value\""),
                                  QString(5000, QLatin1Char('x')) }) {
        const Result<void> written = keychain.write(name, value);
        QVERIFY2(written, written ? "" : qPrintable(written.error().message));
        const Result<QString> back = keychain.read(name);
        QVERIFY(back);
        QCOMPARE(*back, value);
    }
    QCOMPARE(keychain.changes, 3);
    QVERIFY(keychain.remove(name));
    QCOMPARE(keychain.changes, 4);
    QCOMPARE(keychain.read(name).error().code, QStringLiteral("key_missing"));
}

void TestKeychainUnlocked::missing_isToldApart()
{
    Keychain keychain;
    const Result<QString> value = keychain.read(QStringLiteral("never-set"));
    QCOMPARE(value.error().code, QStringLiteral("key_missing"));
    QVERIFY(value.error().message.contains(QLatin1String("restreamd keys set nyt-top never-set")));
}

void TestKeychainUnlocked::manyQuestionsAtOnce_areAllAnswered()
{
    Keychain keychain;
    QVERIFY(keychain.write(QStringLiteral("many"), QStringLiteral("v")));
    int right = 0;
    int answers = 0;
    for (int i = 0; i < 50; ++i) {
        keychain.store.read(keychain.channel, QStringLiteral("many"),
                            [&](const Result<QString> &value) {
                                ++answers;
                                right += value && *value == QLatin1String("v") ? 1 : 0;
                            });
    }
    QTRY_COMPARE(answers, 50);
    QCOMPARE(right, 50);
}

void TestKeychainUnlocked::readAll_givesTheKeys()
{
    Keychain keychain;
    QVERIFY(keychain.write(QStringLiteral("a"), QStringLiteral("1")));
    QVERIFY(keychain.write(QStringLiteral("b"), QStringLiteral("2")));
    std::optional<Result<Keys>> keys;
    keychain.store.readAll(keychain.channel, { QStringLiteral("a"), QStringLiteral("b") },
                           [&](Result<Keys> got) { keys = std::move(got); });
    QTRY_VERIFY(keys);
    QVERIFY(*keys);
    QCOMPARE(**keys,
             (Keys { { QStringLiteral("a"), QStringLiteral("1") },
                     { QStringLiteral("b"), QStringLiteral("2") } }));
}

void TestKeychainUnlocked::destroyedStore_isSilent()
{
    bool called = false;
    {
        KeychainStore store;
        store.read(QStringLiteral("nyt-top"), QStringLiteral("a"),
                   [&](const Result<QString> &) { called = true; });
        store.write(QStringLiteral("nyt-top"), QStringLiteral("c"), QStringLiteral("3"),
                    [&](const Result<void> &) { called = true; });
    }
    auto store = std::make_unique<KeychainStore>();
    store->read(QStringLiteral("nyt-top"), QStringLiteral("a"),
                [&](const Result<QString> &) { store.reset(); });
    QTRY_VERIFY(!store);
    QVERIFY(!called);
}

void TestKeychainUnlocked::locked_isNotTakenForMissing()
{
    Keychain keychain;
    QVERIFY(keychain.write(QStringLiteral("kept"), QStringLiteral("v")));
    lock();
    const int changes = keychain.changes;
    for (const char *name : { "kept", "never-set" }) {
        const Result<QString> value = keychain.read(QString::fromLatin1(name));
        QCOMPARE(value.error().code, QStringLiteral("keychain_locked"));
        QVERIFY(value.error().message.contains(QLatin1String("unlock")));
    }
    const Result<void> written = keychain.write(QStringLiteral("kept"), QStringLiteral("w"));
    QCOMPARE(written.error().code, QStringLiteral("keychain_locked"));
    QVERIFY(written.error().message.startsWith(QLatin1String("the key was not saved")));
    QCOMPARE(keychain.changes, changes);
}

void TestKeychainUnlocked::stoppedService_isGivenUpAndComesBack()
{
    const uint pid = QDBusConnection::sessionBus().interface()->servicePid(service);
    QVERIFY(pid > 1);
    QCOMPARE(::kill(pid_t(pid), SIGSTOP), 0);
    Keychain keychain(shortPatience);
    QElapsedTimer timer;
    timer.start();
    const Result<QString> value = keychain.read(QStringLiteral("kept"));
    const qint64 took = timer.elapsed();
    const Result<void> written = keychain.write(QStringLiteral("kept"), QStringLiteral("w"));
    QCOMPARE(::kill(pid_t(pid), SIGCONT), 0);
    QCOMPARE(value.error().code, QStringLiteral("keychain_timeout"));
    QVERIFY(value.error().message.contains(QLatin1String("0.3 s")));
    QCOMPARE(written.error().code, QStringLiteral("keychain_timeout"));
    QVERIFY(took >= 300);
    Keychain patient;
    QCOMPARE(patient.read(QStringLiteral("kept")).error().code, QStringLiteral("keychain_locked"));
}

int main(int argc, char **argv)
{
    const QByteArray mode = qgetenv("RESTREAM_TEST_KEYRING");
    if (mode.isEmpty()) { // not in a home of its own: no bus may be found
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        qunsetenv("DISPLAY");
        qunsetenv("XDG_CURRENT_DESKTOP");
    }
    const QCoreApplication application(argc, argv);
    const auto run = [&](QObject &&test) { return QTest::qExec(&test, argc, argv); };
    if (mode == "none")
        return run(TestKeychainWithoutService());
    if (mode == "empty")
        return run(TestKeychainEmpty());
    if (mode == "unlocked")
        return run(TestKeychainUnlocked());
    return run(TestKeychainWithoutBus());
}

#include "tst_keychainstore.moc"
