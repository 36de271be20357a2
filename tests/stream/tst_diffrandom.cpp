#include "core/stream/jsontext.h"
#include "tests/stream/heldstream.h"
#include "tests/stream/testjson.h"

#include <QElapsedTimer>
#include <QTest>

using namespace restream;

/// Many polls, against what must be held counted in another way.
class TestDiffRandom : public QObject
{
    Q_OBJECT

private slots:
    void randomPolls_leadToWhatUpstreamHas_data();
    void randomPolls_leadToWhatUpstreamHas();
    void manyItems_areNotComparedWithEachOther();
};

void TestDiffRandom::randomPolls_leadToWhatUpstreamHas_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("after");
    QTest::addColumn<bool>("ordered");
    QTest::addColumn<int>("maxItems");
    QTest::newRow("snapshot") << int(Mode::Snapshot) << 1 << false << 1000;
    QTest::newRow("snapshot, ordered") << int(Mode::Snapshot) << 1 << true << 1000;
    QTest::newRow("snapshot, after 3") << int(Mode::Snapshot) << 3 << false << 1000;
    QTest::newRow("snapshot, after 3, ordered, limit") << int(Mode::Snapshot) << 3 << true << 22;
    QTest::newRow("window") << int(Mode::Window) << 1 << false << 40;
    QTest::newRow("window, ordered") << int(Mode::Window) << 1 << true << 30;
}

void TestDiffRandom::randomPolls_leadToWhatUpstreamHas()
{
    QFETCH(int, mode);
    QFETCH(int, after);
    QFETCH(bool, ordered);
    QFETCH(int, maxItems);
    QRandomGenerator random(99);
    Held held { rulesOf(Mode(mode), after, ordered, maxItems), {}, 0 };
    held.rules.ignore = QStringList { QStringLiteral("/t") };
    QHash<QByteArray, QByteArray> texts; // as of the poll in which each last changed
    QHash<QByteArray, qint64> lastSeen;
    std::vector<QByteArray> order; // of what is held
    for (int round = 1; round <= 400; ++round) {
        QByteArrayList raw;
        std::vector<QByteArray> present;
        for (int i = 0; i < 20; ++i) {
            const QByteArray id = QByteArray::number(random.bounded(50));
            if (std::find(present.begin(), present.end(), id) != present.end())
                continue;
            present.push_back(id);
            const QByteArray value = QByteArray::number(random.bounded(3));
            raw << (random.bounded(2) ? QByteArray(R"({"id": )" + id + R"(,"v":)" + value
                                                   + R"(.0,"t":)" + QByteArray::number(round) + '}')
                                      : QByteArray(R"({"v":)" + value + R"(,"id":)" + id + '}'));
        }
        const QByteArray body = '[' + raw.join(" , ") + ']';
        const Changeset changes = held.take(polled(body));

        // What must be held now, counted in another way.
        std::vector<QByteArray> expected;
        for (const QByteArray &id : order) {
            const bool seen = std::find(present.begin(), present.end(), id) != present.end();
            if (seen || Mode(mode) == Mode::Window || round - lastSeen.value(id) < after)
                expected.push_back(id);
        }
        for (const QByteArray &id : present) {
            if (std::find(expected.begin(), expected.end(), id) == expected.end())
                expected.push_back(id);
            lastSeen[id] = round;
        }
        while (expected.size() > size_t(maxItems)) {
            expected.erase(std::min_element(expected.begin(), expected.end(),
                                            [&](const QByteArray &a, const QByteArray &b) {
                                                return lastSeen.value(a) < lastSeen.value(b);
                                            }));
        }
        std::vector<QByteArray> heldIds;
        for (const Item &item : held.items)
            heldIds.push_back(item.id().toByteArray());
        if (ordered) {
            std::vector<QByteArray> heldPresent;
            std::copy_if(heldIds.begin(), heldIds.end(), std::back_inserter(heldPresent),
                         [&](const QByteArray &id) {
                             return std::find(present.begin(), present.end(), id) != present.end();
                         });
            QCOMPARE(heldPresent, present);
            if (Mode(mode) == Mode::Window)
                QVERIFY(std::equal(present.begin(), present.end(), heldIds.begin()));
            QVERIFY(std::is_permutation(heldIds.begin(), heldIds.end(), expected.begin(),
                                        expected.end()));
        } else {
            QCOMPARE(heldIds, expected);
            QVERIFY(!changes.order);
        }
        order = heldIds;

        for (int i = 0; i < raw.size(); ++i) {
            const QByteArray &id = present[size_t(i)];
            const QByteArray now = compactJson(raw.at(i));
            const auto value = [](const QByteArray &text) {
                return TestJson::parse(text).member(QStringLiteral("v"))->text.left(1);
            };
            const bool isNew = std::any_of(changes.added.begin(), changes.added.end(),
                                           [&](const Item &item) { return item.id() == id; });
            if (isNew || value(texts.value(id)) != value(now))
                texts[id] = now;
            QCOMPARE(held.items.find(id)->text(), texts.value(id));
        }
    }
}

void TestDiffRandom::manyItems_areNotComparedWithEachOther()
{
    QByteArrayList items;
    for (int i = 0; i < 100'000; ++i)
        items << R"({"id":)" + QByteArray::number(i) + R"(,"v":"some value of an item"})";
    ChannelDefinition definition;
    definition.idField = QStringList { QStringLiteral("id") };
    definition.maxItems = 200'000;
    Held held { diffRules(definition), {}, 0 };
    const QByteArray body = '[' + items.join(',') + ']';
    held.take(readItems(body, definition).value());
    for (int i = 0; i < 1000; ++i)
        items[i * 97].replace("value", "other");
    const PolledItems next = readItems(QByteArray('[' + items.join(',') + ']'), definition).value();
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(held.take(next).updated.size(), size_t(1000));
    QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_GUILESS_MAIN(TestDiffRandom)
#include "tst_diffrandom.moc"
