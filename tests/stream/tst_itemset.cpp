#include "core/stream/changeset.h"
#include "core/stream/itemset.h"

#include <QRandomGenerator>
#include <QTest>

using namespace restream;

class TestItemSet : public QObject
{
    Q_OBJECT

private slots:
    void emptySet_findsNothing();
    void changeset_removesUpdatesAddsAndOrders();
    void additionAfterRemovalOfTheSameId_isAtTheEnd();
    void orderWithoutAnItem_leavesItLast();
    void unknownIds_changeNothing();
    void missingSince_isKeptOverUpdatesAndForgottenByRemoval();
    void copy_isNotTouchedByLaterChanges();
    void removal_leavesPlacesUntilAQuarterIsEmpty();
    void changesetBytes_areThoseOfIdsAndTexts();
    void manyRandomChanges_keepIndexAndBytesRight();
    void idsThatDifferInOneByte_areDifferent();
};

static QByteArrayList idsOf(const ItemSet &set)
{
    QByteArrayList result;
    for (const Item &item : set)
        result << item.id().toByteArray();
    return result;
}

static ItemSet abc()
{
    return ItemSet({ { { "a", "1" }, 0 }, { { "b", "22" }, 0 }, { { "c", "333" }, 0 } });
}

void TestItemSet::emptySet_findsNothing()
{
    const ItemSet set;
    QVERIFY(set.isEmpty());
    QCOMPARE(set.placeOf("a"), -1);
    QVERIFY(!set.find("a"));
    QCOMPARE(set.bytes(), 0);
}

void TestItemSet::changeset_removesUpdatesAddsAndOrders()
{
    ItemSet set = abc();
    QCOMPARE(set.bytes(), 9);
    Changeset changes;
    changes.removed = { "a" };
    changes.updated = { { "c", "333", "4" } };
    changes.added = { { "d", "55" }, { "e", "6" } };
    set.apply(changes);
    QCOMPARE(idsOf(set), QByteArrayList({ "b", "c", "d", "e" }));
    QCOMPARE(set.find("c")->text(), "4");
    QVERIFY(set.placeOf("e") > set.placeOf("d"));
    QCOMPARE(set.placeOf("a"), -1);
    QCOMPARE(set.bytes(), 3 + 2 + 3 + 2);

    Changeset order;
    order.order = std::vector<QByteArray> { "e", "b", "d", "c" };
    set.apply(order);
    QCOMPARE(idsOf(set), QByteArrayList({ "e", "b", "d", "c" }));
    QCOMPARE(set.find("d")->text(), "55");
    QCOMPARE(set.bytes(), 10);
}

void TestItemSet::additionAfterRemovalOfTheSameId_isAtTheEnd()
{
    ItemSet set = abc();
    Changeset changes;
    changes.removed = { "a" };
    changes.added = { { "a", "9" } };
    set.apply(changes);
    QCOMPARE(idsOf(set), QByteArrayList({ "b", "c", "a" }));
    QCOMPARE(set.find("a")->text(), "9");
}

void TestItemSet::orderWithoutAnItem_leavesItLast()
{
    ItemSet set = abc();
    Changeset changes;
    changes.order = std::vector<QByteArray> { "c", "x", "c", "b" };
    set.apply(changes);
    QCOMPARE(idsOf(set), QByteArrayList({ "c", "b", "a" }));
    QCOMPARE(set.placeOf("a"), 2);
}

void TestItemSet::unknownIds_changeNothing()
{
    ItemSet set = abc();
    Changeset changes;
    changes.removed = { "x", "x" };
    changes.updated = { { "y", "1", "2" } };
    set.apply(changes);
    set.setMissingSince("z", 4);
    QCOMPARE(idsOf(set), idsOf(abc()));
    QCOMPARE(set.bytes(), 9);
}

void TestItemSet::missingSince_isKeptOverUpdatesAndForgottenByRemoval()
{
    ItemSet set = abc();
    set.setMissingSince("b", 7);
    Changeset changes;
    changes.removed = { "a" };
    changes.updated = { { "b", "22", "3" } };
    set.apply(changes);
    QCOMPARE(set.missingSince(set.placeOf("b")), 7);
    set.setMissingSince("b", 0);
    QCOMPARE(set.missingSince(set.placeOf("b")), 0);
    set.setMissingSince("c", 8);
    Changeset again;
    again.removed = { "c" };
    again.added = { { "c", "1" } };
    set.apply(again);
    QCOMPARE(set.missingSince(set.placeOf("c")), 0);
}

void TestItemSet::copy_isNotTouchedByLaterChanges()
{
    ItemSet set = abc();
    const ItemSet copy = set;
    Changeset changes;
    changes.removed = { "a" };
    changes.updated = { { "b", "22", "3" } };
    set.apply(changes);
    set.setMissingSince("c", 5);
    QCOMPARE(idsOf(copy), QByteArrayList({ "a", "b", "c" }));
    QCOMPARE(copy.find("b")->text(), "22");
    QCOMPARE(copy.missingSince(copy.placeOf("c")), 0);
    QCOMPARE(copy.find("c")->text().data(), set.find("c")->text().data()); // one text for both
}

void TestItemSet::removal_leavesPlacesUntilAQuarterIsEmpty()
{
    std::vector<HeldItem> items;
    for (int i = 0; i < 100; ++i)
        items.push_back({ Item(QByteArray::number(i), "x"), i });
    ItemSet set(items);
    const auto remove = [&set](int from, int to) {
        Changeset changes;
        for (int i = from; i < to; ++i)
            changes.removed.push_back(QByteArray::number(i));
        set.apply(changes);
    };
    remove(10, 35);
    QCOMPARE(set.size(), 75);
    QCOMPARE(set.placeCount(), 100);
    QVERIFY(set.at(10).isNull());
    QCOMPARE(set.placeOf("35"), 35);
    QCOMPARE(set.missingSince(35), 35);
    remove(35, 36);
    QCOMPARE(set.placeCount(), 74);
    QCOMPARE(set.placeOf("36"), 10);
    QCOMPARE(set.missingSince(10), 36);
    remove(0, 100);
    QVERIFY(set.isEmpty());
    QCOMPARE(set.placeCount(), 0);
    QCOMPARE(set.bytes(), 0);
}

void TestItemSet::changesetBytes_areThoseOfIdsAndTexts()
{
    Changeset changes;
    QVERIFY(changes.isEmpty());
    QCOMPARE(changes.bytes(), 0);
    changes.added = { { "a", "12" } };
    changes.updated = { { "bb", "333", "4444" } };
    changes.removed = { "ccc" };
    changes.order = std::vector<QByteArray> { "a", "bb" };
    QCOMPARE(changes.bytes(), 3 + 9 + 3 + 3);
    QVERIFY(!changes.isEmpty());
    Changeset order;
    order.order = std::vector<QByteArray>();
    QVERIFY(!order.isEmpty());
}

void TestItemSet::manyRandomChanges_keepIndexAndBytesRight()
{
    QRandomGenerator random(4242);
    ItemSet set;
    std::vector<Item> model;
    for (int round = 0; round < 300; ++round) {
        Changeset changes;
        std::vector<Item> next;
        for (const Item &item : model) {
            const int fate = random.bounded(10);
            if (fate == 0) {
                changes.removed.push_back(item.id().toByteArray());
            } else if (fate == 1) {
                changes.updated.push_back({ item.id(), item.text(), QByteArray::number(round) });
                next.push_back({ item.id(), QByteArray::number(round) });
            } else {
                next.push_back(item);
            }
        }
        for (int i = random.bounded(30); i > 0; --i) {
            changes.added.emplace_back(QByteArray("id" + QByteArray::number(round * 100 + i)), "x");
            next.push_back(changes.added.back());
        }
        if (random.bounded(4) == 0) {
            std::shuffle(next.begin(), next.end(), random);
            changes.order.emplace();
            for (const Item &item : next)
                changes.order->push_back(item.id().toByteArray());
        }
        model = next;
        set.apply(changes);
        QCOMPARE(size_t(set.size()), model.size());
        qint64 bytes = 0;
        qsizetype place = -1;
        auto held = set.begin();
        for (const Item &item : model) {
            QCOMPARE(*held, item);
            ++held;
            QVERIFY(set.placeOf(item.id()) > place);
            place = set.placeOf(item.id());
            QCOMPARE(set.at(place), item);
            bytes += item.bytes();
        }
        QVERIFY(held == set.end());
        QVERIFY(set.placeCount() * 3 <= set.size() * 4 + 4);
        for (const QByteArray &id : changes.removed)
            QCOMPARE(set.placeOf(id), -1);
        QCOMPARE(set.bytes(), bytes);
    }
}

void TestItemSet::idsThatDifferInOneByte_areDifferent()
{
    std::vector<HeldItem> items;
    for (int length = 0; length < 40; ++length) {
        for (int place = 0; place <= length; ++place) {
            QByteArray id(length + 1, 'a');
            id[place] = 'b';
            items.push_back({ { id, QByteArray::number(int(items.size())) }, 0 });
        }
        items.push_back(
            { { QByteArray(length + 1, '\0'), QByteArray::number(int(items.size())) }, 0 });
    }
    const ItemSet set(items);
    for (size_t i = 0; i < items.size(); ++i)
        QCOMPARE(set.find(items[i].item.id())->text(), items[i].item.text());
    QVERIFY(!set.find("aaa"));
    QVERIFY(!set.find(""));
}

QTEST_GUILESS_MAIN(TestItemSet)
#include "tst_itemset.moc"
