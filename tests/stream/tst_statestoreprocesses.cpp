#include "tests/stream/storetest.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

using namespace restream;
using namespace restream::storetest;

class TestStateStoreProcesses : public QObject
{
    Q_OBJECT

private slots:
    void killedAtAnyInstant_losesAndRepeatsNothing();
    void processes_shareAQuotaAndNeverExceedIt();
};

namespace {

const QString commitLoop = QStringLiteral("--commit-loop");
const QString callLoop = QStringLiteral("--call-loop");

const QList<QuotaRule> sharedRules { { 25, 10 }, { 6, 1 } };
constexpr int asksOfEach = 120;
constexpr qint64 stepMs = 150;

void say(qint64 number)
{
    // At once and whole, whatever becomes of the process next.
    const QByteArray line = QByteArray::number(number).append('\n');
    if (::write(STDOUT_FILENO, line.constData(), size_t(line.size())) < 0)
        ::_exit(2);
}

using Items = std::vector<Item>;

/// The items after `changes`, told in another way than the store's.
void fold(Items &items, const Changeset &changes)
{
    for (const QByteArray &id : changes.removed)
        std::erase_if(items, [&](const Item &item) { return item.id() == id; });
    for (const Update &update : changes.updated) {
        for (Item &item : items) {
            if (item.id() == update.id())
                item = update.after;
        }
    }
    items.insert(items.end(), changes.added.begin(), changes.added.end());
    if (!changes.order)
        return;
    Items ordered;
    for (const QByteArray &id : *changes.order) {
        ordered.push_back(*std::find_if(items.begin(), items.end(),
                                        [&](const Item &item) { return item.id() == id; }));
    }
    items = ordered;
}

/// Something of everything: adds, updates, removals, orders.
Changeset randomChanges(qint64 seq, const Items &items, QRandomGenerator &random)
{
    Changeset changes;
    changes.seq = seq;
    changes.timeMs = seq;
    for (const Item &item : items) {
        switch (random.bounded(12)) {
        case 0:
            changes.removed.push_back(item.id().toByteArray());
            break;
        case 1:
            changes.updated.push_back({ item.id(), item.text(), QByteArray::number(seq) });
            break;
        default:
            break;
        }
    }
    const int adds = int(random.bounded(4));
    for (int i = 0; i < adds; ++i) {
        changes.added.emplace_back(
            QByteArray(QByteArray::number(seq) + '-' + QByteArray::number(i)),
            QByteArray(int(random.bounded(3000)), 'x'));
    }
    if (random.bounded(3) == 0) {
        Items after = items;
        fold(after, changes);
        std::shuffle(after.begin(), after.end(), random);
        changes.order.emplace();
        for (const Item &item : after)
            changes.order->push_back(item.id().toByteArray());
    }
    return changes;
}

/// The child: commits for ever and says each seq once it is told that it was written.
int commitForEver(const QString &folder)
{
    const auto store = open(folder);
    StoredStream stream = load(*store);
    Items items;
    for (const HeldItem &held : stream.items)
        items.push_back(held.item);
    QRandomGenerator random(quint32(stream.seq) + 1);
    for (qint64 seq = stream.seq + 1;;) {
        // Some alone, some together.
        const int together = int(random.bounded(1, 5));
        int answered = 0;
        for (int i = 0; i < together; ++i, ++seq) {
            const Changeset changes = randomChanges(seq, items, random);
            fold(items, changes);
            store->commit(commitOf(changes), [&answered, seq](const Result<void> &result) {
                if (!result)
                    ::_exit(3);
                ++answered;
                say(seq);
            });
        }
        while (answered < together)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

/// The child: asks again and again for leave to call, at times of its own, and says when it was given.
int callOften(const QString &folder, qint64 startMs)
{
    const auto store = StateStore::open({ folder, thisBoot, true, nullptr });
    if (!store)
        return 4;
    for (int i = 0; i < asksOfEach; ++i) {
        const qint64 now = startMs + i * stepMs;
        const Result<qint64> at = recordCall(**store, { streamA, now, "bucket", sharedRules });
        if (!at)
            return 5;
        if (*at == 0)
            say(now);
    }
    return 0;
}

void startChild(QProcess &child, const QStringList &arguments)
{
    child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    child.start(QCoreApplication::applicationFilePath(), arguments);
    if (!child.waitForStarted())
        qFatal("the child did not start");
}

}

void TestStateStoreProcesses::killedAtAnyInstant_losesAndRepeatsNothing()
{
    constexpr int rounds = 20;
    const QTemporaryDir folder;
    QRandomGenerator random(QRandomGenerator::global()->generate());
    QByteArray epoch;
    qint64 said = 0;
    qint64 kept = 0;
    for (int round = 0; round < rounds; ++round) {
        QProcess child;
        startChild(child, { commitLoop, folder.path() });
        QByteArray output;
        const qsizetype enough = qsizetype(random.bounded(300));
        while (output.size() < enough && child.waitForReadyRead(20'000))
            output += child.readAllStandardOutput();
        child.kill();
        QVERIFY(child.waitForFinished());
        output += child.readAllStandardOutput();
        QCOMPARE(child.exitStatus(), QProcess::CrashExit);
        bool first = true;
        for (const QByteArray &line : output.split('\n')) {
            if (line.isEmpty())
                continue;
            // What was written but not said before the kill is not made again.
            QCOMPARE(line.toLongLong(), (std::exchange(first, false) ? kept : said) + 1);
            said = line.toLongLong();
        }

        const auto store = open(folder.path());
        QVERIFY2(store->notice().isEmpty(), qPrintable(store->notice()));
        const StoredStream stream = load(*store);
        if (epoch.isEmpty())
            epoch = stream.epoch;
        QCOMPARE(stream.epoch, epoch);
        QVERIFY(stream.seq >= said);
        kept = stream.seq;
        QCOMPARE(qint64(stream.history.size()), stream.seq);
        Items items;
        for (size_t i = 0; i < stream.history.size(); ++i) {
            QCOMPARE(stream.history[i]->seq, qint64(i) + 1);
            fold(items, *stream.history[i]);
        }
        Items held;
        for (const HeldItem &item : stream.items)
            held.push_back(item.item);
        QVERIFY(held == items);
    }
    QVERIFY(said > 0);
}

void TestStateStoreProcesses::processes_shareAQuotaAndNeverExceedIt()
{
    constexpr qint64 start = 1'700'000'000'000;
    const QTemporaryDir folder;
    std::array<QProcess, 3> children;
    for (QProcess &child : children)
        startChild(child, { callLoop, folder.path(), QString::number(start) });
    std::vector<qint64> made;
    for (QProcess &child : children) {
        QVERIFY(child.waitForFinished(60'000));
        QCOMPARE(child.exitStatus(), QProcess::NormalExit);
        QCOMPARE(child.exitCode(), 0);
        for (const QByteArray &line : child.readAllStandardOutput().split('\n')) {
            if (!line.isEmpty())
                made.push_back(line.toLongLong());
        }
    }
    std::sort(made.begin(), made.end());
    for (const QuotaRule &rule : sharedRules) {
        const auto calls = size_t(rule.calls);
        for (size_t i = calls; i < made.size(); ++i)
            QVERIFY(made[i] - made[i - calls] >= rule.perSeconds * 1000);
    }
    // All windows of the 18 s were used, by whomever.
    QVERIFY2(made.size() >= 25, qPrintable(QString::number(made.size())));
}

// NOLINTNEXTLINE(bugprone-exception-escape): an exception here fails the test, as it should
int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == commitLoop)
        return commitForEver(arguments.value(2));
    if (arguments.value(1) == callLoop)
        return callOften(arguments.value(2), arguments.value(3).toLongLong());
    TestStateStoreProcesses test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_statestoreprocesses.moc"
