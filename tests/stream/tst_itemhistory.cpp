#include "core/stream/itemhistory.h"

#include <QTest>

using namespace restream;

class TestItemHistory : public QObject
{
    Q_OBJECT

private slots:
    void addedUpdatedRemoved_areItsVersions();
    void updateAtTheStartOfTheHistory_knowsWhatWasBefore();
    void itemOlderThanTheHistory_hasItsPresentOnly();
    void unknownItem_hasNone();
};

namespace {

class HeldStream final : public Stream
{
public:
    HeldStream() : Stream(ChannelDefinition(), {}) { }

    void take(Changeset changes)
    {
        changes.seq = ++m_seq;
        changes.timeMs = m_seq * 1000;
        m_items.apply(changes);
        m_history.append(std::make_shared<const Changeset>(std::move(changes)));
    }
    void forgetHistory() { m_history.clear(); }
};

Changeset added(const QByteArray &id, const QByteArray &text)
{
    Changeset changes;
    changes.added.push_back({ id, text });
    return changes;
}

Changeset updated(const QByteArray &id, const QByteArray &before, const QByteArray &after)
{
    Changeset changes;
    changes.updated.push_back({ id, before, after });
    return changes;
}

Changeset removed(const QByteArray &id)
{
    Changeset changes;
    changes.removed.push_back(id);
    return changes;
}

}

void TestItemHistory::addedUpdatedRemoved_areItsVersions()
{
    HeldStream stream;
    stream.take(added("a", "1"));
    stream.take(added("b", "7"));
    stream.take(updated("a", "1", "2"));
    stream.take(removed("a"));
    const std::vector<ItemVersion> versions = itemHistory(stream, "a");
    QCOMPARE(versions,
             (std::vector<ItemVersion> {
                 { 1, 1000, "1" }, { 3, 3000, "2" }, { 4, 4000, std::nullopt } }));
}

void TestItemHistory::updateAtTheStartOfTheHistory_knowsWhatWasBefore()
{
    HeldStream stream;
    stream.take(added("a", "1"));
    stream.forgetHistory();
    stream.take(updated("a", "1", "2"));
    QCOMPARE(itemHistory(stream, "a"),
             (std::vector<ItemVersion> { { 0, 0, "1" }, { 2, 2000, "2" } }));
}

void TestItemHistory::itemOlderThanTheHistory_hasItsPresentOnly()
{
    HeldStream stream;
    stream.take(added("a", "1"));
    stream.forgetHistory();
    QCOMPARE(itemHistory(stream, "a"), (std::vector<ItemVersion> { { 0, 0, "1" } }));
    stream.take(added("b", "7"));
    QCOMPARE(itemHistory(stream, "a"), (std::vector<ItemVersion> { { 0, 0, "1" } }));
}

void TestItemHistory::unknownItem_hasNone()
{
    HeldStream stream;
    QVERIFY(itemHistory(stream, "a").empty());
    stream.take(added("a", "1"));
    QVERIFY(itemHistory(stream, "b").empty());
}

QTEST_GUILESS_MAIN(TestItemHistory)
#include "tst_itemhistory.moc"
