#include "tests/stream/storetest.h"

#include <QTemporaryDir>

using namespace restream;
using namespace restream::storetest;

class TestStateStoreBoot : public QObject
{
    Q_OBJECT

private slots:
    void killedUnderTheSameBoot_goesOn();
    void closedUnderAnotherBoot_goesOn();
    void notClosedUnderAnotherBoot_startsNewEpochs();
    void notClosedUnderAnUnknownBoot_startsNewEpochs();
    void newEpochs_comeOnce();
    void systemsBootId_isTheDefault();
    void guest_leavesTheMarksAsTheyAre();
    void guest_worksBesideTheInstance();
    void guest_makesTheDatabaseWhereThereIsNone();
    void guest_doesNotSetADamagedFileAside();
};

namespace {

const QByteArray otherBoot = QByteArrayLiteral("boot-2");

std::unique_ptr<StateStore> openGuest(const QString &folder, const QByteArray &boot = thisBoot)
{
    auto store = StateStore::open({ folder, boot, true, nullptr });
    return store ? std::move(*store) : nullptr;
}

/// Two streams with a changeset each, as a crash would leave them; gives their epochs.
std::pair<QByteArray, QByteArray> crash(const QString &leftBehind,
                                        const QByteArray &boot = thisBoot)
{
    const QTemporaryDir folder;
    const auto store = open(folder.path(), boot);
    std::pair epochs(load(*store).epoch, load(*store, "other").epoch);
    StreamCommit first = commitOf(adding(1, { "a", "b" }));
    first.validators.etag = "tag";
    if (!commit(*store, first) || !commit(*store, commitOf(adding(1, { "c" }), "other"))
        || !recordCall(*store, { streamA, 4711, {}, {} }))
        qFatal("the database can't be prepared");
    copyFiles(folder.path(), leftBehind);
    return epochs;
}

void verifyForgotten(const StoredStream &stream, const QByteArray &oldEpoch)
{
    QVERIFY(stream.epoch != oldEpoch);
    QCOMPARE(stream.seq, 0);
    QCOMPARE(stream.polls, 0);
    QCOMPARE(stream.lastOkMs, 0);
    QVERIFY(stream.validators == Validators());
    QVERIFY(stream.items.empty() && stream.history.empty());
}

}

void TestStateStoreBoot::killedUnderTheSameBoot_goesOn()
{
    const QTemporaryDir folder;
    const auto epochs = crash(folder.path());
    const auto store = open(folder.path());
    const StoredStream stream = load(*store);
    QCOMPARE(stream.epoch, epochs.first);
    QCOMPARE(stream.seq, 1);
    QCOMPARE(stream.items.size(), 2U);
    QCOMPARE(stream.history.size(), 1U);
    QVERIFY(store->notice().isEmpty());
}

void TestStateStoreBoot::closedUnderAnotherBoot_goesOn()
{
    const QTemporaryDir folder;
    const auto epochs = crash(folder.path());
    open(folder.path()).reset();
    QCOMPARE(load(*open(folder.path(), otherBoot)).epoch, epochs.first);
    // Opened and closed under the second boot; now under a third.
    QCOMPARE(load(*open(folder.path(), "boot-3")).seq, 1);
}

void TestStateStoreBoot::notClosedUnderAnotherBoot_startsNewEpochs()
{
    const QTemporaryDir folder;
    const auto epochs = crash(folder.path());
    const auto store = open(folder.path(), otherBoot);
    const StoredStream stream = load(*store);
    const StoredStream other = load(*store, "other");
    verifyForgotten(stream, epochs.first);
    verifyForgotten(other, epochs.second);
    QVERIFY(stream.epoch != other.epoch);
    QCOMPARE(stream.lastCallMs, 4711); // the interval holds all the same
    QVERIFY(commit(*store, commitOf(adding(1, { "x" }))));
}

void TestStateStoreBoot::notClosedUnderAnUnknownBoot_startsNewEpochs()
{
    // The system's own boot id can't be taken away, so that the one that was written is unknown here.
    const QTemporaryDir folder;
    const auto epochs = crash(folder.path(), QByteArrayLiteral("never seen"));
    verifyForgotten(load(*open(folder.path(), {})), epochs.first);
}

void TestStateStoreBoot::newEpochs_comeOnce()
{
    const QTemporaryDir folder;
    crash(folder.path());
    const QTemporaryDir second;
    QByteArray epoch;
    {
        const auto store = open(folder.path(), otherBoot);
        epoch = load(*store).epoch;
        copyFiles(folder.path(), second.path());
    }
    QCOMPARE(load(*open(second.path(), otherBoot)).epoch, epoch);
}

void TestStateStoreBoot::systemsBootId_isTheDefault()
{
    const QTemporaryDir folder;
    const auto epochs = crash(folder.path(), {});
    QCOMPARE(load(*open(folder.path(), {})).epoch, epochs.first);
    QFile file(QStringLiteral("/proc/sys/kernel/random/boot_id"));
    if (!file.open(QIODevice::ReadOnly))
        QSKIP("no boot id here");
    const QTemporaryDir again;
    const auto more = crash(again.path(), {});
    QCOMPARE(load(*open(again.path(), file.readAll().trimmed())).epoch, more.first);
}

void TestStateStoreBoot::guest_leavesTheMarksAsTheyAre()
{
    const QTemporaryDir folder;
    const auto epochs = crash(folder.path());
    {
        const auto guest = openGuest(folder.path(), otherBoot);
        QVERIFY(guest);
        QVERIFY(recordCall(*guest, { streamA, 5000, {}, {} }));
    }
    const QTemporaryDir copy;
    copyFiles(folder.path(), copy.path());
    const StoredStream stream = load(*open(folder.path()));
    QCOMPARE(stream.epoch, epochs.first);
    QCOMPARE(stream.lastCallMs, 5000);
    // It was not taken for a clean end either.
    verifyForgotten(load(*open(copy.path(), otherBoot)), epochs.first);
}

void TestStateStoreBoot::guest_worksBesideTheInstance()
{
    const QTemporaryDir folder;
    const auto store = open(folder.path());
    const QByteArray epoch = load(*store).epoch;
    const QList<QuotaRule> one { { 1, 3600 } };
    {
        const auto guest = openGuest(folder.path());
        QCOMPARE(guest->salt(), store->salt());
        QCOMPARE(*recordCall(*guest, { streamA, 1000, "bucket", one }), 0);
    }
    QCOMPARE(*recordCall(*store, { streamA, 2000, "bucket", one }), 1000 + 3'600'000);
    QVERIFY(commit(*store, commitOf(adding(1, { "a" }))));
    QCOMPARE(load(*store).epoch, epoch);
    QCOMPARE(load(*store).lastCallMs, 1000);
}

void TestStateStoreBoot::guest_makesTheDatabaseWhereThereIsNone()
{
    const QTemporaryDir folder;
    {
        const auto guest = openGuest(folder.path());
        QVERIFY(guest);
        QCOMPARE(*recordCall(*guest, { streamA, 1000, {}, {} }), 0);
    }
    const StoredStream stream = load(*open(folder.path(), otherBoot));
    QCOMPARE(stream.lastCallMs, 1000);
    QCOMPARE(stream.seq, 0);
}

void TestStateStoreBoot::guest_doesNotSetADamagedFileAside()
{
    const QTemporaryDir folder;
    QFile file(databaseOf(folder.path()));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(10'000, 'x'));
    file.close();
    const auto guest = StateStore::open({ folder.path(), thisBoot, true, nullptr });
    QVERIFY(!guest.ok());
    QCOMPARE(guest.error().code, QStringLiteral("store_failed"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files),
             QStringList { QStringLiteral("restream.db") });
}

QTEST_GUILESS_MAIN(TestStateStoreBoot)
#include "tst_statestoreboot.moc"
