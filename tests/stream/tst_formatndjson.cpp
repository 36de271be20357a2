#include "core/stream/formatndjson.h"
#include "tests/stream/formats.h"

#include <QTest>

using namespace restream;

class TestFormatNdjson : public QObject
{
    Q_OBJECT

private slots:
    void lines_becomeAListWithTheirTextsUntouched_data();
    void lines_becomeAListWithTheirTextsUntouched();
    void brokenLine_isNamed_data();
    void brokenLine_isNamed();
};

void TestFormatNdjson::lines_becomeAListWithTheirTextsUntouched_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *name, const char *text, const char *json) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(json);
    };
    row("objects", "{\"a\":1.10}\n{\"a\": 9007199254740993 }\n",
        "[{\"a\":1.10},{\"a\": 9007199254740993 }]");
    row("one line without an end", "{\"a\":1}", "[{\"a\":1}]");
    row("CRLF", "1\r\n2\r\n", "[1\r,2\r]");
    row("blank lines", "\n \r\n\t\n1\n\n2\n\n", "[1,2]");
    row("any value", "null\n\"a\\/b\"\n[1]\n", "[null,\"a\\/b\",[1]]");
    row("duplicate members", "{\"a\":1,\"a\":2}\n", "[{\"a\":1,\"a\":2}]");
}

void TestFormatNdjson::lines_becomeAListWithTheirTextsUntouched()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, json);
    QCOMPARE(shown(ndjsonToJson(text)), json);
    QVERIFY(!validateJson(json));
}

void TestFormatNdjson::brokenLine_isNamed_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("error");
    const auto row = [](const char *name, const char *text, const char *error) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(error);
    };
    row("a value over two lines", "{\"a\":1\n\"b\":2}\n",
        "line 1 is not JSON: the text ends too early at column 7");
    row("the third line", "1\n\n{\"a\":NaN}\n",
        "line 3 is not JSON: NaN is no JSON value at column 6");
    row("cut off", "{\"a\":1}\n{\"a\"", "line 2 is not JSON: the text ends too early at column 5");
    row("two values in a line", "1 2\n",
        "line 1 is not JSON: nothing was expected after the value at column 3");
    row("pretty-printed JSON", "[\n1\n]\n",
        "line 1 is not JSON: the text ends too early at column 2");
    row("a comma between lines", "1,\n2\n",
        "line 1 is not JSON: nothing was expected after the value at column 2");
}

void TestFormatNdjson::brokenLine_isNamed()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, error);
    QCOMPARE(shown(ndjsonToJson(text)),
             QByteArray("not_ndjson: the answer can't be read as NDJSON: " + error));
}

QTEST_GUILESS_MAIN(TestFormatNdjson)
#include "tst_formatndjson.moc"
