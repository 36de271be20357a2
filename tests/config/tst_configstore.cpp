#include "core/config/configstore.h"
#include "tests/config/channelfolders.h"
#include "tests/support/fakeclock.h"

#include <QTest>
#include <QThread>

using namespace restream;

namespace {

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

}

class TestConfigStore final : public QObject
{
    Q_OBJECT

private slots:
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
        write(folders.own("three.json"),
              definition(QStringLiteral("three"), "\"poll_interval\": " + interval));
        QVERIFY(watched.settle());
        QCOMPARE(watched.store.current().channels[QStringLiteral("three")].pollIntervalSeconds,
                 interval.toDouble());
    }
}

void TestConfigStore::replacedFile_isNoticedAgainAndAgain()
{
    const Folders folders;
    write(folders.own("three.json"), definition(QStringLiteral("three")));
    Watched watched(folders);
    for (const QByteArray interval : { "61", "62", "63" }) {
        write(folders.own(".three.json.new"),
              definition(QStringLiteral("three"), "\"poll_interval\": " + interval));
        QVERIFY(std::rename(QFile::encodeName(folders.own(".three.json.new")).constData(),
                            QFile::encodeName(folders.own("three.json")).constData())
                == 0);
        QVERIFY(watched.settle());
        QCOMPARE(watched.store.current().channels[QStringLiteral("three")].pollIntervalSeconds,
                 interval.toDouble());
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
    write(folders.own("three.json"),
          definition(QStringLiteral("three"), "\"poll_interval\":\n\n  60"));
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
