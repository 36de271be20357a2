#include "core/stream/formatcsv.h"
#include "tests/stream/formats.h"

#include <QTest>

using namespace restream;

namespace {

QByteArray csv(const QByteArray &text, const char *delimiter = ",", bool numbers = false)
{
    return shown(csvToJson(text, { QString::fromUtf8(delimiter), numbers }, 1'000'000));
}

}

class TestFormatCsv : public QObject
{
    Q_OBJECT

private slots:
    void rows_becomeObjects_data();
    void rows_becomeObjects();
    void delimiter_isAnyCharacter();
    void numbers_areThoseOfJson_data();
    void numbers_areThoseOfJson();
    void numbers_stayTextUnlessAskedFor();
    void brokenText_namesItsPlace_data();
    void brokenText_namesItsPlace();
    void manyEqualNames_areToldApartInLinearSteps();
    void tooMuchJson_isRefused();
};

void TestFormatCsv::rows_becomeObjects_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *name, const QByteArray &text, const char *json) {
        QTest::newRow(name) << text << QByteArray(json);
    };
    row("LF", "a,b\n1,2\n3,4\n", R"([{"a":"1","b":"2"},{"a":"3","b":"4"}])");
    row("CRLF", "a,b\r\n1,2\r\n", R"([{"a":"1","b":"2"}])");
    row("no last line end", "a,b\n1,2", R"([{"a":"1","b":"2"}])");
    row("header alone", "a,b\n", "[]");
    row("header alone without a line end", "a,b", "[]");
    row("one column", "a\n1\n2\n", R"([{"a":"1"},{"a":"2"}])");
    row("empty lines", "\n\r\na,b\n\n1,2\r\n\r\n3,4\n\n\n",
        R"([{"a":"1","b":"2"},{"a":"3","b":"4"}])");
    row("empty fields", "a,b,c\n,,\n1,,\n", R"([{"a":"","b":"","c":""},{"a":"1","b":"","c":""}])");
    row("an empty field at the very end", "a,b\n1,", R"([{"a":"1","b":""}])");
    row("the only field, empty and quoted", "a\n\"\"\n", R"([{"a":""}])");
    row("quotes", "a,b\n\"1,2\",\"x \"\"y\"\" z\"\n", R"([{"a":"1,2","b":"x \"y\" z"}])");
    row("nothing but quotes", "a\n\"\"\"\"\n\"\"\"\"\"\"\n", R"([{"a":"\""},{"a":"\"\""}])");
    row("line ends in quotes", "a,b\n\"1\n2\",\"3\r\n4\"\n", R"([{"a":"1\n2","b":"3\r\n4"}])");
    row("quoted header", "\"a,b\",\"c\nd\"\n1,2\n", R"([{"a,b":"1","c\nd":"2"}])");
    row("a quote inside a field", "a,b\n5\" pipe,x\n", R"([{"a":"5\" pipe","b":"x"}])");
    row("white space is part of a field", " a , b\n 1 ,\t2\n", R"([{" a ":" 1 "," b":"\t2"}])");
    row("a CR alone is part of a field", "a,b\n1\r2,3\r\n", R"([{"a":"1\r2","b":"3"}])");
    row("control characters", QByteArray("a\n\0\x1f\\\n", 6), R"([{"a":"\u0000\u001f\\"}])");
    row("not ASCII", "\xc3\xa9\n\xf0\x9f\x98\x80\n", "[{\"\xc3\xa9\":\"\xf0\x9f\x98\x80\"}]");
    row("a name twice", "a,b,a,a\n1,2,3,4\n", R"([{"a":"1","b":"2","a_2":"3","a_3":"4"}])");
    row("a name that is taken", "a,a_2,a\n1,2,3\n", R"([{"a":"1","a_2":"2","a_3":"3"}])");
    row("no name", "a,,\n1,2,3\n", R"([{"a":"1","":"2","_2":"3"}])");
}

void TestFormatCsv::rows_becomeObjects()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, json);
    QCOMPARE(csv(text), json);
    QVERIFY(!validateJson(json));
}

void TestFormatCsv::delimiter_isAnyCharacter()
{
    QCOMPARE(csv("a;b\n1,5;2\n", ";"), QByteArray(R"([{"a":"1,5","b":"2"}])"));
    QCOMPARE(csv("a\tb\n\t2\n", "\t"), QByteArray(R"([{"a":"","b":"2"}])"));
    QCOMPARE(csv("a|b\n\"1|x\"|2\n", "|"), QByteArray(R"([{"a":"1|x","b":"2"}])"));
    // Its first byte is that of other characters, too.
    QCOMPARE(csv("a\xc2\xa7"
                 "b\n\xc2\xa9\xc2\xa7\"2\"\n",
                 "\xc2\xa7"),
             QByteArray("[{\"a\":\"\xc2\xa9\",\"b\":\"2\"}]"));
    QCOMPARE(csv("a b\n1 2\n", " "), QByteArray(R"([{"a":"1","b":"2"}])"));
}

void TestFormatCsv::numbers_areThoseOfJson_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("isNumber");
    for (const char *number : { "0", "-0", "12", "1.10", "-1.5e-3", "1E+400", "9007199254740993" })
        QTest::newRow(number) << QByteArray(number) << true;
    for (const char *text : { "", "-", "01", "+1", ".5", "1.", "1e", "0x10", "NaN", "1 ", " 1",
                              "1a", "1_000", "true", "null", "[1]", "--1", "1.2.3" })
        QTest::newRow(text) << QByteArray(text) << false;
}

void TestFormatCsv::numbers_areThoseOfJson()
{
    QFETCH(QByteArray, value);
    QFETCH(bool, isNumber);
    const QByteArray json = isNumber ? value : QByteArray('"' + value + '"');
    QCOMPARE(csv("a,b\n" + value + ",x\n", ",", true),
             QByteArray("[{\"a\":" + json + ",\"b\":\"x\"}]"));
    QCOMPARE(csv("a,b\n\"" + value + "\",x\n", ",", true),
             QByteArray("[{\"a\":" + json + ",\"b\":\"x\"}]"));
}

void TestFormatCsv::numbers_stayTextUnlessAskedFor()
{
    QCOMPARE(csv("a\n1.10\n"), QByteArray(R"([{"a":"1.10"}])"));
    QCOMPARE(csv("1,2\n3,4\n", ",", true), QByteArray(R"([{"1":3,"2":4}])"));
}

void TestFormatCsv::brokenText_namesItsPlace_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("error");
    const auto row = [](const char *name, const QByteArray &text, const char *error) {
        QTest::newRow(name) << text << QByteArray(error);
    };
    row("too few fields", "a,b,c\n1,2,3\n1,2\n",
        "there are 2 fields where the header has 3, in line 3");
    row("too many fields", "a,b\n\n1,2,3\n",
        "there are 3 fields where the header has 2, in line 3");
    row("a row over several lines counts from its first", "a,b\n\"x\ny\"\n",
        "there are 1 fields where the header has 2, in line 2");
    row("lines inside quotes count", "a,b\n\"x\r\ny\",1\n1\n",
        "there are 1 fields where the header has 2, in line 4");
    row("a quote that is never closed", "a,b\n1,\"x\ny\n",
        "the quote is never closed that begins a field in line 2");
    row("a quote in the header that is never closed", "\"a,b\n1,2\n",
        "the quote is never closed that begins a field in line 1");
    row("text behind a closing quote", "a,b\n1,\"x\"y\n",
        "a delimiter or a line end was expected behind the closing quote, at column 6, in line 2");
    row("white space behind a closing quote", "a,b\n\"x\" ,1\n",
        "a delimiter or a line end was expected behind the closing quote, at column 4, in line 2");
    row("a CR alone behind a closing quote", "a\n\"x\"\r\"y\"\n",
        "a delimiter or a line end was expected behind the closing quote, at column 4, in line 2");
}

void TestFormatCsv::brokenText_namesItsPlace()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, error);
    QCOMPARE(csv(text), QByteArray("not_csv: the answer can't be read as CSV: " + error));
}

void TestFormatCsv::manyEqualNames_areToldApartInLinearSteps()
{
    // Quadratic, it would not end within the test's time limit.
    const qsizetype columns = 100'000;
    const QByteArray text = QByteArray("a,").repeated(columns) + "a\n";
    const Result<QByteArray> json =
        csvToJson(text + QByteArray("1,").repeated(columns) + "1\n", {}, 100'000'000);
    QVERIFY(json);
    QVERIFY(json->endsWith(",\"a_100001\":\"1\"}]"));
}

void TestFormatCsv::tooMuchJson_isRefused()
{
    // A long name that each of many short rows repeats.
    const QByteArray text = QByteArray(1000, 'n') + '\n' + QByteArray("1\n").repeated(1000);
    const Result<QByteArray> json = csvToJson(text, {}, 100'000);
    QVERIFY(!json);
    QCOMPARE(json.error().code, QStringLiteral("too_large"));
    QVERIFY2(json.error().message.contains(QStringLiteral("raise it, or ask for less")),
             qPrintable(json.error().message));
    QVERIFY(csvToJson(text, {}, 2'000'000));
}

QTEST_GUILESS_MAIN(TestFormatCsv)
#include "tst_formatcsv.moc"
