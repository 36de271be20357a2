#include "core/stream/jsontext.h"
#include "tests/stream/testjson.h"

#include <QTest>

using namespace restream;

namespace {

// clang-format off
const char *const acceptedTexts[] = {
    "[]", "{}", "[[]   ]", "[\"\"]", "null", "true", "false", "42", "-0.1", "\"asd\"", "\"\"",
    " [] ", "\n[\r]\t", "[]\n", "  1  ", "0", "-0", "-0.0", "0e1", "0e+1", "0E-1", "-123",
    "123456789", "0.1", "10.01", "1.0", "1E22", "1E-2", "1E+2", "123e45", "123.456e78",
    "123.456789", "1e400", "-1e-400", "1e99999999999999999999", "123123123123123123123123123123",
    "-237462374673276894279832749832423479823246327846",
    "0.000000000000000000000000000000000000000000000000000000000000000000000000000001",
    "{\"a\":[1,2]}", "{\"a\":1,\"a\":1}", "{\"a\":1,\"a\":2}", "{\"\":0}",
    "{\"foo\\u0000bar\":42}", "{\"a\": []}", "{ \"min\": -1.0e+28, \"max\": 1.0e+28 }",
    "[1 , 2,\n3]", "[null, 1, \"1\", {}]", "[1,null,null,null,2]", "[[[[1]]]]",
    "\"\\u0060\\u012a\\u12AB\"", "\"\\uD801\\udc37\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\u0000\"", "\"\\u0012\"", "\"\\uFFFF\"", "\"\\\\u0000\"", "\"\\\\n\"", "\"\\uDFAA\"",
    "\"\\uD800\"", "\"\\uD800\\n\"", "\"\\uDd1e\\uD834\"", "\"\\uD834\\uDd1e\"", "\"\x7f\"",
    "\"\xc3\xa9\"", "\"\xe2\x82\xac\"", "\"\xf0\x9f\x98\x80\"", "\"\xef\xbf\xbf\"",
    "\"\xf4\x8f\xbf\xbf\"", "\"\xed\x9f\xbf\"", "\"\xee\x80\x80\"", "\"\xef\xbb\xbf\"",
    "\"\xe2\x80\xa8\"", "\"a/*b*/c\"", "\"\\u005C\"", "\"\\u0022\"",
    "\"\xe2\x8d\x82\xe3\x88\xb4\"", "{\"title\":\"\\u041f\\u043e\"}", "\"[\\\"]\""
};
// clang-format on

constexpr const char *ends = "the text ends too early";
constexpr const char *value = "a value was expected";
constexpr const char *inArray = "a comma or ] was expected";
constexpr const char *inObject = "a comma or } was expected";
constexpr const char *name = "a name in double quotes was expected";
constexpr const char *colon = "a colon was expected";
constexpr const char *digit = "a digit was expected";
constexpr const char *zero = "a number does not begin with 0";
constexpr const char *after = "nothing was expected after the value";
constexpr const char *escape = "JSON has no such escape";
constexpr const char *hex = "four hexadecimal digits were expected";
constexpr const char *bom = "JSON does not begin with a byte order mark";

const struct
{
    const char *json;
    int offset;
    const char *message;
} refusedTexts[] = { { "", 0, ends },
                     { " ", 1, ends },
                     { "[", 1, ends },
                     { "[1", 2, ends },
                     { "[1,", 3, ends },
                     { "{\"a\"", 4, ends },
                     { "{\"a\":", 5, ends },
                     { "\"", 1, ends },
                     { "\"a", 2, ends },
                     { "\"\\", 2, ends },
                     { "\"\\\"", 3, ends },
                     { "\"\\u12", 5, ends },
                     { "tru", 3, ends },
                     { "-", 1, ends },
                     { "1.", 2, ends },
                     { "1e", 2, ends },
                     { "1e+", 3, ends },
                     { "[1,]", 3, value },
                     { "[,1]", 1, value },
                     { "[1,,2]", 3, value },
                     { "[,]", 1, value },
                     { "]", 0, value },
                     { "}", 0, value },
                     { ",", 0, value },
                     { "'a'", 0, value },
                     { "abc", 0, value },
                     { "truE", 0, value },
                     { "nulL", 0, value },
                     { "True", 0, "True is no JSON value" },
                     { "[undefined]", 1, "undefined is no JSON value" },
                     { "NaN", 0, "NaN is no JSON value" },
                     { "[1,NaN]", 3, "NaN is no JSON value" },
                     { "{\"a\":Infinity}", 5, "Infinity is no JSON value" },
                     { "-Infinity", 1, digit },
                     { "-NaN", 1, digit },
                     { "+1", 0, value },
                     { ".5", 0, value },
                     { "[*]", 1, value },
                     { "<html>", 0, value },
                     { "/**/1", 0, value },
                     { "{\"a\":/*x*/1}", 5, value },
                     { "[1 2]", 3, inArray },
                     { "[1}", 2, inArray },
                     { "[1:2]", 2, inArray },
                     { "[\"a\"\"b\"]", 4, inArray },
                     { "[1a]", 2, inArray },
                     { "[1.5.2]", 4, inArray },
                     { "[nullx]", 5, inArray },
                     { "[0x1]", 2, inArray },
                     { "[1e2.5]", 4, inArray },
                     { "{\"a\":1]", 6, inObject },
                     { "{\"a\":1 \"b\":2}", 7, inObject },
                     { "{\"a\":1;}", 6, inObject },
                     { "{1:2}", 1, name },
                     { "{a:2}", 1, name },
                     { "{'a':2}", 1, name },
                     { "{\"a\":1,}", 7, name },
                     { "{,}", 1, name },
                     { "{]", 1, name },
                     { "{null:1}", 1, name },
                     { "{[]:1}", 1, name },
                     { "{\"a\" 1}", 5, colon },
                     { "{\"a\"}", 4, colon },
                     { "{\"a\",1}", 4, colon },
                     { "{\"a\":}", 5, value },
                     { "{\"a\"::1}", 5, value },
                     { "01", 0, zero },
                     { "-01", 1, zero },
                     { "[00]", 1, zero },
                     { "[1,02]", 3, zero },
                     { "1.e1", 2, digit },
                     { "[1.]", 3, digit },
                     { "[-]", 2, digit },
                     { "[-a]", 2, digit },
                     { "[--1]", 2, digit },
                     { "[-.5]", 2, digit },
                     { "[1e]", 3, digit },
                     { "[1e+]", 4, digit },
                     { "[1ee2]", 3, digit },
                     { "[0e+-1]", 4, digit },
                     { "1 2", 2, after },
                     { "{} {}", 3, after },
                     { "[]]", 2, after },
                     { "\"a\"x", 3, after },
                     { "1x", 1, after },
                     { "nullx", 4, after },
                     { "[1],", 3, after },
                     { "\"\\x00\"", 1, escape },
                     { "\"\\a\"", 1, escape },
                     { "\"\\'\"", 1, escape },
                     { "\"\\U0041\"", 1, escape },
                     { "\"\\ \"", 1, escape },
                     { "\"\\\xc3\xa9\"", 1, escape },
                     { "\"\\u12\"", 5, hex },
                     { "\"\\u00G0\"", 5, hex },
                     { "\"\\u-123\"", 3, hex },
                     { "\"\\uD800\\u\"", 9, hex },
                     { "\xef\xbb\xbf{}", 0, bom },
                     { "[\xef\xbb\xbf]", 1, value },
                     { "[\xc2\xa0]", 1, value },
                     { "[1\x0c]", 2, inArray },
                     { "\v1", 0, value } };

bool isValid(const QByteArray &json)
{
    return !validateJson(json);
}

std::optional<JsonError> errorOf(const QByteArray &json)
{
    return validateJson(json);
}

}

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

void TestJsonValidator::validText_isAccepted_data()
{
    QTest::addColumn<QByteArray>("json");
    for (const char *text : acceptedTexts)
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
    for (const auto &[json, offset, message] : refusedTexts)
        QTest::newRow(json) << QByteArray(json) << offset << QString::fromLatin1(message);
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
            const QByteArray json =
                '"' + QByteArray(before, 'x') + char(c) + QByteArray(20, 'y') + '"';
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
        for (const QByteArray &json :
             { QByteArray(begin + bytes + "\"]"), QByteArray(begin + bytes) }) {
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
    const auto nested = [](int depth, const QByteArray &open,
                           const QByteArray &close) -> QByteArray {
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
