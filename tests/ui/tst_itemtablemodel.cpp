#include "tests/support/fakeclock.h"
#include "ui/itemfiltermodel.h"
#include "ui/itemtablemodel.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

using namespace restream;

namespace {

Item item(const QByteArray &id, const QByteArray &value)
{
    return { id, QByteArray("{\"id\":\"" + id + "\",\"v\":" + value + '}') };
}

QByteArrayList ids(const QAbstractItemModel &model)
{
    QByteArrayList result;
    for (int row = 0; row < model.rowCount(); ++row)
        result.append(model.index(row, 0).data().toString().toUtf8());
    return result;
}

std::vector<Item> many(int count)
{
    std::vector<Item> items;
    for (int i = 0; i < count; ++i)
        items.push_back(item("i" + QByteArray::number(i), QByteArray::number(i)));
    return items;
}

}

class TestItemTableModel : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void setItems_showsThemInOrder();
    void changes_neverReset();
    void removed_keepsTheRestAndItsIndex();
    void manyRemovedHereAndThere_areFewSignals();
    void updated_showsTheNewTextAndTellsItsRowOnly();
    void added_goesToTheEnd();
    void order_movesRowsAndKeepsPersistentIndexes();
    void firstItemsOfAnEmptyStream_bringTheColumns();
    void sameStreamAgain_changesOnlyWhatDiffers();
    void anotherStream_resets();
    void changesOfUnknownItems_areHarmless();
    void flash_fadesWithTheClock();
    void initialItems_doNotFlash();
    void filter_findsWordsInAnyCell();
    void sorting_comparesNumbersAsNumbers();
    void tenThousandItems_changeQuickly();

private:
    std::unique_ptr<FakeClock> m_clock;
    std::unique_ptr<ItemTableModel> m_model;
    std::unique_ptr<ItemFilterModel> m_filtered;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
    std::unique_ptr<QAbstractItemModelTester> m_filteredTester;
};

void TestItemTableModel::init()
{
    m_clock = std::make_unique<FakeClock>();
    m_model = std::make_unique<ItemTableModel>(*m_clock);
    m_filtered = std::make_unique<ItemFilterModel>();
    m_filtered->setSourceModel(m_model.get());
    constexpr auto mode = QAbstractItemModelTester::FailureReportingMode::QtTest;
    m_tester = std::make_unique<QAbstractItemModelTester>(m_model.get(), mode);
    m_filteredTester = std::make_unique<QAbstractItemModelTester>(m_filtered.get(), mode);
}

void TestItemTableModel::cleanup()
{
    m_filteredTester.reset();
    m_tester.reset();
    m_filtered.reset();
    m_model.reset();
}

void TestItemTableModel::setItems_showsThemInOrder()
{
    m_model->setItems("s", { item("b", "9007199254740993"), item("a", "1.10") });
    QCOMPARE(ids(*m_model), QByteArrayList({ "b", "a" }));
    QCOMPARE(m_model->columnCount(), 2);
    QCOMPARE(m_model->headerData(1, Qt::Horizontal).toString(), u"v"_qs);
    QCOMPARE(m_model->index(0, 1).data().toString(), u"9007199254740993"_qs);
    QCOMPARE(m_model->index(1, 1).data().toString(), u"1.10"_qs);
    QCOMPARE(m_model->index(1, 1).data(ItemTableModel::JsonRole).toByteArray(),
             QByteArray(R"({"id":"a","v":1.10})"));
}

void TestItemTableModel::changes_neverReset()
{
    m_model->setItems("s", { item("a", "1"), item("b", "2"), item("c", "3") });
    QSignalSpy resets(m_model.get(), &QAbstractItemModel::modelReset);
    Changeset changes;
    changes.removed = { "b" };
    changes.updated = { { "a", item("a", "1").text(), item("a", "5").text() } };
    changes.added = { item("d", "4") };
    changes.order = std::vector<QByteArray> { "d", "c", "a" };
    m_model->apply(changes);
    QCOMPARE(ids(*m_model), QByteArrayList({ "d", "c", "a" }));
    QCOMPARE(m_model->index(2, 1).data().toString(), u"5"_qs);
    QCOMPARE(resets.count(), 0);
}

void TestItemTableModel::removed_keepsTheRestAndItsIndex()
{
    m_model->setItems("s", many(6));
    Changeset changes;
    changes.removed = { "i4", "i0", "i1" };
    m_model->apply(changes);
    QCOMPARE(ids(*m_model), QByteArrayList({ "i2", "i3", "i5" }));
    changes.removed = { "i5", "i2" };
    m_model->apply(changes);
    QCOMPARE(ids(*m_model), QByteArrayList({ "i3" }));
}

void TestItemTableModel::manyRemovedHereAndThere_areFewSignals()
{
    m_model->setItems("s", many(1000));
    const QPersistentModelIndex kept = m_model->index(501, 0);
    QSignalSpy removals(m_model.get(), &QAbstractItemModel::rowsRemoved);
    Changeset changes;
    for (int i = 0; i < 1000; i += 2)
        changes.removed.push_back("i" + QByteArray::number(i));
    m_model->apply(changes);
    QCOMPARE(m_model->rowCount(), 500);
    QCOMPARE(removals.count(), 1);
    QCOMPARE(ids(*m_model).mid(0, 3), QByteArrayList({ "i1", "i3", "i5" }));
    QCOMPARE(kept.row(), 250);
    QCOMPARE(kept.data().toString(), u"i501"_qs);
}

void TestItemTableModel::updated_showsTheNewTextAndTellsItsRowOnly()
{
    m_model->setItems("s", many(4));
    QCOMPARE(m_model->index(2, 1).data().toString(), u"2"_qs);
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    Changeset changes;
    changes.updated = { { "i2", item("i2", "2").text(), item("i2", "22").text() } };
    m_model->apply(changes);
    QCOMPARE(m_model->index(2, 1).data().toString(), u"22"_qs);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed.first().at(0).toModelIndex(), m_model->index(2, 0));
    QCOMPARE(changed.first().at(1).toModelIndex(), m_model->index(2, 1));
}

void TestItemTableModel::added_goesToTheEnd()
{
    m_model->setItems("s", many(2));
    Changeset changes;
    changes.added = { item("x", "7"), item("y", "8") };
    m_model->apply(changes);
    QCOMPARE(ids(*m_model), QByteArrayList({ "i0", "i1", "x", "y" }));
}

void TestItemTableModel::order_movesRowsAndKeepsPersistentIndexes()
{
    m_model->setItems("s", many(4));
    const QPersistentModelIndex first = m_model->index(0, 1);
    Changeset changes;
    changes.order = std::vector<QByteArray> { "i3", "i2", "i1", "i0" };
    m_model->apply(changes);
    QCOMPARE(ids(*m_model), QByteArrayList({ "i3", "i2", "i1", "i0" }));
    QCOMPARE(first.row(), 3);
    QCOMPARE(first.data().toString(), u"0"_qs);
}

void TestItemTableModel::firstItemsOfAnEmptyStream_bringTheColumns()
{
    m_model->setItems("s", {});
    QCOMPARE(m_model->columnCount(), 0);
    Changeset changes;
    changes.added = many(3);
    m_model->apply(changes);
    QCOMPARE(m_model->columnCount(), 2);
    QCOMPARE(m_model->rowCount(), 3);
    QCOMPARE(m_filtered->rowCount(), 3);
    QCOMPARE(m_filtered->columnCount(), 2);
}

void TestItemTableModel::sameStreamAgain_changesOnlyWhatDiffers()
{
    m_model->setItems("s", many(5));
    QSignalSpy resets(m_model.get(), &QAbstractItemModel::modelReset);
    const QPersistentModelIndex kept = m_model->index(3, 0);
    m_model->setItems("s", { item("n", "1"), item("i3", "33"), item("i0", "0") });
    QCOMPARE(resets.count(), 0);
    QCOMPARE(ids(*m_model), QByteArrayList({ "n", "i3", "i0" }));
    QCOMPARE(kept.row(), 1);
    QCOMPARE(m_model->index(1, 1).data().toString(), u"33"_qs);
}

void TestItemTableModel::anotherStream_resets()
{
    m_model->setItems("s", many(5));
    QSignalSpy resets(m_model.get(), &QAbstractItemModel::modelReset);
    m_model->setItems("t", { { "1", R"({"name":"x"})" } });
    QCOMPARE(resets.count(), 1);
    QCOMPARE(m_model->headerData(1, Qt::Horizontal).toString(), u"name"_qs);
}

void TestItemTableModel::changesOfUnknownItems_areHarmless()
{
    m_model->setItems("s", many(2));
    Changeset changes;
    changes.removed = { "nobody" };
    changes.updated = { { "nobody", "{}", "{}" } };
    changes.added = { item("i1", "9") };
    changes.order = std::vector<QByteArray> { "nobody", "i1" };
    m_model->apply(changes);
    QCOMPARE(ids(*m_model), QByteArrayList({ "i1", "i0" }));
}

void TestItemTableModel::flash_fadesWithTheClock()
{
    m_model->setItems("s", many(2));
    QSignalSpy flashed(m_model.get(), &ItemTableModel::flashed);
    Changeset changes;
    changes.added = { item("x", "7") };
    changes.updated = { { "i0", item("i0", "0").text(), item("i0", "5").text() } };
    m_model->apply(changes);
    QCOMPARE(flashed.count(), 1);
    const QModelIndex updated = m_model->index(0, 0);
    const QModelIndex added = m_model->index(2, 0);
    QCOMPARE(updated.data(ItemTableModel::FlashRole).toDouble(), 1.0);
    QCOMPARE(updated.data(ItemTableModel::AddedRole).toBool(), false);
    QCOMPARE(added.data(ItemTableModel::AddedRole).toBool(), true);
    QCOMPARE(m_model->index(1, 0).data(ItemTableModel::FlashRole).toDouble(), 0.0);
    m_clock->advance(ItemTableModel::flashMs / 2);
    QCOMPARE(added.data(ItemTableModel::FlashRole).toDouble(), 0.5);
    QVERIFY(m_model->isFlashing());
    m_clock->advance(ItemTableModel::flashMs / 2);
    QCOMPARE(added.data(ItemTableModel::FlashRole).toDouble(), 0.0);
    QVERIFY(!m_model->isFlashing());
}

void TestItemTableModel::initialItems_doNotFlash()
{
    QSignalSpy flashed(m_model.get(), &ItemTableModel::flashed);
    m_model->setItems("s", many(2));
    QCOMPARE(flashed.count(), 0);
    QCOMPARE(m_model->index(0, 0).data(ItemTableModel::FlashRole).toDouble(), 0.0);
}

void TestItemTableModel::filter_findsWordsInAnyCell()
{
    m_model->setItems(
        "s",
        { { "1", R"({"name":"North Pole","n":10})" }, { "2", R"({"name":"South Pole","n":25})" } });
    m_filtered->setText(u"north"_qs);
    QCOMPARE(ids(*m_filtered), QByteArrayList({ "1" }));
    m_filtered->setText(u"25 pole"_qs);
    QCOMPARE(ids(*m_filtered), QByteArrayList({ "2" }));
    m_filtered->setText(u"10 south"_qs);
    QCOMPARE(m_filtered->rowCount(), 0);
    Changeset changes;
    changes.added = { { "3", R"({"name":"South 10","n":1})" } };
    m_model->apply(changes);
    QCOMPARE(ids(*m_filtered), QByteArrayList({ "3" }));
    m_filtered->setText({});
    QCOMPARE(m_filtered->rowCount(), 3);
}

void TestItemTableModel::sorting_comparesNumbersAsNumbers()
{
    m_model->setItems("s",
                      { item("a", "10"), item("b", "9"), item("c", "-1.5"), item("d", "null") });
    m_filtered->sort(1);
    QCOMPARE(ids(*m_filtered), QByteArrayList({ "d", "c", "b", "a" }));
    Changeset changes;
    changes.updated = { { "c", item("c", "-1.5").text(), item("c", "9.5").text() } };
    m_model->apply(changes);
    QCOMPARE(ids(*m_filtered), QByteArrayList({ "d", "b", "c", "a" }));
    m_filtered->sort(-1);
    QCOMPARE(ids(*m_filtered), QByteArrayList({ "a", "b", "c", "d" }));
}

void TestItemTableModel::tenThousandItems_changeQuickly()
{
    // The testers look at everything at each signal.
    m_tester.reset();
    m_filteredTester.reset();
    m_model->setItems("s", many(10000));
    m_filtered->sort(1);
    Changeset changes;
    std::vector<QByteArray> order;
    for (int i = 0; i < 10000; ++i) {
        const QByteArray id = "i" + QByteArray::number(i);
        const QByteArray value = QByteArray::number(i);
        if (i % 3 == 0)
            changes.removed.push_back(id);
        else if (i % 3 == 1)
            changes.updated.push_back({ id, item(id, value).text(), item(id, "1" + value).text() });
        if (i % 3 != 0)
            order.insert(order.begin(), id);
    }
    changes.order = order;
    QElapsedTimer timer;
    timer.start();
    m_model->apply(changes);
    // Some 50 ms in a release build; row by row it would be many seconds.
    QVERIFY2(timer.elapsed() < 2000, qPrintable(u"took %1 ms"_qs.arg(timer.elapsed())));
    QCOMPARE(m_model->rowCount(), int(order.size()));
    QCOMPARE(m_filtered->rowCount(), int(order.size()));
}

QTEST_GUILESS_MAIN(TestItemTableModel)
#include "tst_itemtablemodel.moc"
