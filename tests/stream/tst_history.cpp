#include "core/stream/history.h"

#include <QTest>

using namespace restream;

class TestHistory : public QObject
{
    Q_OBJECT

private slots:
    void since_givesExactlyWhatFollows();
    void since_givesNothingWhereOneIsGone();
    void since_beyondTheCurrentSeq_givesNothing();
    void sinceTheCurrentSeq_needsNothingHeld();
    void prune_keepsEachBound();
    void clear_forgetsAll();
};

static ChangesetPtr changes(qint64 seq, qint64 timeMs = 0, int size = 10)
{
    auto result = std::make_shared<Changeset>();
    result->seq = seq;
    result->timeMs = timeMs;
    result->added.push_back({ "i", QByteArray(size - 1, '1') });
    return result;
}

static History filled(HistoryBounds bounds, qint64 first, qint64 last)
{
    History history(bounds);
    for (qint64 seq = first; seq <= last; ++seq)
        history.append(changes(seq, seq * 1000));
    return history;
}

static QList<qint64> seqs(const std::optional<std::vector<ChangesetPtr>> &list)
{
    QList<qint64> result;
    for (const ChangesetPtr &entry : list.value_or(std::vector<ChangesetPtr>()))
        result << entry->seq;
    return result;
}

void TestHistory::since_givesExactlyWhatFollows()
{
    const History history = filled({}, 1, 5);
    QCOMPARE(history.first(), 1);
    QCOMPARE(history.size(), 5);
    QCOMPARE(history.bytes(), 50);
    QCOMPARE(seqs(history.since(0, 5)), QList<qint64>({ 1, 2, 3, 4, 5 }));
    QCOMPARE(seqs(history.since(3, 5)), QList<qint64>({ 4, 5 }));
    QCOMPARE(seqs(history.since(2, 4)), QList<qint64>({ 3, 4 }));
    QVERIFY(history.since(5, 5));
    QVERIFY(history.since(5, 5)->empty());
}

void TestHistory::since_givesNothingWhereOneIsGone()
{
    const History history = filled({}, 4, 6);
    QCOMPARE(history.first(), 4);
    QVERIFY(!history.since(2, 6));
    QVERIFY(!history.since(0, 6));
    QVERIFY(!history.since(-1, 6));
    QCOMPARE(seqs(history.since(3, 6)), QList<qint64>({ 4, 5, 6 }));
    QVERIFY(!history.since(5, 7));
    QVERIFY(!History(HistoryBounds()).since(0, 1));
}

void TestHistory::since_beyondTheCurrentSeq_givesNothing()
{
    const History history = filled({}, 1, 5);
    QVERIFY(!history.since(6, 5));
    QVERIFY(!history.since(std::numeric_limits<qint64>::max(), 5));
    QVERIFY(!history.since(std::numeric_limits<qint64>::min(), 5));
}

void TestHistory::sinceTheCurrentSeq_needsNothingHeld()
{
    const History history { HistoryBounds() };
    QCOMPARE(history.first(), 0);
    QVERIFY(history.since(0, 0));
    QVERIFY(history.since(41, 41));
    QVERIFY(history.since(41, 41)->empty());
    QVERIFY(!history.since(40, 41));
}

void TestHistory::prune_keepsEachBound()
{
    History byCount = filled({ 3, 24, 1'000'000 }, 1, 10);
    byCount.prune(10'000);
    QCOMPARE(byCount.first(), 8);
    QCOMPARE(byCount.bytes(), 30);

    History byBytes = filled({ 1000, 24, 45 }, 1, 10);
    byBytes.prune(10'000);
    QCOMPARE(byBytes.size(), 4);

    History byTime = filled({ 1000, 1.0 / 3600, 1'000'000 }, 1, 10);
    byTime.prune(10'000);
    QCOMPARE(byTime.first(), 9);
    byTime.setBounds({ 1, 24, 1'000'000 });
    byTime.prune(10'000);
    QCOMPARE(byTime.first(), 10);

    History oversize { HistoryBounds { 10, 24, 100 } };
    oversize.append(changes(1, 0, 500));
    oversize.prune(0);
    QCOMPARE(oversize.size(), 0);
    QCOMPARE(oversize.bytes(), 0);
    oversize.append(changes(2));
    QCOMPARE(seqs(oversize.since(1, 2)), QList<qint64>({ 2 }));
    QVERIFY(!oversize.since(0, 2));
}

void TestHistory::clear_forgetsAll()
{
    History history = filled({}, 1, 5);
    history.clear();
    QCOMPARE(history.size(), 0);
    QCOMPARE(history.bytes(), 0);
    history.append(changes(1));
    QCOMPARE(history.first(), 1);
}

QTEST_GUILESS_MAIN(TestHistory)
#include "tst_history.moc"
