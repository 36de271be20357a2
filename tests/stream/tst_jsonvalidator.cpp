#include "core/stream/jsontext.h"
#include "tests/stream/testjson.h"

#include <QTest>

using namespace restream;

/// RFC 8259, the cases of the JSON test suites that parsers are known to get wrong, and what errors say.
class TestJsonValidator : public QObject
{
    Q_OBJECT

private slots:
    void validText_isAccepted_data();
    void validText_isAccepted();
    void invalidText_isRefusedAtItsOffset_data();
    void invalidText_isRefusedAtItsOffset();
    void everyPrefixOfAValue_isRefused();
    void everyRawControlCharacter_isRefusedInStringsAtEveryPlace();
    void specialBytes_areSeenAtEveryPlaceOfAString();
    void invalidUtf8_isRefusedAtItsOffset_data();
    void invalidUtf8_isRefusedAtItsOffset();
    void depth_isLimitedTo1024();
    void millionOpenBrackets_areRefusedWithoutRecursion();
    void textInTheMiddleOfABuffer_isNotReadBeyondItsEnd();
    void randomDocuments_areAcceptedAndNotWithAByteLess();
};

static bool isValid(const QByteArray &json)
{
    return !validateJson(json);
}

static std::optional<JsonError> errorOf(const QByteArray &json)
{
    return validateJson(json);
}

void TestJsonValidator::validText_isAccepted_data()
{
    QTest::addColumn<QByteArray>("json");
    const char *const texts[] = {
        "[]", "{}", "[[]   ]", "[\"\"]", "null", "true", "false", "42", "-0.1", "\"asd\"", "\"\"", " [] ", "\n[\r]\t",
        "[]\n", "  1  ", "0", "-0", "-0.0", "0e1", "0e+1", "0E-1", "-123", "123456789", "0.1", "10.01", "1.0", "1E22", "1E-2",
        "1E+2", "123e45", "123.456e78", "123.456789", "1e400", "-1e-400", "1e99999999999999999999",
        "123123123123123123123123123123", "-237462374673276894279832749832423479823246327846",
        "0.000000000000000000000000000000000000000000000000000000000000000000000000000001",
        "{\"a\":[1,2]}", "{\"a\":1,\"a\":1}", "{\"a\":1,\"a\":2}", "{\"\":0}", "{\"foo\\u0000bar\":42}", "{\"a\": []}",
        "{ \"min\": -1.0e+28, \"max\": 1.0e+28 }", "[1 , 2,\n3]", "[null, 1, \"1\", {}]", "[1,null,null,null,2]", "[[[[1]]]]",
        "\"\\u0060\\u012a\\u12AB\"", "\"\\uD801\\udc37\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0000\"", "\"\\u0012\"",
        "\"\\uFFFF\"", "\"\\\\u0000\"", "\"\\\\n\"", "\"\\uDFAA\"", "\"\\uD800\"", "\"\\uD800\\n\"", "\"\\uDd1e\\uD834\"",
        "\"\\uD834\\uDd1e\"", "\"\x7f\"", "\"\xc3\xa9\"", "\"\xe2\x82\xac\"", "\"\xf0\x9f\x98\x80\"", "\"\xef\xbf\xbf\"",
        "\"\xf4\x8f\xbf\xbf\"", "\"\xed\x9f\xbf\"", "\"\xee\x80\x80\"", "\"\xef\xbb\xbf\"", "\"\xe2\x80\xa8\"", "\"a/*b*/c\"",
        "\"\\u005C\"", "\"\\u0022\"", "\"\xe2\x8d\x82\xe3\x88\xb4\"", "{\"title\":\"\\u041f\\u043e\"}", "\"[\\\"]\"",
    };
    for (const char *text : texts)
        QTest::newRow(text) << QByteArray(text);
}

void TestJsonValidator::validText_isAccepted()
{
    QFETCH(QByteArray, json);
    const std::optional<JsonError> error = validateJson(json);
    QVERIFY2(!error, error ? qPrintable(error->message) : "");
}

void TestJsonValidator::invalidText_isRefusedAtItsOffset_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("offset");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *json, int offset, const char *message) {
        QTest::newRow(json) << QByteArray(json) << offset << QString::fromLatin1(message);
    };
    const char *const ends = "the text ends too early";
    const char *const value = "a value was expected";
    const char *const inArray = "a comma or ] was expected";
    const char *const inObject = "a comma or } was expected";
    const char *const name = "a name in double quotes was expected";
    const char *const colon = "a colon was expected";
    const char *const digit = "a digit was expected";
    const char *const zero = "a number does not begin with 0";
    const char *const after = "nothing was expected after the value";
    const char *const escape = "JSON has no such escape";
    const char *const hex = "four hexadecimal digits were expected";
    const char *const bom = "JSON does not begin with a byte order mark";

    row("", 0, ends);
    row(" ", 1, ends);
    row("[", 1, ends);
    row("[1", 2, ends);
    row("[1,", 3, ends);
    row("{\"a\"", 4, ends);
    row("{\"a\":", 5, ends);
    row("\"", 1, ends);
    row("\"a", 2, ends);
    row("\"\\", 2, ends);
    row("\"\\\"", 3, ends);
    row("\"\\u12", 5, ends);
    row("tru", 3, ends);
    row("-", 1, ends);
    row("1.", 2, ends);
    row("1e", 2, ends);
    row("1e+", 3, ends);
    row("[1,]", 3, value);
    row("[,1]", 1, value);
    row("[1,,2]", 3, value);
    row("[,]", 1, value);
    row("]", 0, value);
    row("}", 0, value);
    row(",", 0, value);
    row("'a'", 0, value);
    row("abc", 0, value);
    row("truE", 0, value);
    row("nulL", 0, value);
    row("True", 0, "True is no JSON value");
    row("[undefined]", 1, "undefined is no JSON value");
    row("NaN", 0, "NaN is no JSON value");
    row("[1,NaN]", 3, "NaN is no JSON value");
    row("{\"a\":Infinity}", 5, "Infinity is no JSON value");
    row("-Infinity", 1, digit);
    row("-NaN", 1, digit);
    row("+1", 0, value);
    row(".5", 0, value);
    row("[*]", 1, value);
    row("<html>", 0, value);
    row("/**/1", 0, value);
    row("{\"a\":/*x*/1}", 5, value);
    row("[1 2]", 3, inArray);
    row("[1}", 2, inArray);
    row("[1:2]", 2, inArray);
    row("[\"a\"\"b\"]", 4, inArray);
    row("[1a]", 2, inArray);
    row("[1.5.2]", 4, inArray);
    row("[nullx]", 5, inArray);
    row("[0x1]", 2, inArray);
    row("[1e2.5]", 4, inArray);
    row("{\"a\":1]", 6, inObject);
    row("{\"a\":1 \"b\":2}", 7, inObject);
    row("{\"a\":1;}", 6, inObject);
    row("{1:2}", 1, name);
    row("{a:2}", 1, name);
    row("{'a':2}", 1, name);
    row("{\"a\":1,}", 7, name);
    row("{,}", 1, name);
    row("{]", 1, name);
    row("{null:1}", 1, name);
    row("{[]:1}", 1, name);
    row("{\"a\" 1}", 5, colon);
    row("{\"a\"}", 4, colon);
    row("{\"a\",1}", 4, colon);
    row("{\"a\":}", 5, value);
    row("{\"a\"::1}", 5, value);
    row("01", 0, zero);
    row("-01", 1, zero);
    row("[00]", 1, zero);
    row("[1,02]", 3, zero);
    row("1.e1", 2, digit);
    row("[1.]", 3, digit);
    row("[-]", 2, digit);
    row("[-a]", 2, digit);
    row("[--1]", 2, digit);
    row("[-.5]", 2, digit);
    row("[1e]", 3, digit);
    row("[1e+]", 4, digit);
    row("[1ee2]", 3, digit);
    row("[0e+-1]", 4, digit);
    row("1 2", 2, after);
    row("{} {}", 3, after);
    row("[]]", 2, after);
    row("\"a\"x", 3, after);
    row("1x", 1, after);
    row("nullx", 4, after);
    row("[1],", 3, after);
    row("\"\\x00\"", 1, escape);
    row("\"\\a\"", 1, escape);
    row("\"\\'\"", 1, escape);
    row("\"\\U0041\"", 1, escape);
    row("\"\\ \"", 1, escape);
    row("\"\\\xc3\xa9\"", 1, escape);
    row("\"\\u12\"", 5, hex);
    row("\"\\u00G0\"", 5, hex);
    row("\"\\u-123\"", 3, hex);
    row("\"\\uD800\\u\"", 9, hex);
    row("\xef\xbb\xbf{}", 0, bom);
    row("[\xef\xbb\xbf]", 1, value);
    row("[\xc2\xa0]", 1, value);
    row("[1\x0c]", 2, inArray);
    row("\v1", 0, value);
}

void TestJsonValidator::invalidText_isRefusedAtItsOffset()
{
    QFETCH(QByteArray, json);
    QFETCH(int, offset);
    QFETCH(QString, message);
    const std::optional<JsonError> error = validateJson(json);
    QVERIFY(error);
    QCOMPARE(error->message, message);
    QCOMPARE(error->offset, offset);
}

void TestJsonValidator::everyPrefixOfAValue_isRefused()
{
    const QByteArray json = R"({"a":[1.5e+3,-0,true,null,false,{"\u00e9\"":"x\\y"}],"b":{}})";
    QVERIFY(isValid(json));
    for (qsizetype length = 0; length < json.size(); ++length) {
        const auto error = validateJson(QByteArrayView(json).first(length));
        QVERIFY2(error, json.first(length).constData());
        QCOMPARE(error->message, QStringLiteral("the text ends too early"));
    }
}

void TestJsonValidator::everyRawControlCharacter_isRefusedInStringsAtEveryPlace()
{
    for (int before = 0; before < 40; ++before) {
        for (int c = 0; c < 0x20; ++c) {
            const QByteArray json = '"' + QByteArray(before, 'x') + char(c) + QByteArray(20, 'y') + '"';
            const auto error = errorOf(json);
            QVERIFY(error);
            QCOMPARE(error->offset, before + 1);
        }
    }
    QVERIFY(!isValid(QByteArray("[1\0]", 4)));
    QVERIFY(!isValid(QByteArray("1\0", 2)));
}

void TestJsonValidator::specialBytes_areSeenAtEveryPlaceOfAString()
{
    for (int before = 0; before < 40; ++before) {
        const QByteArray fill(before, 'x');
        QVERIFY(isValid("[\"" + fill + "\\\"\",1]"));
        QVERIFY(isValid("[\"" + fill + "\\\\\",1]"));
        QVERIFY(!isValid("[\"" + fill + "\\\\\"\",1]"));
        QVERIFY(!isValid('"' + fill + "\\q" + QByteArray(20, 'y') + '"'));
        QVERIFY(isValid('"' + fill + "\x7f\x20" + QByteArray(20, 'y') + '"'));
    }
}

void TestJsonValidator::invalidUtf8_isRefusedAtItsOffset_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("lone continuation") << QByteArray("\x80");
    QTest::newRow("lone lead") << QByteArray("\xc3");
    QTest::newRow("lead then ASCII") << QByteArray("\xe2\x82x");
    QTest::newRow("overlong slash") << QByteArray("\xc0\xaf");
    QTest::newRow("overlong two bytes") << QByteArray("\xc1\xbf");
    QTest::newRow("overlong three bytes") << QByteArray("\xe0\x80\xaf");
    QTest::newRow("overlong three bytes, last") << QByteArray("\xe0\x9f\xbf");
    QTest::newRow("overlong four bytes") << QByteArray("\xf0\x80\x80\xaf");
    QTest::newRow("overlong four bytes, last") << QByteArray("\xf0\x8f\xbf\xbf");
    QTest::newRow("high surrogate") << QByteArray("\xed\xa0\x80");
    QTest::newRow("low surrogate") << QByteArray("\xed\xbf\xbf");
    QTest::newRow("pair of surrogates") << QByteArray("\xed\xa0\xbd\xed\xb8\x80");
    QTest::newRow("beyond U+10FFFF") << QByteArray("\xf4\x90\x80\x80");
    QTest::newRow("five bytes") << QByteArray("\xf8\x88\x80\x80\x80");
    QTest::newRow("six bytes") << QByteArray("\xfc\x84\x80\x80\x80\x80");
    QTest::newRow("FE") << QByteArray("\xfe");
    QTest::newRow("FF") << QByteArray("\xff");
    QTest::newRow("Latin-1") << QByteArray("caf\xe9");
}

void TestJsonValidator::invalidUtf8_isRefusedAtItsOffset()
{
    QFETCH(QByteArray, bytes);
    const QByteArray ascii = bytes.startsWith('c') ? bytes.first(3) : QByteArray();
    for (const int before : { 0, 1, 15, 63, 200 }) {
        const QByteArray begin = "[\"\xc3\xa9" + QByteArray(before, 'x');
        for (const QByteArray &json : { QByteArray(begin + bytes + "\"]"), QByteArray(begin + bytes) }) {
            const auto error = errorOf(json);
            QVERIFY(error);
            QCOMPARE(error->message, QStringLiteral("bytes that are not UTF-8"));
            QCOMPARE(error->offset, begin.size() + ascii.size());
        }
    }
    const auto earlier = errorOf("[1,] \"" + bytes + '"');
    QCOMPARE(earlier->offset, 3);
}

void TestJsonValidator::depth_isLimitedTo1024()
{
    const auto nested = [](int depth, const QByteArray &open, const QByteArray &close) -> QByteArray {
        return open.repeated(depth) + "1" + close.repeated(depth);
    };
    QVERIFY(isValid(nested(1024, "[", "]")));
    QVERIFY(isValid(nested(1024, "{\"a\":", "}")));
    const auto arrays = errorOf(nested(1025, "[", "]"));
    QVERIFY(arrays);
    QCOMPARE(arrays->offset, 1024);
    QCOMPARE(arrays->message, QStringLiteral("arrays and objects nest more than 1,024 deep"));
    const auto empty = errorOf(QByteArray(1025, '[') + QByteArray(1025, ']'));
    QVERIFY(empty);
    QCOMPARE(empty->offset, 1024);
    QVERIFY(!isValid(nested(1025, "{\"a\":", "}")));
}

void TestJsonValidator::millionOpenBrackets_areRefusedWithoutRecursion()
{
    QVERIFY(!isValid(QByteArray(1'000'000, '[')));
    QVERIFY(!isValid(QByteArray("{\"a\":").repeated(200'000)));
    QByteArray wide = "[" + QByteArray("[],{},").repeated(200'000) + "0]";
    QVERIFY(isValid(wide));
}

void TestJsonValidator::textInTheMiddleOfABuffer_isNotReadBeyondItsEnd()
{
    const QByteArray buffer = R"("abc"123truefalse[1]xyz)";
    QVERIFY(!validateJson(QByteArrayView(buffer).sliced(0, 5)));
    QVERIFY(validateJson(QByteArrayView(buffer).sliced(0, 4)));
    QVERIFY(!validateJson(QByteArrayView(buffer).sliced(5, 1)));
    QVERIFY(!validateJson(QByteArrayView(buffer).sliced(8, 4)));
    QVERIFY(validateJson(QByteArrayView(buffer).sliced(8, 3)));
    QVERIFY(validateJson(QByteArrayView()));
    // The heap's own bounds are what the address sanitizer watches.
    for (int size = 1; size < 80; ++size) {
        const std::vector<char> open(size_t(size), '"');
        QVERIFY(validateJson(QByteArrayView(open.data(), size)) || size == 2);
    }
}

void TestJsonValidator::randomDocuments_areAcceptedAndNotWithAByteLess()
{
    QRandomGenerator random(20260401);
    for (int i = 0; i < 3000; ++i) {
        const QByteArray json = TestJson::random(random).write(random);
        const auto error = validateJson(json);
        QVERIFY2(!error, json.constData());
        const QByteArray trimmed = json.trimmed();
        const char first = trimmed.front();
        if (first == '[' || first == '{' || first == '"')
            QVERIFY2(validateJson(trimmed.chopped(1)), json.constData());
    }
}

QTEST_GUILESS_MAIN(TestJsonValidator)
#include "tst_jsonvalidator.moc"
