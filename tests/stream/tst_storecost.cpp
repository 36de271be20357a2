#include "core/stream/storedatabase.h"
#include "tests/stream/storetest.h"

#include <QFileInfo>
#include <QTemporaryDir>

using namespace restream;
using namespace restream::storetest;

/// What a commit costs must grow with what changed, not with what is held.
class TestStoreCost : public QObject
{
    Q_OBJECT

private slots:
    void smallChange_costsTheSame_howeverManyItemsAreHeld();
    void unchangedPoll_isTwoStatements();
    void callWithoutQuota_isOneStatement();
    void log_isCopiedWhileNothingElseIsToDo_orOnceItIsLong();
    void historyAtItsBound_isDroppedManyAtATime();

private:
    struct Cost
    {
        qint64 statements = 0;
        qint64 walBytes = 0;
    };

    template<typename F>
    Cost costOf(StoreDatabase &database, F work)
    {
        StoreConnection &connection = database.connection();
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        const qint64 before = connection.statements();
        connection.begin();
        work();
        if (!connection.end())
            qFatal("%s", qPrintable(connection.failure().message));
        return { connection.statements() - before - 2,
                 QFileInfo(databaseOf(m_folder->path()) + u"-wal").size() };
    }
    qint64 changesets(StoreDatabase &database)
    {
        StoreRows rows = database.connection().rows("SELECT count(*) FROM changesets");
        return rows.next() ? rows.integer(0) : -1;
    }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestStoreCost::smallChange_costsTheSame_howeverManyItemsAreHeld()
{
    std::vector<Cost> costs;
    for (const int held : { 10, 100'000 }) {
        init();
        StoreDatabase database({ m_folder->path(), thisBoot, false });
        QVERIFY(database.open());
        QVERIFY(database.streams().load(streamA, 0));
        Changeset first = adding(1, {});
        for (int i = 0; i < held; ++i)
            first.added.push_back({ QByteArray::number(i), QByteArray(200, 'x') });
        costOf(database, [&] { QVERIFY(database.streams().commit(commitOf(first))); });

        Changeset change = adding(2, { "new" });
        change.updated = { { "5", QByteArray(200, 'x'), QByteArray(200, 'y') },
                           { "7", QByteArray(200, 'x'), QByteArray(200, 'z') } };
        change.removed = { "3" };
        costs.push_back(
            costOf(database, [&] { QVERIFY(database.streams().commit(commitOf(change))); }));
    }
    QCOMPARE(costs[0].statements, costs[1].statements);
    // A deeper tree may take some pages more: a change touches a leaf of each.
    constexpr qint64 page = 4096 + 24;
    QVERIFY2(costs[1].walBytes <= costs[0].walBytes + 10 * page,
             qPrintable(QString::number(costs[1].walBytes)));
}

void TestStoreCost::unchangedPoll_isTwoStatements()
{
    init();
    StoreDatabase database({ m_folder->path(), thisBoot, false });
    QVERIFY(database.open());
    QVERIFY(database.streams().load(streamA, 0));
    costOf(database, [&] { QVERIFY(database.streams().commit(commitOf(adding(1, { "a" })))); });
    StreamCommit again = commitOf(adding(1, {}));
    again.changes = nullptr;
    again.dropHistoryBefore = 1;
    const Cost cost = costOf(database, [&] { QVERIFY(database.streams().commit(again)); });
    QCOMPARE(cost.statements, 2);
}

void TestStoreCost::callWithoutQuota_isOneStatement()
{
    init();
    StoreDatabase database({ m_folder->path(), thisBoot, false });
    QVERIFY(database.open());
    QVERIFY(database.streams().load(streamA, 0));
    costOf(database, [&] { QCOMPARE(database.calls().record({ streamA, 1000, {}, {} }), 0); });
    const Cost cost = costOf(database, [&] {
        QCOMPARE(database.calls().record({ streamA, 2000, {}, {} }), 0);
    });
    QCOMPARE(cost.statements, 1);
    QCOMPARE(database.streams().load(streamA, 3000)->lastCallMs, 2000);
}

void TestStoreCost::log_isCopiedWhileNothingElseIsToDo_orOnceItIsLong()
{
    init();
    StoreDatabase database({ m_folder->path(), thisBoot, false });
    QVERIFY(database.open());
    QVERIFY(database.streams().load(streamA, 0));
    StoreConnection &connection = database.connection();
    const QFileInfo file(databaseOf(m_folder->path()));
    qint64 seq = 0;
    const auto growTo = [&](int pages) {
        while (connection.logPages() < pages) {
            Changeset changes = adding(++seq, {});
            changes.added.push_back({ QByteArray::number(seq), QByteArray(100'000, 'x') });
            connection.begin();
            QVERIFY(database.streams().commit(commitOf(changes)));
            QVERIFY(connection.end());
        }
    };
    growTo(900);
    database.tidy(true);
    QVERIFY(connection.logPages() >= 900);
    growTo(1100);
    database.tidy(false);
    QVERIFY(connection.logPages() >= 1100);
    const qint64 before = QFileInfo(file.filePath()).size();
    database.tidy(true);
    QCOMPARE(connection.logPages(), 0);
    QVERIFY(QFileInfo(file.filePath()).size() > before);
    growTo(1100); // from its beginning, in place of what was copied
    growTo(4000);
    QVERIFY(QFileInfo(file.filePath() + u"-wal").size() < 5000 * 4120);
    database.tidy(false);
    QCOMPARE(connection.logPages(), 0);
}

void TestStoreCost::historyAtItsBound_isDroppedManyAtATime()
{
    init();
    StoreDatabase database({ m_folder->path(), thisBoot, false });
    QVERIFY(database.open());
    QVERIFY(database.streams().load(streamA, 0));
    constexpr qint64 bound = 160;
    constexpr qint64 together = bound / 16;
    qint64 most = 0;
    int drops = 0;
    qint64 last = 0;
    for (qint64 seq = 1; seq <= 400; ++seq) {
        StreamCommit commit = commitOf(adding(seq, { QByteArray::number(seq) }));
        commit.dropHistoryBefore = std::max<qint64>(1, seq - bound + 1);
        costOf(database, [&] { QVERIFY(database.streams().commit(commit)); });
        const qint64 held = changesets(database);
        QVERIFY(held >= std::min(seq, bound));
        drops += held <= last ? 1 : 0;
        most = std::max(most, std::exchange(last, held));
    }
    QVERIFY2(most <= bound + together, qPrintable(QString::number(most)));
    QVERIFY2(drops > 0 && drops <= 240 / together + 1, qPrintable(QString::number(drops)));
}

QTEST_GUILESS_MAIN(TestStoreCost)
#include "tst_storecost.moc"
