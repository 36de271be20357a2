#include "core/stream/storeconnection.h"
#include "tests/stream/storetest.h"

#include <QRandomGenerator>
#include <QTemporaryDir>

#include <sys/resource.h>

#include <csignal>

using namespace restream;
using namespace restream::storetest;

class TestStateStoreFaults : public QObject
{
    Q_OBJECT

private slots:
    void damagedFile_isSetAsideAndSaid_data();
    void damagedFile_isSetAsideAndSaid();
    void setAsideTwiceInASecond_keepsBoth();
    void damageFoundAfterAKill_isSetAside();
    void damageMetAtLoad_failsThatLoadAndIsSetAsideAtTheNextStart();
    void damagedHistory_isCutNotLost();
    void newerSchema_isRefusedAndKept();
    void folderThatCannotBe_isUnwritable_data();
    void folderThatCannotBe_isUnwritable();
    void readOnlyFolder_isUnwritable();
    void fullDisk_failsTheCommitAndRecovers();
    void fullDisk_stillReadsWhatIsHeld();
    void fullDisk_failsAllThatWaitedTogether();
    void deletedWhileRunning_isMadeAnewWithNewEpochs();
};

namespace {

void execute(const QString &folder, const QString &sql)
{
    StoreConnection other;
    if (!other.open(databaseOf(folder)) || !other.execute(sql.toUtf8().constData()))
        qFatal("%s", qPrintable(sql));
}

void writeFile(const QString &path, const QByteArray &content)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        qFatal("%s", qPrintable(path));
}

QByteArray readFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QStringList setAside(const QString &folder)
{
    return QDir(folder).entryList({ QStringLiteral("restream.db.corrupt-*") }, QDir::Files);
}

/// A closed database of some hundred pages.
QByteArray largeDatabase(const QString &folder)
{
    const auto store = open(folder);
    QByteArray epoch = load(*store).epoch;
    Changeset changes = adding(1, {});
    for (int i = 0; i < 2000; ++i)
        changes.added.push_back({ QByteArray::number(i), QByteArray(500, 'x') });
    if (!commit(*store, commitOf(changes)))
        qFatal("the database can't be prepared");
    return epoch;
}

QByteArray noise(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    QRandomGenerator random(7);
    for (char &byte : bytes)
        byte = char(random.bounded(256));
    return bytes;
}

QByteArray withDamagedMiddle(QByteArray content)
{
    const qsizetype third = content.size() / 3;
    return content.replace(third, third, noise(third));
}

/// While it lives, no file of this process can grow past `bytes`.
class FileSizeLimit final
{
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &m_before); }
    FileSizeLimit(const FileSizeLimit &) = delete;
    FileSizeLimit &operator=(const FileSizeLimit &) = delete;

private:
    rlimit m_before = {};
};

Changeset addingMuch(qint64 seq)
{
    Changeset changes = adding(seq, {});
    changes.added.emplace_back(QByteArray("much" + QByteArray::number(seq)), noise(2'000'000));
    return changes;
}

}

void TestStateStoreFaults::damagedFile_isSetAsideAndSaid_data()
{
    QTest::addColumn<QByteArray>("content");
    const QTemporaryDir folder;
    largeDatabase(folder.path());
    const QByteArray good = readFile(databaseOf(folder.path()));
    QVERIFY(good.size() > 100 * 4096);
    execute(folder.path(), QStringLiteral("DELETE FROM meta WHERE name = 'salt'"));
    const QByteArray saltless = readFile(databaseOf(folder.path()));
    QTest::newRow("text") << QByteArrayLiteral("this is no database");
    QTest::newRow("noise") << noise(100'000);
    QTest::newRow("truncated") << good.left(good.size() / 2);
    QTest::newRow("truncated in the first page") << good.left(1000);
    QTest::newRow("noise after the head") << QByteArray(good).replace(100, 60'000, noise(60'000));
    QTest::newRow("no salt") << saltless;
    const QTemporaryDir another;
    execute(another.path(), QStringLiteral("CREATE TABLE other (x)"));
    QTest::newRow("another program's") << readFile(databaseOf(another.path()));
}

void TestStateStoreFaults::damagedFile_isSetAsideAndSaid()
{
    QFETCH(const QByteArray, content);
    const QTemporaryDir folder;
    writeFile(databaseOf(folder.path()), content);
    writeFile(databaseOf(folder.path()) + u"-shm", "rubbish");
    {
        const auto store = open(folder.path());
        const QStringList aside = setAside(folder.path());
        QVERIFY(!aside.isEmpty());
        QVERIFY2(store->notice().contains(folder.filePath(aside.first())),
                 qPrintable(store->notice()));
        QCOMPARE(readFile(folder.filePath(aside.first())).size(), content.size());
        QVERIFY(!QFile::exists(databaseOf(folder.path()) + u"-shm")
                || readFile(databaseOf(folder.path()) + u"-shm") != "rubbish");
        QCOMPARE(load(*store).seq, 0);
        QVERIFY(commit(*store, commitOf(adding(1, { "a" }))));
    }
    const auto store = open(folder.path());
    QVERIFY(store->notice().isEmpty());
    QCOMPARE(load(*store).seq, 1);
}

void TestStateStoreFaults::setAsideTwiceInASecond_keepsBoth()
{
    const QTemporaryDir folder;
    for (int i = 1; i <= 3; ++i) {
        writeFile(databaseOf(folder.path()), "rubbish " + QByteArray::number(i));
        open(folder.path()).reset();
        QCOMPARE(setAside(folder.path()).size(), i);
    }
}

void TestStateStoreFaults::damageFoundAfterAKill_isSetAside()
{
    const QTemporaryDir folder;
    largeDatabase(folder.path());
    const QTemporaryDir killed;
    {
        const auto store = open(folder.path());
        copyFiles(folder.path(), killed.path());
    }
    writeFile(databaseOf(killed.path()), withDamagedMiddle(readFile(databaseOf(killed.path()))));
    const auto store = open(killed.path());
    QVERIFY(!store->notice().isEmpty());
    QVERIFY(!setAside(killed.path()).isEmpty());
}

void TestStateStoreFaults::damageMetAtLoad_failsThatLoadAndIsSetAsideAtTheNextStart()
{
    const QTemporaryDir folder;
    const QByteArray epoch = largeDatabase(folder.path());
    writeFile(databaseOf(folder.path()), withDamagedMiddle(readFile(databaseOf(folder.path()))));
    {
        const auto store = open(folder.path());
        QVERIFY(store->notice().isEmpty());
        const Result<StoredStream> stream = tryLoad(*store);
        QVERIFY(!stream.ok());
        QCOMPARE(stream.error().code, QStringLiteral("store_failed"));
        QVERIFY2(stream.error().message.contains(QStringLiteral("damaged")),
                 qPrintable(stream.error().message));
        QVERIFY(recordCall(*store, { streamA, 1, {}, {} }).ok());
    }
    const auto store = open(folder.path());
    QVERIFY(!store->notice().isEmpty());
    QVERIFY(load(*store).epoch != epoch);
}

void TestStateStoreFaults::damagedHistory_isCutNotLost()
{
    const QTemporaryDir folder;
    {
        const auto store = open(folder.path());
        load(*store);
        for (qint64 seq = 1; seq <= 5; ++seq)
            QVERIFY(commit(*store, commitOf(adding(seq, { QByteArray::number(seq) }))));
    }
    execute(folder.path(), QStringLiteral("UPDATE changesets SET body = x'00' WHERE seq = 2"));
    StoredStream stream = load(*open(folder.path()));
    QCOMPARE(stream.items.size(), 5U);
    QCOMPARE(stream.history.size(), 3U);
    QCOMPARE(stream.history.front()->seq, 3);
    execute(folder.path(), QStringLiteral("DELETE FROM changesets WHERE seq = 4"));
    stream = load(*open(folder.path()));
    QCOMPARE(stream.history.size(), 1U);
    execute(folder.path(), QStringLiteral("DELETE FROM changesets WHERE seq = 5"));
    stream = load(*open(folder.path()));
    QVERIFY(stream.history.empty());
    QCOMPARE(stream.seq, 5);
}

void TestStateStoreFaults::newerSchema_isRefusedAndKept()
{
    const QTemporaryDir folder;
    open(folder.path()).reset();
    execute(folder.path(), QStringLiteral("PRAGMA user_version = 2"));
    const QByteArray before = readFile(databaseOf(folder.path()));
    const auto store = tryOpen(folder.path());
    QVERIFY(!store.ok());
    QCOMPARE(store.error().code, QStringLiteral("store_newer"));
    QVERIFY(store.error().message.contains(databaseOf(folder.path())));
    QCOMPARE(readFile(databaseOf(folder.path())), before);
    QVERIFY(setAside(folder.path()).isEmpty());
}

void TestStateStoreFaults::folderThatCannotBe_isUnwritable_data()
{
    QTest::addColumn<QString>("below");
    QTest::newRow("a file") << QString();
    QTest::newRow("below a file") << QStringLiteral("/data");
    QTest::newRow("far below a file") << QStringLiteral("/a/b/c");
}

void TestStateStoreFaults::folderThatCannotBe_isUnwritable()
{
    QFETCH(const QString, below);
    const QTemporaryDir root;
    writeFile(root.filePath(QStringLiteral("file")), "x");
    const QString folder = root.filePath(QStringLiteral("file")) + below;
    const auto store = tryOpen(folder);
    QVERIFY(!store.ok());
    QCOMPARE(store.error().code, QStringLiteral("store_unwritable"));
    QVERIFY2(store.error().message.contains(folder), qPrintable(store.error().message));
    QVERIFY(store.error().message.contains(QStringLiteral("--data")));

    const QTemporaryDir occupied;
    QVERIFY(QDir(occupied.path()).mkdir(QStringLiteral("restream.db")));
    const auto second = tryOpen(occupied.path());
    QVERIFY(!second.ok());
    QCOMPARE(second.error().code, QStringLiteral("store_unwritable"));
}

void TestStateStoreFaults::readOnlyFolder_isUnwritable()
{
    const QTemporaryDir folder;
    QVERIFY(QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::ExeOwner));
    const auto restore = qScopeGuard([&] {
        QFile::setPermissions(folder.path(),
                              QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    });
    if (QFile(folder.filePath(QStringLiteral("probe"))).open(QIODevice::WriteOnly))
        QSKIP("this user may write everywhere");
    const auto store = tryOpen(folder.path());
    QVERIFY(!store.ok());
    QCOMPARE(store.error().code, QStringLiteral("store_unwritable"));
}

void TestStateStoreFaults::fullDisk_failsTheCommitAndRecovers()
{
    const QTemporaryDir folder;
    const auto store = open(folder.path());
    load(*store);
    QVERIFY(commit(*store, commitOf(adding(1, { "a" }))));
    {
        const FileSizeLimit limit(300'000);
        for (int i = 0; i < 3; ++i) {
            const Result<void> failed = commit(*store, commitOf(addingMuch(2)));
            QVERIFY(!failed.ok());
            QCOMPARE(failed.error().code, QStringLiteral("store_failed"));
            QVERIFY(failed.error().message.contains(databaseOf(folder.path())));
        }
        QCOMPARE(load(*store).seq, 1);
    }
    QVERIFY(commit(*store, commitOf(addingMuch(2))));
    QVERIFY(commit(*store, commitOf(adding(3, { "b" }))));
    QCOMPARE(load(*store).history.size(), 3U);
    QCOMPARE(load(*store).items.size(), 3U);
}

void TestStateStoreFaults::fullDisk_stillReadsWhatIsHeld()
{
    const QTemporaryDir folder;
    const auto store = open(folder.path());
    load(*store);
    QVERIFY(commit(*store, commitOf(adding(1, { "a" }))));
    const FileSizeLimit limit(1);
    QCOMPARE(load(*store).items.size(), 1U);
    const Result<StoredStream> fresh = tryLoad(*store, "new");
    QVERIFY(!fresh.ok());
    QCOMPARE(fresh.error().code, QStringLiteral("store_failed"));
    QVERIFY(!recordCall(*store, { streamA, 1, {}, {} }).ok());
    QVERIFY(!reset(*store).ok());
    QCOMPARE(load(*store).seq, 1);
}

void TestStateStoreFaults::fullDisk_failsAllThatWaitedTogether()
{
    const QTemporaryDir folder;
    const auto store = open(folder.path());
    load(*store);
    load(*store, "other");
    std::vector<bool> results;
    const auto note = [&](const Result<void> &result) { results.push_back(result.ok()); };
    {
        const FileSizeLimit limit(300'000);
        store->commit(commitOf(addingMuch(1)), note);
        store->commit(commitOf(addingMuch(1), "other"), note);
        QTRY_COMPARE(results.size(), 2U);
    }
    store->commit(commitOf(adding(1, { "a" })), note);
    QTRY_COMPARE(results.size(), 3U);
    QCOMPARE(results, std::vector<bool>({ false, false, true }));
    QCOMPARE(load(*store, "other").seq, 0);
}

void TestStateStoreFaults::deletedWhileRunning_isMadeAnewWithNewEpochs()
{
    const QTemporaryDir folder;
    QByteArray epoch;
    QByteArray fresh;
    {
        const auto store = open(folder.path());
        const QByteArray salt = store->salt();
        epoch = load(*store).epoch;
        QVERIFY(commit(*store, commitOf(adding(1, { "a" }))));
        for (const QLatin1String suffix :
             { QLatin1String(), QLatin1String("-wal"), QLatin1String("-shm") })
            QFile::remove(databaseOf(folder.path()) + suffix);

        QVERIFY(recordCall(*store, { streamA, 1, {}, {} }));
        const Result<void> lost = commit(*store, commitOf(adding(2, { "b" })));
        QVERIFY(!lost.ok());
        QCOMPARE(lost.error().code, QStringLiteral("store_lost"));
        StreamCommit unchanged = commitOf(adding(2, {}));
        unchanged.changes = nullptr;
        QVERIFY(!commit(*store, unchanged).ok());
        const Result<QByteArray> anew = reset(*store);
        QVERIFY(anew.ok());
        fresh = *anew;
        QVERIFY(fresh != epoch);
        QVERIFY(commit(*store, commitOf(adding(1, { "a", "b" }))));
        QCOMPARE(store->salt(), salt);
    }
    const auto store = open(folder.path());
    QVERIFY(store->notice().isEmpty());
    QCOMPARE(load(*store).epoch, fresh);
    QCOMPARE(load(*store).items.size(), 2U);
}

QTEST_GUILESS_MAIN(TestStateStoreFaults)
#include "tst_statestorefaults.moc"
