#include "core/config/configstore.h"
#include "tests/support/fakeclock.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

using namespace restream;

namespace {

QByteArray definition(const QString &name, const QByteArray &members = "\"poll_interval\": 60")
{
    return "{ \"name\": \"" + name.toUtf8() + "\",\n \"request\": { \"url\": \"https://api.example.com/a\" },\n " + members + "\n}\n";
}

void write(const QString &path, const QByteArray &text)
{
    QVERIFY(QDir().mkpath(path.section(u'/', 0, -2)));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
}

/// A catalog with the channels one and two, and room for a user's.
struct Folders
{
    QTemporaryDir root;
    QString catalog = root.filePath(QStringLiteral("catalog"));
    QString user = root.filePath(QStringLiteral("config/restream/channels"));

    Folders()
    {
        for (const QString &name : { QStringLiteral("one"), QStringLiteral("two") })
            write(catalog + u'/' + name + QStringLiteral(".json"), definition(name));
    }
    [[nodiscard]] QString own(const char *file) const { return user + u'/' + QString::fromLatin1(file); }
    void makeUser() const { QVERIFY(QDir().mkpath(user)); }
};

/// A store that counts what it tells.
struct Watched
{
    explicit Watched(const Folders &folders) : store(clock, folders.catalog, folders.user)
    {
        store.onChanged = [this] { ++changes; };
    }

    /// Something on disk was noticed; let the moment of quiet pass.
    [[nodiscard]] bool settle()
    {
        if (!QTest::qWaitFor([this] { return clock.nextTimer() >= 0; }, 5000))
            return false;
        clock.advance(199);
        const bool waited = changes == before;
        clock.advance(1);
        // What the disk still has to say of the same change.
        while (QTest::qWaitFor([this] { return clock.nextTimer() >= 0; }, 50))
            clock.advance(200);
        before = changes;
        return waited;
    }
    [[nodiscard]] QStringList names() const { return store.current().channels.keys(); }

    FakeClock clock;
    ConfigStore store;
    int changes = 0;
    int before = 0;
};

const QStringList oneTwo { QStringLiteral("one"), QStringLiteral("two") };

}

class TestConfigStore final : public QObject
{
    Q_OBJECT

private slots:
    void usersChannel_replacesTheCatalogs();
    void brokenUsersFile_turnsOnlyItsNameOff();
    void brokenCatalogFile_stopsNothingElse();
    void wrongNameInside_turnsNothingElseOff();
    void otherFiles_areIgnored();
    void keysFrom_mustNameAChannelWithTheKeys_data();
    void keysFrom_mustNameAChannelWithTheKeys();
    void keysFrom_acceptsAChannelWhoseFileIsBroken();
    void addedFile_isNoticed();
    void removedFile_isNoticed();
    void editedFile_isNoticed();
    void replacedFile_isNoticedAgainAndAgain();
    void brokenEdit_turnsTheChannelOffUntilItIsMended();
    void folderThatComesLater_isNoticed();
    void folderThatGoesAndComes_isNoticed();
    void burstOfChanges_isReadOnce();
    void touchedFile_isNoChange();
    void catalogOnDisk_isWatchedToo();
    void storeOfAnotherThread_works();
};

void TestConfigStore::usersChannel_replacesTheCatalogs()
{
    const Folders folders;
    write(folders.own("two.json"), definition(QStringLiteral("two"), "\"poll_interval\": 7"));
    write(folders.own("three.json"), definition(QStringLiteral("three")));
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QCOMPARE(set.problems.size(), 0);
    QCOMPARE(set.channels.size(), 3);
    QCOMPARE(set.channels[QStringLiteral("two")].pollIntervalSeconds, 7.0);
    QVERIFY(!set.channels[QStringLiteral("two")].builtIn);
    QVERIFY(set.channels[QStringLiteral("one")].builtIn);
    QCOMPARE(set.channels[QStringLiteral("three")].file, folders.own("three.json"));
    QCOMPARE(set.channels[QStringLiteral("three")].folder, folders.user);
}

void TestConfigStore::brokenUsersFile_turnsOnlyItsNameOff()
{
    const Folders folders;
    write(folders.own("two.json"), definition(QStringLiteral("two"), "\"poll_interval\": 0"));
    write(folders.own("three.json"), definition(QStringLiteral("three")));
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QCOMPARE(set.channels.keys(), QStringList({ QStringLiteral("one"), QStringLiteral("three") }));
    QCOMPARE(set.problems.size(), 1);
    QCOMPARE(set.problems.first().file, folders.own("two.json"));
    QCOMPARE(set.problems.first().line, 3);
    QCOMPARE(set.problems.first().member, QStringLiteral("/poll_interval"));
    QFile kept(folders.own("two.json"));
    QVERIFY(kept.open(QIODevice::ReadOnly));
    QCOMPARE(kept.readAll(), definition(QStringLiteral("two"), "\"poll_interval\": 0"));
}

void TestConfigStore::brokenCatalogFile_stopsNothingElse()
{
    const Folders folders;
    write(folders.catalog + QStringLiteral("/one.json"), "{");
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QCOMPARE(set.channels.keys(), QStringList { QStringLiteral("two") });
    QCOMPARE(set.problems.size(), 1);
    write(folders.own("one.json"), definition(QStringLiteral("one")));
    QCOMPARE(readChannels(folders.catalog, folders.user).channels.keys(), oneTwo);
}

void TestConfigStore::wrongNameInside_turnsNothingElseOff()
{
    const Folders folders;
    write(folders.own("three.json"), definition(QStringLiteral("two")));
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QCOMPARE(set.channels.keys(), oneTwo);
    QCOMPARE(set.problems.size(), 1);
    QCOMPARE(set.problems.first().member, QStringLiteral("/name"));
}

void TestConfigStore::otherFiles_areIgnored()
{
    const Folders folders;
    for (const char *name : { ".three.json", "three.json~", "three.json.swp", "three.JSON.bak", "readme.txt" })
        write(folders.own(name), "rubbish");
    QVERIFY(QDir().mkpath(folders.own("folder.json")));
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QCOMPARE(set.channels.keys(), oneTwo);
    QCOMPARE(set.problems.size(), 0);
    QCOMPARE(readChannels(folders.catalog, folders.root.filePath(QStringLiteral("nowhere"))).channels.keys(), oneTwo);
    QCOMPARE(readChannels(folders.catalog, QString()).channels.keys(), oneTwo);
}

void TestConfigStore::keysFrom_mustNameAChannelWithTheKeys_data()
{
    QTest::addColumn<QString>("owner");
    QTest::addColumn<QString>("message");
    QTest::newRow("no such channel") << QStringLiteral("nowhere") << QStringLiteral("keys_from names \"nowhere\", and there is no such channel");
    QTest::newRow("no keys") << QStringLiteral("one") << QStringLiteral("keys_from names one, which has no key \"api-key\"; it has none");
    QTest::newRow("other keys") << QStringLiteral("others") << QStringLiteral("which has no key \"api-key\"; it has token");
    QTest::newRow("a chain") << QStringLiteral("chained") << QStringLiteral("keys_from names chained, which has its keys from owner itself; name owner");
    QTest::newRow("right") << QStringLiteral("owner") << QString();
}

void TestConfigStore::keysFrom_mustNameAChannelWithTheKeys()
{
    QFETCH(QString, owner);
    QFETCH(QString, message);
    const Folders folders;
    const QByteArray auth = "\"auth\": { \"type\": \"bearer\", \"key\": \"api-key\" }";
    write(folders.own("owner.json"), definition(QStringLiteral("owner"), auth));
    write(folders.own("others.json"), definition(QStringLiteral("others"), "\"auth\": { \"type\": \"bearer\", \"key\": \"token\" }"));
    write(folders.own("chained.json"), definition(QStringLiteral("chained"), auth + ", \"keys_from\": \"owner\""));
    write(folders.own("user.json"), definition(QStringLiteral("user"), auth + ",\n \"keys_from\": \"" + owner.toUtf8() + '"'));
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QCOMPARE(set.problems.size(), message.isEmpty() ? 0 : 1);
    QCOMPARE(set.channels.contains(QStringLiteral("user")), message.isEmpty());
    QVERIFY(set.channels.contains(QStringLiteral("chained")));
    if (message.isEmpty())
        return;
    QVERIFY2(set.problems.first().message.contains(message), qPrintable(set.problems.first().message));
    QCOMPARE(set.problems.first().member, QStringLiteral("/keys_from"));
    QCOMPARE(set.problems.first().line, 4);
    QCOMPARE(set.problems.first().file, folders.own("user.json"));
}

void TestConfigStore::keysFrom_acceptsAChannelWhoseFileIsBroken()
{
    const Folders folders;
    write(folders.own("owner.json"), "{");
    write(folders.own("user.json"),
          definition(QStringLiteral("user"), "\"auth\": { \"type\": \"bearer\", \"key\": \"k\" }, \"keys_from\": \"owner\""));
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QVERIFY(set.channels.contains(QStringLiteral("user")));
    QCOMPARE(set.problems.size(), 1);
}

void TestConfigStore::addedFile_isNoticed()
{
    const Folders folders;
    folders.makeUser();
    Watched watched(folders);
    QCOMPARE(watched.names(), oneTwo);
    write(folders.own("three.json"), definition(QStringLiteral("three")));
    QVERIFY(watched.settle());
    QVERIFY(watched.names().contains(QStringLiteral("three")));
    QCOMPARE(watched.changes, 1);
}

void TestConfigStore::removedFile_isNoticed()
{
    const Folders folders;
    write(folders.own("one.json"), definition(QStringLiteral("one"), "\"poll_interval\": 7"));
    write(folders.own("three.json"), definition(QStringLiteral("three")));
    Watched watched(folders);
    QVERIFY(QFile::remove(folders.own("three.json")));
    QVERIFY(watched.settle());
    QCOMPARE(watched.names(), oneTwo);
    QVERIFY(QFile::remove(folders.own("one.json")));
    QVERIFY(watched.settle());
    QCOMPARE(watched.store.current().channels[QStringLiteral("one")].pollIntervalSeconds, 60.0);
    QCOMPARE(watched.changes, 2);
}

void TestConfigStore::editedFile_isNoticed()
{
    const Folders folders;
    write(folders.own("three.json"), definition(QStringLiteral("three")));
    Watched watched(folders);
    for (const QByteArray interval : { "61", "62", "63" }) {
        write(folders.own("three.json"), definition(QStringLiteral("three"), "\"poll_interval\": " + interval));
        QVERIFY(watched.settle());
        QCOMPARE(watched.store.current().channels[QStringLiteral("three")].pollIntervalSeconds, interval.toDouble());
    }
}

void TestConfigStore::replacedFile_isNoticedAgainAndAgain()
{
    const Folders folders;
    write(folders.own("three.json"), definition(QStringLiteral("three")));
    Watched watched(folders);
    for (const QByteArray interval : { "61", "62", "63" }) {
        write(folders.own(".three.json.new"), definition(QStringLiteral("three"), "\"poll_interval\": " + interval));
        QVERIFY(std::rename(QFile::encodeName(folders.own(".three.json.new")).constData(),
                            QFile::encodeName(folders.own("three.json")).constData())
                == 0);
        QVERIFY(watched.settle());
        QCOMPARE(watched.store.current().channels[QStringLiteral("three")].pollIntervalSeconds, interval.toDouble());
    }
    QCOMPARE(watched.changes, 3);
    // And in place after that: the file that is watched must be the new one.
    write(folders.own("three.json"), definition(QStringLiteral("three"), "\"poll_interval\": 64"));
    QVERIFY(watched.settle());
    QCOMPARE(watched.store.current().channels[QStringLiteral("three")].pollIntervalSeconds, 64.0);
}

void TestConfigStore::brokenEdit_turnsTheChannelOffUntilItIsMended()
{
    const Folders folders;
    write(folders.own("one.json"), definition(QStringLiteral("one")));
    Watched watched(folders);
    write(folders.own("one.json"), "{ \"name\": \"one\", ");
    QVERIFY(watched.settle());
    QCOMPARE(watched.names(), QStringList { QStringLiteral("two") });
    QCOMPARE(watched.store.current().problems.size(), 1);
    write(folders.own("one.json"), definition(QStringLiteral("one")));
    QVERIFY(watched.settle());
    QCOMPARE(watched.names(), oneTwo);
    QCOMPARE(watched.store.current().problems.size(), 0);
}

void TestConfigStore::folderThatComesLater_isNoticed()
{
    const Folders folders;
    Watched watched(folders);
    QVERIFY(QDir().mkpath(folders.user.section(u'/', 0, -2)));
    QVERIFY(watched.settle());
    QCOMPARE(watched.changes, 0);
    folders.makeUser();
    QVERIFY(watched.settle());
    write(folders.own("three.json"), definition(QStringLiteral("three")));
    QVERIFY(watched.settle());
    QVERIFY(watched.names().contains(QStringLiteral("three")));
    QCOMPARE(watched.changes, 1);
}

void TestConfigStore::folderThatGoesAndComes_isNoticed()
{
    const Folders folders;
    write(folders.own("three.json"), definition(QStringLiteral("three")));
    Watched watched(folders);
    QVERIFY(QDir(folders.user).removeRecursively());
    QVERIFY(watched.settle());
    QCOMPARE(watched.names(), oneTwo);
    write(folders.own("four.json"), definition(QStringLiteral("four")));
    QVERIFY(watched.settle());
    QVERIFY(watched.names().contains(QStringLiteral("four")));
}

void TestConfigStore::burstOfChanges_isReadOnce()
{
    const Folders folders;
    folders.makeUser();
    Watched watched(folders);
    for (int i = 0; i < 20; ++i) {
        const QString name = QStringLiteral("c%1").arg(i);
        write(folders.user + u'/' + name + QStringLiteral(".json"), definition(name));
    }
    QVERIFY(watched.settle());
    QCOMPARE(watched.names().size(), 22);
    QCOMPARE(watched.changes, 1);
}

void TestConfigStore::touchedFile_isNoChange()
{
    const Folders folders;
    write(folders.own("three.json"), definition(QStringLiteral("three")));
    Watched watched(folders);
    write(folders.own("three.json"), definition(QStringLiteral("three"), "\"poll_interval\":\n\n  60"));
    QVERIFY(watched.settle());
    QCOMPARE(watched.changes, 0);
    watched.store.reload();
    QCOMPARE(watched.changes, 0);
    write(folders.own("three.json"), definition(QStringLiteral("three"), "\"poll_interval\": 61"));
    watched.store.reload();
    QCOMPARE(watched.changes, 1);
}

void TestConfigStore::catalogOnDisk_isWatchedToo()
{
    const Folders folders;
    Watched watched(folders);
    write(folders.catalog + QStringLiteral("/three.json"), definition(QStringLiteral("three")));
    QVERIFY(watched.settle());
    QVERIFY(watched.names().contains(QStringLiteral("three")));
}

void TestConfigStore::storeOfAnotherThread_works()
{
    const Folders folders;
    folders.makeUser();
    QAtomicInt ready = 0;
    QAtomicInt seen = 0;
    std::unique_ptr<QThread> thread(QThread::create([&] {
        SystemClock clock;
        ConfigStore store(clock, folders.catalog, folders.user);
        store.onChanged = [&] {
            seen = int(store.current().channels.size());
            QThread::currentThread()->quit();
        };
        ready = 1;
        QEventLoop loop;
        loop.exec();
    }));
    thread->start();
    QTRY_COMPARE(ready.loadRelaxed(), 1);
    write(folders.own("three.json"), definition(QStringLiteral("three")));
    QVERIFY(thread->wait(10000));
    QCOMPARE(seen.loadRelaxed(), 3);
}

QTEST_GUILESS_MAIN(TestConfigStore)
#include "tst_configstore.moc"
