#include "core/stream/bodyhash.h"
#include "core/stream/diff.h"
#include "tests/stream/channels.h"

#include <QTest>

using namespace restream;

class TestKnownItems : public QObject
{
    Q_OBJECT

private slots:
    void itemsThatAreHeld_areKnown_data();
    void itemsThatAreHeld_areKnown();
    void anyByteChanged_givesWhatReadingAloneGives_data();
    void anyByteChanged_givesWhatReadingAloneGives();
    void memberOfAMap_isKnownUnderItsOwnNameOnly();
    void valuesInsideASingleItem_doNotHideItsId();
    void itemThatWouldNestTooDeep_isRefused();
    void duplicateOfAKnownItem_countsAsTheLast();
    void hash_differsForEachByte();
};

namespace {

ItemSet heldAfter(const QByteArray &body, const ChannelDefinition &definition)
{
    ItemSet held;
    held.apply(diff(readItems(body, definition).value(), diffRules(definition), 1).changes);
    return held;
}

/// Of each item its id, or `=` and its id where it was known.
QByteArray knownIn(const QByteArray &body, const ChannelDefinition &definition, const ItemSet &held)
{
    const PolledItems polled = readItems(body, definition, held).value();
    QByteArrayList result;
    for (const PolledItem &item : polled.items)
        result << (item.isHeld ? "=" : "") + item.id;
    return result.join(' ');
}

QByteArray allOf(const Result<PolledItems> &polled)
{
    if (!polled)
        return polled.error().message.toUtf8();
    QByteArray result = QByteArray::number(polled->withoutId) + ' '
        + QByteArray::number(polled->duplicates) + ' ' + QByteArray::number(polled->beyondLimit);
    for (const PolledItem &item : polled->items)
        result += '\n' + item.id + ' ' + item.raw.toByteArray();
    return result;
}

}

void TestKnownItems::itemsThatAreHeld_areKnown_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("known");
    QTest::newRow("unchanged") << QByteArray(
        R"({"l":[{"id":1,"v":1},{"id":2,"v":2},{"id":3,"v":[3]},{"id":4,"v":"x y"}]})")
                               << QByteArray("=1 =2 =3 =4");
    QTest::newRow("changed") << QByteArray(
        R"({"l":[{"id":1,"v":1},{"id":2,"v":9},{"id":3,"v":[3]},{"id":4,"v":"x y"}]})")
                             << QByteArray("=1 2 =3 =4");
    QTest::newRow("added") << QByteArray(
        R"({"l":[{"id":0},{"id":1,"v":1},{"id":2,"v":2},{"id":9},{"id":3,"v":[3]},{"id":4,"v":"x y"}]})")
                           << QByteArray("0 =1 =2 9 =3 =4");
    QTest::newRow("removed") << QByteArray(R"({"l":[{"id":2,"v":2},{"id":4,"v":"x y"}]})")
                             << QByteArray("=2 =4");
    QTest::newRow("moved") << QByteArray(
        R"({"l":[{"id":3,"v":[3]},{"id":4,"v":"x y"},{"id":1,"v":1},{"id":2,"v":2}]})")
                           << QByteArray("=3 =4 1 =2");
    QTest::newRow("white space") << QByteArray("{\"l\": [\n  { \"id\": 1, \"v\":\t1 },\n  { \"id\" "
                                               ": 2, \"v\": 2 }\n, {\"id\":3,\"v\":[ 3 ]},\r\n"
                                               "{\"id\":4,\"v\":\"x y\"} ] }")
                                 << QByteArray("=1 =2 =3 =4");
    QTest::newRow("white space in a string") << QByteArray(
        R"({"l":[{"id":1,"v":1},{"id":2,"v":2},{"id":3,"v":[3]},{"id":4,"v":"x  y"}]})")
                                             << QByteArray("=1 =2 =3 4");
    QTest::newRow("number written otherwise")
        << QByteArray(R"({"l":[{"id":1,"v":1.0}]})") << QByteArray("1");
}

void TestKnownItems::itemsThatAreHeld_areKnown()
{
    QFETCH(QByteArray, body);
    const ChannelDefinition definition = channel(QStringLiteral("/l"), fields("id"));
    const ItemSet held = heldAfter(
        R"({"l":[{"id":1,"v":1},{"id":2,"v":2},{"id":3,"v":[3]},{"id":4,"v":"x y"}]})", definition);
    QTEST(knownIn(body, definition, held), "known");
    QCOMPARE(allOf(readItems(body, definition, held)), allOf(readItems(body, definition)));
}

void TestKnownItems::anyByteChanged_givesWhatReadingAloneGives_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<Shape>("shape");
    QTest::addColumn<QStringList>("idField");
    const QByteArray list =
        R"({"n":[{"id":1}],"l":[{"id":"a","v":12},{"v":[1,{"x":null}],"id":"b"},{"id":"c\u0061"}]})";
    QTest::newRow("list") << list << Shape::Auto << fields("id");
    QByteArray spaced = list;
    spaced.replace(",", " , ").replace(":", ": ");
    QTest::newRow("list with white space") << spaced << Shape::Array << fields("id");
    const QByteArray map =
        R"({"l":{"a":{"v":1},"b":12,"c":"x","d":[],"e\u0065":true},"n":{"a":1}})";
    QTest::newRow("map") << map << Shape::Map << QStringList();
    QTest::newRow("map with ids") << QByteArray(R"({"l":{"x":{"id":1},"y":{"id":2,"v":2}}})")
                                  << Shape::Map << fields("id");
    QTest::newRow("values") << QByteArray(R"({"l":[1,12,"a",1.0]})") << Shape::Auto
                            << QStringList();
}

void TestKnownItems::anyByteChanged_givesWhatReadingAloneGives()
{
    QFETCH(QByteArray, body);
    QFETCH(Shape, shape);
    QFETCH(QStringList, idField);
    const ChannelDefinition definition = channel(QStringLiteral("/l"), idField, shape);
    const ItemSet held = heldAfter(body, definition);
    QVERIFY(!held.isEmpty());
    const QByteArray changes("\0 1.0,]}{[\"\\:ae\xc3", 17);
    for (qsizetype place = 0; place < body.size(); ++place) {
        for (const char c : changes) {
            QByteArray replaced = body;
            replaced[place] = c;
            QByteArray inserted = body;
            inserted.insert(place, c);
            for (const QByteArray &other : { replaced, inserted, body.first(place) })
                QCOMPARE(allOf(readItems(other, definition, held)),
                         allOf(readItems(other, definition)));
        }
    }
}

void TestKnownItems::memberOfAMap_isKnownUnderItsOwnNameOnly()
{
    const ChannelDefinition definition = channel({}, {}, Shape::Map);
    const ItemSet held = heldAfter(R"({"a":1,"b":{"v":2},"c":3})", definition);
    QCOMPARE(knownIn(R"({"c":3,"b":1,"a":1,"d":{"v":2},"\u0063":3})", definition, held),
             QByteArray("=c b =a d"));
    QCOMPARE(knownIn(R"({"a":12,"b":{"v":2}})", definition, held), QByteArray("a =b"));
}

void TestKnownItems::valuesInsideASingleItem_doNotHideItsId()
{
    ChannelDefinition definition = channel(QStringLiteral("/l"), fields("/p/id"));
    const ItemSet held = heldAfter(R"({"l":[{"p":{"id":"x"}},{"p":{"id":"y"}}]})", definition);
    const QByteArray body = R"({"l":{"p":{"p":{"id":"x"},"id":"z","q":{"p":{"id":"y"}}}}})";
    QCOMPARE(knownIn(body, definition, held), QByteArray("z"));
}

void TestKnownItems::itemThatWouldNestTooDeep_isRefused()
{
    const ChannelDefinition definition = channel({}, fields("id"));
    const auto item = [](int depth) {
        return QByteArray(R"({"id":"a","v":)" + QByteArray(depth, '[') + QByteArray(depth, ']')
                          + '}');
    };
    const QByteArray deepest = item(1023);
    const ItemSet held = heldAfter(deepest, definition);
    QCOMPARE(knownIn('[' + item(1022) + ']', definition, held), QByteArray("a"));
    const Result<PolledItems> refused = readItems('[' + deepest + ']', definition, held);
    QVERIFY(!refused);
    QVERIFY(refused.error().message.contains(QLatin1String("1,024 deep")));
    const ItemSet fitting = heldAfter('[' + item(900) + ']', definition);
    QCOMPARE(knownIn('[' + item(900) + ']', definition, fitting), QByteArray("=a"));
}

void TestKnownItems::duplicateOfAKnownItem_countsAsTheLast()
{
    const ChannelDefinition definition = channel({}, fields("id"));
    const ItemSet held = heldAfter(R"([{"id":1},{"id":2}])", definition);
    QCOMPARE(knownIn(R"([{"id":1},{"id":1,"v":1},{"id":2}])", definition, held),
             QByteArray("1 =2"));
    QCOMPARE(knownIn(R"([{"id":2,"v":1},{"id":1,"v":1},{"id":2}])", definition, held),
             QByteArray("=2 1"));
}

void TestKnownItems::hash_differsForEachByte()
{
    QByteArray body(5000, 'x');
    const BodyHash hash(body);
    QVERIFY(hash == BodyHash(QByteArray(5000, 'x')));
    QVERIFY(!(hash == BodyHash(QByteArray(4999, 'x'))));
    for (qsizetype i = 0; i < body.size(); i += 7) {
        body[i] = 'y';
        QVERIFY(!(hash == BodyHash(body)));
        body[i] = 'x';
    }
}

QTEST_GUILESS_MAIN(TestKnownItems)
#include "tst_knownitems.moc"
