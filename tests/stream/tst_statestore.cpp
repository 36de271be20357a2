#include "core/stream/storeconnection.h"
#include "core/stream/streamstatus.h"
#include "tests/stream/storetest.h"
#include "tests/support/fakeclock.h"

#include <QFileInfo>
#include <QRegularExpression>
#include <QTemporaryDir>

using namespace restream;
using namespace restream::storetest;

class TestStateStore : public QObject
{
    Q_OBJECT

private slots:
    void loadUnknown_givesAFreshStreamWhoseEpochStays();
    void restart_keepsEverything();
    void unchangedPoll_keepsSeqAndItems();
    void removedThenAddedItem_comesLast();
    void order_isTakenAndLaterItemsComeLast();
    void droppedHistory_isGoneAndTheRestContiguous();
    void commitsThatWait_areAnsweredInOrderAndWrittenTogether();
    void commitThatDoesNotFollow_failsAloneAndWritesNothing();
    void destruction_writesWhatWaitsAndCallsNobody();
    void destructionInACallback_callsNobodyElse();
    void reset_forgetsItemsButNotTheCalls();
    void dropUnused_dropsWhatWasNeitherPolledNorLoaded();
    void clockSetBack_doesNotHoldUpForLong();
    void smallChangeOfALargeStream_writesLittle();
    void files_areForTheUserAlone();
    void stateNames_areThoseOfTheWire();
};

void TestStateStore::loadUnknown_givesAFreshStreamWhoseEpochStays()
{
    const QTemporaryDir folder;
    QByteArray epoch;
    {
        const auto store = open(folder.path());
        QVERIFY(store->notice().isEmpty());
        const StoredStream stream = load(*store);
        epoch = stream.epoch;
        QVERIFY(QRegularExpression(QStringLiteral("^[a-z0-9]{12}$"))
                    .match(QString::fromLatin1(epoch))
                    .hasMatch());
        QCOMPARE(stream.name, streamA);
        QCOMPARE(stream.seq, 0);
        QCOMPARE(stream.lastCallMs, 0);
        QCOMPARE(stream.notBeforeMs, 0);
        QVERIFY(stream.items.empty() && stream.history.empty());
        QVERIFY(load(*store, "other").epoch != epoch);
    }
    QCOMPARE(load(*open(folder.path())).epoch, epoch);
}

void TestStateStore::restart_keepsEverything()
{
    const QTemporaryDir folder;
    Changeset first = adding(1, { "b", "a", "" });
    first.added.push_back({ QByteArray("\0\xed\xa0\x80", 4), R"({"n":12345678901234567890})" });
    Changeset second = adding(2, { "c" });
    second.updated = { { "a", first.added[1].text(), R"({"id":"a","v":1.10})" } };
    second.removed = { "b" };
    QByteArray epoch;
    QByteArray salt;
    {
        const auto store = open(folder.path());
        salt = store->salt();
        QCOMPARE(salt.size(), 32);
        epoch = load(*store).epoch;
        QVERIFY(recordCall(*store, { streamA, 1'700'000'000'500, {}, {} }));
        QVERIFY(commit(*store, commitOf(first)));
        StreamCommit next = commitOf(second);
        next.polls = 7;
        next.validators = { "\"etag\"", "Mon, 06 Nov 2023 00:00:00 GMT" };
        next.missingSince = { { "c", 6 }, { "", 7 } };
        QVERIFY(commit(*store, next));
        store->setNotBefore(streamA, 1'700'000'009'000);
    }
    const auto store = open(folder.path());
    QCOMPARE(store->salt(), salt);
    const StoredStream stream = load(*store);
    QCOMPARE(stream.epoch, epoch);
    QCOMPARE(stream.identity, QByteArrayLiteral("id-1"));
    QCOMPARE(stream.seq, 2);
    QCOMPARE(stream.timeMs, second.timeMs);
    QCOMPARE(stream.polls, 7);
    QCOMPARE(stream.lastOkMs, second.timeMs);
    QCOMPARE(stream.lastCallMs, 1'700'000'000'500);
    QCOMPARE(stream.notBeforeMs, 1'700'000'009'000);
    QVERIFY(stream.validators == Validators({ "\"etag\"", "Mon, 06 Nov 2023 00:00:00 GMT" }));
    const std::vector<HeldItem> expected {
        { { "a", R"({"id":"a","v":1.10})" }, 0 },
        { first.added[2], 7 },
        { first.added[3], 0 },
        { { "c", R"({"id":"c"})" }, 6 },
    };
    QVERIFY(stream.items == expected);
    QCOMPARE(stream.history.size(), 2U);
    QVERIFY(*stream.history[0] == first);
    QVERIFY(*stream.history[1] == second);
}

void TestStateStore::unchangedPoll_keepsSeqAndItems()
{
    const QTemporaryDir folder;
    const auto store = open(folder.path());
    load(*store);
    QVERIFY(commit(*store, commitOf(adding(1, { "a", "b" }))));
    StreamCommit unchanged = commitOf(adding(1, {}));
    unchanged.changes = nullptr;
    unchanged.polls = 2;
    unchanged.lastOkMs = 5;
    unchanged.missingSince = { { "b", 2 } };
    QVERIFY(commit(*store, unchanged));
    StoredStream stream = load(*store);
    QCOMPARE(stream.seq, 1);
    QCOMPARE(stream.timeMs, adding(1, {}).timeMs);
    QCOMPARE(stream.polls, 2);
    QCOMPARE(stream.lastOkMs, 5);
    QCOMPARE(stream.items[1].missingSince, 2);
    QCOMPARE(stream.history.size(), 1U);
    unchanged.missingSince = { { "b", 0 } };
    QVERIFY(commit(*store, unchanged));
    QCOMPARE(load(*store).items[1].missingSince, 0);
}

void TestStateStore::removedThenAddedItem_comesLast()
{
    const QTemporaryDir folder;
    const auto store = open(folder.path());
    QVERIFY(load(*store).seq == 0);
    QVERIFY(commit(*store, commitOf(adding(1, { "a", "b", "c" }))));
    Changeset removed = adding(2, {});
    removed.removed = { "a" };
    QVERIFY(commit(*store, commitOf(removed)));
    QVERIFY(commit(*store, commitOf(adding(3, { "a" }))));
    QCOMPARE(idsOf(load(*store)), std::vector<QByteArray>({ "b", "c", "a" }));
    Changeset both = adding(4, { "b" });
    both.removed = { "b" };
    QVERIFY(commit(*store, commitOf(both)));
    QCOMPARE(idsOf(load(*store)), std::vector<QByteArray>({ "c", "a", "b" }));
}

void TestStateStore::order_isTakenAndLaterItemsComeLast()
{
    const QTemporaryDir folder;
    const auto store = open(folder.path());
    load(*store);
    QVERIFY(commit(*store, commitOf(adding(1, { "a", "b", "c" }))));
    Changeset changes = adding(2, { "d" });
    changes.removed = { "b" };
    changes.order = { { "d", "c", "a" } };
    QVERIFY(commit(*store, commitOf(changes)));
    QCOMPARE(idsOf(load(*store)), std::vector<QByteArray>({ "d", "c", "a" }));
    QVERIFY(commit(*store, commitOf(adding(3, { "e", "b" }))));
    QCOMPARE(idsOf(load(*store)), std::vector<QByteArray>({ "d", "c", "a", "e", "b" }));
    Changeset orderAlone = adding(4, {});
    orderAlone.order = { { "a", "b", "c", "d", "e" } };
    QVERIFY(commit(*store, commitOf(orderAlone)));
    QCOMPARE(idsOf(load(*store)), std::vector<QByteArray>({ "a", "b", "c", "d", "e" }));
    QVERIFY(load(*store).history.back()->order == orderAlone.order);
}

void TestStateStore::droppedHistory_isGoneAndTheRestContiguous()
{
    const QTemporaryDir folder;
    const auto store = open(folder.path());
    load(*store);
    for (qint64 seq = 1; seq <= 10; ++seq) {
        StreamCommit next = commitOf(adding(seq, { QByteArray::number(seq) }));
        next.dropHistoryBefore = seq - 3;
        QVERIFY(commit(*store, next));
    }
    StoredStream stream = load(*store);
    QCOMPARE(stream.items.size(), 10U);
    QCOMPARE(stream.history.size(), 4U);
    QCOMPARE(stream.history.front()->seq, 7);
    QCOMPARE(stream.history.back()->seq, 10);
    StreamCommit unchanged = commitOf(adding(10, {}));
    unchanged.changes = nullptr;
    unchanged.dropHistoryBefore = 11;
    QVERIFY(commit(*store, unchanged));
    stream = load(*store);
    QCOMPARE(stream.seq, 10);
    QVERIFY(stream.history.empty());
}

void TestStateStore::commitsThatWait_areAnsweredInOrderAndWrittenTogether()
{
    constexpr qint64 commits = 500;
    const QTemporaryDir folder;
    {
        const auto store = open(folder.path());
        load(*store);
    }
    const auto store = open(folder.path());
    std::vector<qint64> answered;
    bool good = true;
    {
        // Nobody else can write for as long as this transaction lasts, so that all commits come to wait.
        StoreConnection other;
        QVERIFY(other.open(databaseOf(folder.path())));
        other.begin();
        for (qint64 seq = 1; seq <= commits; ++seq) {
            store->commit(commitOf(adding(seq, { QByteArray::number(seq) })),
                          [&, seq](const Result<void> &result) {
                              good = good && result;
                              answered.push_back(seq);
                          });
            if (seq % 100 == 0)
                store->setNotBefore(streamA, seq);
        }
        QVERIFY(other.end());
    }
    QTRY_COMPARE_WITH_TIMEOUT(qint64(answered.size()), commits, 20'000);
    QVERIFY(good);
    QVERIFY(std::is_sorted(answered.begin(), answered.end()));
    // Written one by one they would take some pages each.
    QVERIFY(QFileInfo(databaseOf(folder.path()) + u"-wal").size() < 100 * 4096);
    const StoredStream stream = load(*store);
    QCOMPARE(stream.seq, commits);
    QCOMPARE(stream.notBeforeMs, commits);
}

void TestStateStore::commitThatDoesNotFollow_failsAloneAndWritesNothing()
{
    const QTemporaryDir folder;
    const auto store = open(folder.path());
    load(*store);
    load(*store, "other");
    QVERIFY(commit(*store, commitOf(adding(1, { "a" }))));
    std::vector<Result<void>> results;
    const auto note = [&](Result<void> result) { results.push_back(std::move(result)); };
    store->commit(commitOf(adding(3, { "gap" })), note);
    store->commit(commitOf(adding(1, { "again" })), note);
    store->commit(commitOf(adding(1, { "x" }), "never loaded"), note);
    store->commit(commitOf(adding(1, { "x" }), "other"), note);
    store->commit(commitOf(adding(2, { "b" })), note);
    QTRY_COMPARE(results.size(), 5U);
    for (size_t i = 0; i < 3; ++i)
        QCOMPARE(results[i].ok() ? QString() : results[i].error().code,
                 QStringLiteral("store_lost"));
    QVERIFY(results[0].error().message.contains(QString::fromUtf8(streamA)));
    QVERIFY(results[3].ok() && results[4].ok());
    QCOMPARE(idsOf(load(*store)), std::vector<QByteArray>({ "a", "b" }));
    QCOMPARE(idsOf(load(*store, "other")), std::vector<QByteArray>({ "x" }));
}

void TestStateStore::destruction_writesWhatWaitsAndCallsNobody()
{
    const QTemporaryDir folder;
    bool called = false;
    {
        const auto store = open(folder.path());
        load(*store);
        for (qint64 seq = 1; seq <= 50; ++seq)
            store->commit(commitOf(adding(seq, { QByteArray::number(seq) })),
                          [&](const Result<void> &) { called = true; });
    }
    QCoreApplication::processEvents();
    QVERIFY(!called);
    QCOMPARE(load(*open(folder.path())).seq, 50);
}

void TestStateStore::destructionInACallback_callsNobodyElse()
{
    const QTemporaryDir folder;
    auto store = open(folder.path());
    load(*store);
    int answers = 0;
    store->commit(commitOf(adding(1, { "1" })), [&](const Result<void> &) {
        ++answers;
        store.reset();
    });
    for (qint64 seq = 2; seq <= 20; ++seq)
        store->commit(commitOf(adding(seq, { QByteArray::number(seq) })),
                      [&](const Result<void> &) { ++answers; });
    QTRY_VERIFY(!store);
    QCoreApplication::processEvents();
    QCOMPARE(answers, 1);
    QCOMPARE(load(*open(folder.path())).seq, 20);
}

void TestStateStore::reset_forgetsItemsButNotTheCalls()
{
    const QTemporaryDir folder;
    const auto store = open(folder.path());
    const QByteArray epoch = load(*store).epoch;
    QVERIFY(recordCall(*store, { streamA, 123, {}, {} }));
    StreamCommit first = commitOf(adding(1, { "a" }));
    first.validators.etag = "x";
    QVERIFY(commit(*store, first));
    store->setNotBefore(streamA, 456);
    const Result<QByteArray> fresh = reset(*store);
    QVERIFY(fresh.ok() && *fresh != epoch);
    const StoredStream stream = load(*store);
    QCOMPARE(stream.epoch, *fresh);
    QCOMPARE(stream.identity, QByteArrayLiteral("id-2"));
    QCOMPARE(stream.seq, 0);
    QCOMPARE(stream.polls, 0);
    QCOMPARE(stream.lastOkMs, 0);
    QCOMPARE(stream.lastCallMs, 123);
    QCOMPARE(stream.notBeforeMs, 456);
    QVERIFY(stream.validators == Validators());
    QVERIFY(stream.items.empty() && stream.history.empty());
    QVERIFY(commit(*store, commitOf(adding(1, { "b" }))));
    QCOMPARE(idsOf(load(*store)), std::vector<QByteArray>({ "b" }));
    QVERIFY(reset(*store, "never seen").ok());
}

void TestStateStore::dropUnused_dropsWhatWasNeitherPolledNorLoaded()
{
    constexpr qint64 day = 86'400'000;
    const QTemporaryDir folder;
    FakeClock clock;
    const auto store = *StateStore::open({ folder.path(), thisBoot, false, &clock });
    const auto epochs = [&] {
        return std::vector<QByteArray> { load(*store, "loaded").epoch, load(*store, "polled").epoch,
                                         load(*store, "called").epoch, load(*store, "left").epoch };
    };
    const std::vector<QByteArray> before = epochs();
    QVERIFY(commit(*store, commitOf(adding(1, { "a" }), "left")));
    clock.jumpWall(40 * day);
    load(*store, "loaded");
    StreamCommit poll = commitOf(adding(1, { "a" }), "polled");
    poll.lastOkMs = clock.wallMs();
    QVERIFY(commit(*store, poll));
    QVERIFY(recordCall(*store, { "called", clock.wallMs(), {}, {} }));
    store->dropUnused(clock.wallMs() - 30 * day);
    const std::vector<QByteArray> after = epochs();
    for (size_t i = 0; i < 3; ++i)
        QCOMPARE(after[i], before[i]);
    QVERIFY(after[3] != before[3]);
    QVERIFY(load(*store, "left").items.empty());
    QCOMPARE(load(*store, "polled").items.size(), 1U);
}

void TestStateStore::clockSetBack_doesNotHoldUpForLong()
{
    constexpr qint64 hour = 3'600'000;
    const QTemporaryDir folder;
    FakeClock clock;
    const auto store = *StateStore::open({ folder.path(), thisBoot, false, &clock });
    clock.jumpWall(1000 * hour);
    QVERIFY(recordCall(*store, { streamA, clock.wallMs(), {}, {} }));
    store->setNotBefore(streamA, clock.wallMs() + hour);
    clock.jumpWall(-1000 * hour);
    const StoredStream stream = load(*store);
    QCOMPARE(stream.lastCallMs, clock.wallMs());
    QCOMPARE(stream.notBeforeMs, clock.wallMs() + hour);
}

void TestStateStore::smallChangeOfALargeStream_writesLittle()
{
    const QTemporaryDir folder;
    {
        const auto store = open(folder.path());
        load(*store);
        Changeset changes = adding(1, {});
        for (int i = 0; i < 10'000; ++i)
            changes.added.push_back({ QByteArray::number(i), QByteArray(500, 'x') });
        QVERIFY(commit(*store, commitOf(changes)));
    }
    const auto store = open(folder.path());
    Changeset changes = adding(2, { "new" });
    changes.updated = { { "5000", QByteArray(500, 'x'), QByteArray(500, 'y') } };
    changes.removed = { "17" };
    QVERIFY(commit(*store, commitOf(changes)));
    QVERIFY(QFileInfo(databaseOf(folder.path()) + u"-wal").size() < 30 * 4096);
    QCOMPARE(load(*store).items.size(), 10'000U);
    QCOMPARE(load(*store).items.back().item.id(), QByteArrayLiteral("new"));
}

void TestStateStore::files_areForTheUserAlone()
{
    const QTemporaryDir root;
    const QString folder = root.path() + u"/made/by us";
    const auto store = open(folder);
    load(*store);
    const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther
        | QFile::WriteOther | QFile::ExeOther;
    QVERIFY(!(QFile::permissions(folder) & others));
    for (const QLatin1String suffix :
         { QLatin1String(), QLatin1String("-wal"), QLatin1String("-shm") }) {
        const QString file = databaseOf(folder) + suffix;
        QVERIFY2(QFile::exists(file), qPrintable(file));
        QVERIFY2(!(QFile::permissions(file) & (others | QFile::ExeOwner)), qPrintable(file));
    }
}

void TestStateStore::stateNames_areThoseOfTheWire()
{
    QCOMPARE(stateName(StreamStatus::State::Live), "live");
    QCOMPARE(stateName(StreamStatus::State::Failing), "failing");
    QCOMPARE(stateName(StreamStatus::State::RateLimited), "rate_limited");
    QCOMPARE(stateName(StreamStatus::State::Paused), "paused");
}

QTEST_GUILESS_MAIN(TestStateStore)
#include "tst_statestore.moc"
