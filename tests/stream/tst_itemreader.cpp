#include "core/stream/jsontext.h"
#include "tests/stream/channels.h"

#include <QTest>

using namespace restream;

class TestItemReader : public QObject
{
    Q_OBJECT

private slots:
    void arrayOfObjects_givesSlicesWithTheirIds();
    void itemsPath_isFollowed();
    void scalars_areTheirOwnIds();
    void map_takesItsMembersNamesAsIds();
    void mapWithIdField_takesThatOne();
    void single_isCalledLikeTheChannel();
    void autoShape_isArrayOrSingle();
    void idField_isNameOrPointer_data();
    void idField_isNameOrPointer();
    void compositeIds_areJoined();
    void itemsWithoutId_areSkippedAndCounted();
    void emptyStringId_isAnIdLikeAnyOther();
    void duplicateIds_lastCountsAtTheFirstOnesPlace();
    void numberAndStringId_areTheSameItem();
    void idBeyond53Bits_isExact();
    void loneSurrogateInId_isKept();
    void hugeNumberAndLoneSurrogate_areRelayedAsWritten();
    void itemsBeyondTheLimit_areCountedAndTheFirstStay();
    void emptyArray_isNoError();
    void bodyStaysAliveWithItsItems();
};

void TestItemReader::arrayOfObjects_givesSlicesWithTheirIds()
{
    const QByteArray body = R"( [ {"id": "x", "v" : 1.0 } ,{"v":2,"id":7}] )";
    QCOMPARE(read(body, channel({}, fields("id"))),
             QByteArrayList({ R"(x={"id": "x", "v" : 1.0 })", R"(7={"v":2,"id":7})" }));
    const Result<PolledItems> polled = readItems(body, channel({}, fields("id")));
    QCOMPARE(polled->withoutId + polled->duplicates + polled->beyondLimit, 0);
}

void TestItemReader::itemsPath_isFollowed()
{
    const QByteArray body =
        R"({"data":{"a/b":[{"id":1}],"list":[[5,6],[{"id":2}]]},"status":"ok"})";
    QCOMPARE(read(body, channel(QStringLiteral("/data/a~1b"), fields("id"))),
             QByteArrayList({ R"(1={"id":1})" }));
    QCOMPARE(read(body, channel(QStringLiteral("/data/list/1"), fields("id"))),
             QByteArrayList({ R"(2={"id":2})" }));
    QCOMPARE(read(body, channel(QStringLiteral("/data/list/0"), {})),
             QByteArrayList({ "5=5", "6=6" }));
}

void TestItemReader::scalars_areTheirOwnIds()
{
    QCOMPARE(read(R"(["a\/b", "é", 1.50, -0, true, null])", channel({}, {})),
             QByteArrayList({ R"(a/b="a\/b")", "\xc3\xa9=\"\xc3\xa9\"", "1.50=1.50", "-0=-0",
                              "true=true", "null=null" }));
}

void TestItemReader::map_takesItsMembersNamesAsIds()
{
    const QByteArray body = R"({"bpi":{"USD":{"rate":1},"E\u0055R":2 ,"": 3}})";
    QCOMPARE(read(body, channel(QStringLiteral("/bpi"), {}, Shape::Map)),
             QByteArrayList({ R"(USD={"rate":1})", "EUR=2", "=3" }));
    const Result<PolledItems> twice =
        readItems(R"({"a":1,"b":2,"a":3})", channel({}, {}, Shape::Map));
    QCOMPARE(twice->items.size(), size_t(2));
    QCOMPARE(twice->items[0].raw.toByteArray(), "3");
    QCOMPARE(twice->duplicates, 1);
}

void TestItemReader::mapWithIdField_takesThatOne()
{
    QCOMPARE(
        read(R"({"x":{"code":"USD"},"y":{"code":5}})", channel({}, fields("code"), Shape::Map)),
        QByteArrayList({ R"(USD={"code":"USD"})", R"(5={"code":5})" }));
}

void TestItemReader::single_isCalledLikeTheChannel()
{
    QCOMPARE(read(R"({"price":5})", channel({}, {}, Shape::Single)),
             QByteArrayList({ R"(test-channel={"price":5})" }));
    QCOMPARE(read("[1,2]", channel({}, {}, Shape::Single)),
             QByteArrayList({ "test-channel=[1,2]" }));
    QCOMPARE(read(R"({"k":"v"})", channel({}, fields("k"), Shape::Single)),
             QByteArrayList({ R"(v={"k":"v"})" }));
    QCOMPARE(read(R"({"a":null})", channel(QStringLiteral("/a"), {}, Shape::Single)),
             QByteArrayList({ "test-channel=null" }));
    QCOMPARE(readItems(R"({"a":1})", channel({}, fields("k"), Shape::Single))->withoutId, 1);
}

void TestItemReader::autoShape_isArrayOrSingle()
{
    QCOMPARE(read("[1]", channel({}, {})), QByteArrayList({ "1=1" }));
    QCOMPARE(read(R"({"a":1})", channel({}, {})), QByteArrayList({ R"(test-channel={"a":1})" }));
    QCOMPARE(read("42", channel({}, {})), QByteArrayList({ "test-channel=42" }));
    QCOMPARE(read(R"({"now":"x"})", channel(QStringLiteral("/now"), {})),
             QByteArrayList({ R"(test-channel="x")" }));
    QCOMPARE(read("null", channel({}, {})), QByteArrayList({ "test-channel=null" }));
    QCOMPARE(read(R"({"id":9})", channel({}, fields("id"))), QByteArrayList({ R"(9={"id":9})" }));
}

void TestItemReader::idField_isNameOrPointer_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<QByteArray>("item");
    QTest::addColumn<QByteArray>("id");
    const auto row = [](const char *field, const char *item, const char *id) {
        QTest::newRow(field) << QString::fromUtf8(field) << QByteArray(item) << QByteArray(id);
    };
    row("id", R"({"id":"a"})", "a");
    row("@id", R"({"@id":"http://x/1"})", "http://x/1");
    row("a.b", R"({"a":{"b":1},"a.b":2})", "2");
    row("/properties/id", R"({"id":1,"properties":{"id":"p"}})", "p");
    row("/0", R"(["3c6444","DLH9LF"])", "3c6444");
    row("/a~1b", R"({"a/b":5})", "5");
    row("m~n", R"({"m~n":6})", "6");
    row("é", R"({"\u00e9":"x"})", "x");
    row("last", R"({"last":1,"last":2})", "2");
    row("with escape", R"({"with\u0020escape":"\u00e9\n"})", "\xc3\xa9\n");
    row("number", R"({"number":1.50e+3})", "1.50e+3");
}

void TestItemReader::idField_isNameOrPointer()
{
    QFETCH(QString, field);
    QFETCH(QByteArray, item);
    QFETCH(QByteArray, id);
    QCOMPARE(read('[' + item + ']', channel({}, { field })), QByteArrayList({ id + '=' + item }));
}

void TestItemReader::compositeIds_areJoined()
{
    const QStringList names { QStringLiteral("base"), QStringLiteral("/target/code") };
    const QByteArray body =
        R"([{"base":"BTC","target":{"code":840}},{"base":"ETH"},{"base":"","target":{"code":"x"}},)"
        R"({"base":"","target":{"code":""}},{"base":null,"target":{"code":1}}])";
    const Result<PolledItems> polled = readItems(body, channel({}, names));
    QCOMPARE(polled->items.size(), size_t(3));
    QCOMPARE(polled->items[0].id, "BTC|840");
    QCOMPARE(polled->items[1].id, "|x");
    QCOMPARE(polled->items[2].id, "|");
    QCOMPARE(polled->withoutId, 2);
}

void TestItemReader::itemsWithoutId_areSkippedAndCounted()
{
    const QByteArray body =
        R"([{"id":1},{"x":1},{"id":null},{"id":true},{"id":[1]},{"id":{}},5,"id",null,[],{"id":2}])";
    const Result<PolledItems> polled = readItems(body, channel({}, fields("id")));
    QCOMPARE(polled->items.size(), size_t(2));
    QCOMPARE(polled->withoutId, 9);
}

void TestItemReader::emptyStringId_isAnIdLikeAnyOther()
{
    const Result<PolledItems> polled =
        readItems(R"([{"id":""},{"id":" "},{"id":""}])", channel({}, fields("id")));
    QCOMPARE(polled->items.size(), size_t(2));
    QCOMPARE(polled->items[0].id, "");
    QCOMPARE(polled->items[1].id, " ");
    QCOMPARE(polled->withoutId, 0);
    QCOMPARE(polled->duplicates, 1);
    QCOMPARE(read(R"(["",1])", channel({}, {})), QByteArrayList({ "=\"\"", "1=1" }));
}

void TestItemReader::duplicateIds_lastCountsAtTheFirstOnesPlace()
{
    const QByteArray body =
        R"([{"id":1,"v":"a"},{"id":2},{"id":1,"v":"b"},{"id":3},{"id":1,"v":"c"}])";
    const Result<PolledItems> polled = readItems(body, channel({}, fields("id")));
    QCOMPARE(polled->items.size(), size_t(3));
    QCOMPARE(polled->items[0].id, "1");
    QCOMPARE(polled->items[0].raw.toByteArray(), R"({"id":1,"v":"c"})");
    QCOMPARE(polled->duplicates, 2);
    QCOMPARE(readItems(R"([1,2,"1"])", channel({}, {}))->duplicates, 1);
}

void TestItemReader::numberAndStringId_areTheSameItem()
{
    QCOMPARE(read(R"([{"id":1}])", channel({}, fields("id"))).first().split('=').first(), "1");
    QCOMPARE(read(R"([{"id":"1"}])", channel({}, fields("id"))).first().split('=').first(), "1");
}

void TestItemReader::idBeyond53Bits_isExact()
{
    const Result<PolledItems> polled = readItems(
        R"([{"id":9007199254740993},{"id":9007199254740992},{"id":123456789012345678901234567890}])",
        channel({}, fields("id")));
    QCOMPARE(polled->items.size(), size_t(3));
    QCOMPARE(polled->items[0].id, "9007199254740993");
    QCOMPARE(polled->items[2].id, "123456789012345678901234567890");
}

void TestItemReader::loneSurrogateInId_isKept()
{
    const Result<PolledItems> polled = readItems(
        R"([{"id":"\ud800"},{"id":"\udfff"},{"id":"\ufffd"}])", channel({}, fields("id")));
    QCOMPARE(polled->items.size(), size_t(3));
    QCOMPARE(polled->items[0].id, "\xed\xa0\x80");
    QCOMPARE(jsonString(polled->items[1].id), R"("\udfff")");
}

void TestItemReader::hugeNumberAndLoneSurrogate_areRelayedAsWritten()
{
    QCOMPARE(read(R"([{"id":1,"n":1e400,"s":"\ud800\/"}])", channel({}, fields("id"))),
             QByteArrayList({ R"(1={"id":1,"n":1e400,"s":"\ud800\/"})" }));
}

void TestItemReader::itemsBeyondTheLimit_areCountedAndTheFirstStay()
{
    ChannelDefinition definition = channel({}, fields("id"));
    definition.maxItems = 2;
    const QByteArray body = R"([{"id":1},{"x":0},{"id":2},{"id":3},{"id":1,"v":2},{"id":4}])";
    QCOMPARE(read(body, definition), QByteArrayList({ R"(1={"id":1,"v":2})", R"(2={"id":2})" }));
    const Result<PolledItems> polled = readItems(body, definition);
    QCOMPARE(polled->beyondLimit, 2);
    QCOMPARE(polled->duplicates, 1);
    QCOMPARE(polled->withoutId, 1);
}

void TestItemReader::emptyArray_isNoError()
{
    QCOMPARE(read("[]", channel({}, {})), QByteArrayList());
    QCOMPARE(read("[ ]", channel({}, fields("id"))), QByteArrayList());
    QCOMPARE(read("{}", channel({}, {}, Shape::Map)), QByteArrayList());
}

void TestItemReader::bodyStaysAliveWithItsItems()
{
    PolledItems polled;
    {
        const QByteArray body = QByteArray("[\"") + QByteArray(5000, 'x') + "\"]";
        polled = readItems(body, channel({}, {})).value();
    }
    const PolledItems copy = polled;
    polled = {};
    QCOMPARE(copy.items[0].raw.size(), 5002);
    QVERIFY(copy.items[0].raw.endsWith("xx\""));
}

QTEST_GUILESS_MAIN(TestItemReader)
#include "tst_itemreader.moc"
