#include "tests/stream/channels.h"

#include <QTest>

using namespace restream;

/// Bodies that hold no items, and what people are told of them.
class TestItemReaderErrors : public QObject
{
    Q_OBJECT

private slots:
    void emptyBody_isSaidSo();
    void malformedBody_namesOffsetLineAndColumn();
    void notANumberDepthAndBadUtf8_areNotJson();
    void missingItemsPath_namesHowFarItWent();
    void wrongKindAtThePath_isNotItems();
    void nullOrErrorReportForAList_isNotItems();
    void objectsWithoutIdField_nameWhatWouldDo_data();
    void objectsWithoutIdField_nameWhatWouldDo();
};

void TestItemReaderErrors::emptyBody_isSaidSo()
{
    QCOMPARE(read("", channel({}, {})),
             QByteArrayList({ "empty_body: the answer is empty; JSON was expected" }));
    QCOMPARE(read(" \r\n", channel({}, {})),
             QByteArrayList({ "empty_body: the answer is empty; JSON was expected" }));
    QCOMPARE(readItems(QByteArray(), channel({}, {})).error().code, QStringLiteral("empty_body"));
}

void TestItemReaderErrors::malformedBody_namesOffsetLineAndColumn()
{
    QCOMPARE(read("[1,]", channel({}, {})),
             QByteArrayList({ "not_json: the answer is not JSON: a value was expected at byte 3 "
                              "(line 1, column 4)" }));
    QCOMPARE(read("{\n  \"a\": 1,\n  b: 2\n}", channel({}, {})),
             QByteArrayList({ "not_json: the answer is not JSON: a name in double quotes was "
                              "expected at byte 14 (line 3, column 3)" }));
    QCOMPARE(read(R"({"a":[1,2)", channel({}, {})),
             QByteArrayList({ "not_json: the answer is not JSON: the text ends too early at byte 9 "
                              "(line 1, column 10)" }));
    QCOMPARE(readItems("<!DOCTYPE html>", channel({}, {})).error().code,
             QStringLiteral("not_json"));
}

void TestItemReaderErrors::notANumberDepthAndBadUtf8_areNotJson()
{
    const QByteArrayList bodies { R"([{"id":1,"v":NaN}])",
                                  QByteArray(1025, '[') + QByteArray(1025, ']'), "[\"\xff\"]",
                                  "\xef\xbb\xbf[]", "[01]" };
    for (const QByteArray &body : bodies)
        QCOMPARE(readItems(body, channel({}, fields("id"))).error().code,
                 QStringLiteral("not_json"));
    QVERIFY(readItems(bodies[0], channel({}, fields("id")))
                .error()
                .message.contains(QStringLiteral("NaN is no JSON value at byte 13")));
    QVERIFY(readItems(bodies[2], channel({}, fields("id")))
                .error()
                .message.contains(QStringLiteral("not UTF-8 at byte 2")));
}

void TestItemReaderErrors::missingItemsPath_namesHowFarItWent()
{
    const QByteArray body = R"({"data":{"bikes":[],"ttl":5},"ok":true})";
    QCOMPARE(
        read(body, channel(QStringLiteral("/data/stations"), fields("id"))),
        QByteArrayList({ "items_not_found: there are no items at \"/data/stations\" of the answer: "
                         "\"/data\" of the answer is an object with \"bikes\", \"ttl\"" }));
    QCOMPARE(read(body, channel(QStringLiteral("/results"), fields("id"))),
             QByteArrayList({ "items_not_found: there are no items at \"/results\" of the answer: "
                              "the answer is an object with \"data\", \"ok\"" }));
    QCOMPARE(read("[]", channel(QStringLiteral("/results"), fields("id"))),
             QByteArrayList({ "items_not_found: there are no items at \"/results\" of the answer: "
                              "the answer is a list" }));
    QCOMPARE(readItems(body, channel(QStringLiteral("data"), {})).error().code,
             QStringLiteral("items_not_found"));
}

void TestItemReaderErrors::wrongKindAtThePath_isNotItems()
{
    QCOMPARE(read(R"({"a":{"b":1}})", channel(QStringLiteral("/a"), fields("id"), Shape::Array)),
             QByteArrayList(
                 { "not_items: \"/a\" of the answer is an object; a list of items was expected" }));
    QCOMPARE(read("[1]", channel({}, {}, Shape::Map)),
             QByteArrayList({ "not_items: the answer is a list; an object whose members are the "
                              "items was expected" }));
    QCOMPARE(readItems("5", channel({}, {}, Shape::Array)).error().code,
             QStringLiteral("not_items"));
    QCOMPARE(readItems("null", channel({}, {}, Shape::Map)).error().code,
             QStringLiteral("not_items"));
}

void TestItemReaderErrors::nullOrErrorReportForAList_isNotItems()
{
    QCOMPARE(
        read(R"({"results":null})", channel(QStringLiteral("/results"), {})),
        QByteArrayList(
            { "not_items: \"/results\" of the answer is null; a list of items was expected" }));
    QCOMPARE(
        read(R"({"error":"over quota"})", channel({}, fields("id"))),
        QByteArrayList({ "not_items: the answer is an object; a list of items was expected" }));
    QCOMPARE(readItems("null", channel({}, fields("id"))).error().code,
             QStringLiteral("not_items"));
}

void TestItemReaderErrors::objectsWithoutIdField_nameWhatWouldDo_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("candidates");
    const auto row = [](const char *name, const char *body, const char *candidates) {
        QTest::newRow(name) << QByteArray(body) << QString::fromLatin1(candidates);
    };
    row("unique members, ids first",
        R"([{"name":"a","kind":1,"stationId":7},{"name":"b","kind":1,"stationId":8}])",
        "these would do: \"stationId\", \"name\"");
    row("missing in one", R"([{"id":1,"n":1},{"id":2}])", "these would do: \"id\"");
    row("no scalar", R"([{"id":1,"n":null},{"id":2,"n":[]}])", "these would do: \"id\"");
    row("empty once", R"([{"id":1,"n":"a"},{"id":2,"n":""}])", "these would do: \"id\"");
    row("nested", R"([{"properties":{"id":1,"m":5}},{"properties":{"id":2,"m":5}}])",
        "these would do: \"/properties/id\"");
    row("outer before nested", R"([{"p":{"id":1},"k":1},{"p":{"id":2},"k":2}])",
        "these would do: \"k\", \"/p/id\"");
    row("name with slash", R"([{"a/b":1},{"a/b":2}])", "these would do: \"a/b\"");
    row("name like a pointer", R"([{"/b":1},{"/b":2}])", "these would do: \"/~1b\"");
    row("lists", R"([["x",1],["y",1]])", "these would do: \"/0\"");
    row("none", R"([{"a":1,"b":1},{"a":1,"b":1}])",
        "no one member is in every item and different in each: name several");
    row("number and string collide", R"([{"a":1},{"a":"1"}])",
        "no one member is in every item and different in each: name several");
    row("objects among scalars", R"([1,{"a":1}])",
        "no one member is in every item and different in each: name several");
    row("empty objects", "[{}]",
        "no one member is in every item and different in each: name several");
    row("many", R"([{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1}])",
        "these would do: \"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \x85");
}

void TestItemReaderErrors::objectsWithoutIdField_nameWhatWouldDo()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, candidates);
    candidates.replace(QChar(0x85), QChar(0x2026));
    const Result<PolledItems> polled = readItems(body, channel({}, {}));
    QVERIFY(!polled);
    QCOMPARE(polled.error().code, QStringLiteral("needs_id_field"));
    QCOMPARE(
        polled.error().message,
        QString(QStringLiteral(
                    "the channel needs id_field, as its items are no plain strings or numbers; ")
                + candidates));
}

QTEST_GUILESS_MAIN(TestItemReaderErrors)
#include "tst_itemreadererrors.moc"
