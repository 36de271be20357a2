#include "core/stream/jsonpointer.h"
#include "core/stream/jsontext.h"
#include "tests/stream/testjson.h"

#include <QElapsedTimer>
#include <QTest>

using namespace restream;

class TestJsonEqual : public QObject
{
    Q_OBJECT

private slots:
    void equality_isThatOfValues_data();
    void equality_isThatOfValues();
    void ignoredMembers_areLeftOut_data();
    void ignoredMembers_areLeftOut();
    void hugeNumbers_costNothing();
    void deepestDocuments_areCompared();
    void randomDocuments_areEqualHoweverWritten();
    void largeReorderedValues_areCompared();
    void sameTokens_holdsButForWhiteSpaceAlone();
    void matchedTokens_mayBeginWhatIsNoJson();
};

static bool equal(const QByteArray &a, const QByteArray &b)
{
    return jsonEqual(a, b);
}

void TestJsonEqual::equality_isThatOfValues_data()
{
    QTest::addColumn<QByteArray>("a");
    QTest::addColumn<QByteArray>("b");
    QTest::addColumn<bool>("equal");
    const auto row = [](bool equal, const QByteArray &a, const QByteArray &b) {
        QTest::addRow("%.40s %s %.40s", a.constData(), equal ? "=" : "!=", b.constData())
            << a << b << equal;
    };
    row(true, "1.0", "1");
    row(true, "1", "10e-1");
    row(true, "-0", "0");
    row(true, "0e5", "-0.000E-7");
    row(true, "1.10", "1.1");
    row(true, "100", "1e2");
    row(true, "100", "1E+2");
    row(true, "0.001", "1e-3");
    row(true, "0.0010", "0.1e-2");
    row(true, "12.50", "125e-1");
    row(true, "-12.50", "-1.25e1");
    row(true, "1e400", "10e399");
    row(true, "1e0000000000000000000000005", "100000");
    row(true, "1e99999999999999999999", "10e99999999999999999998");
    row(true, "1e100000000000000000000", "10e99999999999999999999");
    row(true, "1e-100000000000000000000", "0.1e-99999999999999999999");
    row(true, "1000e-100000000000000000002", "1e-99999999999999999999");
    row(true, "10e999999999999999999", "1e1000000000000000000");
    row(true, "0e99999999999999999999", "0");
    row(true, "123456789012345678901234567890", "12345678901234567890123456789e1");
    row(true, "9007199254740993", "9007199254740993.0");
    row(true, "0.30000000000000000000000000000001", "30000000000000000000000000000001e-32");
    row(false, "9007199254740993", "9007199254740992");
    row(false, "1e400", "1e401");
    row(false, "1e99999999999999999999", "1e99999999999999999998");
    row(false, "1e99999999999999999999", "1e-99999999999999999999");
    row(false, "1e99999999999999999999", "1");
    row(false, "1", "-1");
    row(false, "1", "10");
    row(false, "1.01", "1.1");
    row(false, "101", "11");
    row(false, "0.1", "0.01");
    row(false, "0", "0.0000000001");
    row(false, "12", "123");
    row(false, "1", "\"1\"");
    row(false, "0", "false");
    row(false, "0", "null");
    row(true, "true", " true ");
    row(false, "true", "false");
    row(false, "null", "false");
    row(true, R"("a\/b")", R"("a/b")");
    row(true, R"("\u00e9")", "\"\xc3\xa9\"");
    row(true, R"("\ud83d\ude00")", "\"\xf0\x9f\x98\x80\"");
    row(true, R"("\ud800")", R"("\uD800")");
    row(true, R"("\n")", R"("\u000a")");
    row(false, R"("\ud800")", R"("\ud801")");
    row(false, R"("\ud800")", R"("\ufffd")");
    row(false, R"("a")", R"("A")");
    row(false, R"("\u0000")", R"("")");
    row(false, R"("e\u0301")", R"("\u00e9")");
    row(false, R"("a")", R"("a ")");
    row(true, "[]", "[ ]");
    row(true, "[1,2]", "[ 1.0 ,2e0]");
    row(false, "[1,2]", "[2,1]");
    row(false, "[1,2]", "[1,2,3]");
    row(false, "[1,2,3]", "[1,2]");
    row(false, "[]", "{}");
    row(false, "[]", "[null]");
    row(false, "[[]]", "[]");
    row(true, "{}", "{ }");
    row(true, R"({"a":1,"b":2})", R"({"b":2,"a":1})");
    row(true, R"({"x":0,"a":1,"b":2,"c":3})", R"({"x":0,"c":3,"\u0062":2.0,"a":1})");
    row(true, R"({"a":{"x":1,"y":[1,{"p":0,"q":1}]}})", R"({"a":{"y":[1,{"q":1,"p":-0}],"x":1}})");
    row(false, R"({"a":1})", R"({"a":2})");
    row(false, R"({"a":1})", R"({"b":1})");
    row(false, R"({"a":1})", R"({"a":1,"b":1})");
    row(false, R"({"a":1,"b":1})", R"({"a":1})");
    row(false, R"({"a":1,"b":2})", R"({"b":1,"a":2})");
    row(false, R"({"a":null})", "{}");
    row(true, R"({"a":1,"a":2})", R"({"a":1.0,"a":2.0})");
    row(true, R"({"a":1,"b":0,"a":2})", R"({"b":0,"a":1,"a":2})");
    row(false, R"({"a":1,"a":2})", R"({"a":2,"a":1})");
    row(false, R"({"a":1,"a":2})", R"({"a":2})");
    row(false, R"({"a":1,"a":1})", R"({"a":1})");
    row(false, R"({"b":0,"a":1,"a":2})", R"({"a":2,"a":1,"b":0})");
    row(false, R"({"a":1,"a":1,"b":1})", R"({"b":1,"a":1,"b":1})");
    row(false, "", "1");
    row(true, "", " ");
}

void TestJsonEqual::equality_isThatOfValues()
{
    QFETCH(QByteArray, a);
    QFETCH(QByteArray, b);
    QFETCH(bool, equal);
    QCOMPARE(jsonEqual(a, b), equal);
    QCOMPARE(jsonEqual(b, a), equal);
    QVERIFY(jsonEqual(a, a));
    if (!a.trimmed().isEmpty())
        QCOMPARE(::equal("[0," + a + ",{\"x\":" + a + "}]", "[0," + b + ",{\"x\":" + b + "}]"),
                 equal && !b.trimmed().isEmpty());
}

void TestJsonEqual::ignoredMembers_areLeftOut_data()
{
    QTest::addColumn<QByteArray>("a");
    QTest::addColumn<QByteArray>("b");
    QTest::addColumn<QByteArrayList>("ignore");
    QTest::addColumn<bool>("equal");
    const auto row = [](const char *name, const char *a, const char *b,
                        const QByteArrayList &ignore, bool equal) {
        QTest::newRow(name) << QByteArray(a) << QByteArray(b) << ignore << equal;
    };
    row("changed", R"({"id":1,"t":5})", R"({"id":1,"t":6})", { "/t" }, true);
    row("new", R"({"id":1})", R"({"id":1,"t":6})", { "/t" }, true);
    row("gone", R"({"t":6,"id":1})", R"({"id":1})", { "/t" }, true);
    row("other kind", R"({"id":1,"t":5})", R"({"t":{"x":[1]},"id":1})", { "/t" }, true);
    row("another changed as well", R"({"id":1,"t":5,"v":1})", R"({"id":1,"t":6,"v":2})", { "/t" },
        false);
    row("duplicates all ignored", R"({"t":1,"id":1,"t":2})", R"({"id":1,"t":3})", { "/t" }, true);
    row("name with escape", R"({"\u0074":1})", R"({"t":2})", { "/t" }, true);
    row("name with slash", R"({"a/b":1})", R"({"a/b":2})", { "/a~1b" }, true);
    row("nested", R"({"p":{"t":1,"v":1}})", R"({"p":{"v":1,"t":2}})", { "/p/t" }, true);
    row("nested, other changed", R"({"p":{"t":1,"v":1}})", R"({"p":{"v":2,"t":2}})", { "/p/t" },
        false);
    row("same name elsewhere", R"({"t":1,"p":{"t":1}})", R"({"t":1,"p":{"t":2}})", { "/t" }, false);
    row("nested in nothing", R"({"p":1})", R"({"p":2})", { "/p/t" }, false);
    row("parent gone", R"({"p":{"t":1}})", R"({})", { "/p/t" }, false);
    row("both of two", R"({"a":1,"b":1,"c":1})", R"({"a":2,"c":1,"b":2})", { "/a", "/b" }, true);
    row("place and below it", R"({"a":{"b":1,"c":1}})", R"({"a":{"b":2,"c":2}})", { "/a/b", "/a" },
        true);
    row("element", "[1,2,3]", "[1,9,3]", { "/1" }, true);
    row("element, other changed", "[1,2,3]", "[1,9,4]", { "/1" }, false);
    row("last element gone", "[1,2,3]", "[1,2]", { "/2" }, true);
    row("two elements gone, one ignored", "[1,2,3]", "[1]", { "/2" }, false);
    row("in an element", R"([{"t":1},{"t":1}])", R"([{"t":2},{"t":1}])", { "/0/t" }, true);
    row("in another element", R"([{"t":1},{"t":1}])", R"([{"t":1},{"t":2}])", { "/0/t" }, false);
    row("the whole", "1", "2", { "" }, true);
    row("no pointer", R"({"t":1})", R"({"t":2})", { "t", "~/t", "/t~" }, false);
    row("only ignored members", R"({"t":1})", "{}", { "/t" }, true);
}

void TestJsonEqual::ignoredMembers_areLeftOut()
{
    QFETCH(QByteArray, a);
    QFETCH(QByteArray, b);
    QFETCH(QByteArrayList, ignore);
    QFETCH(bool, equal);
    const std::vector<QByteArray> pointers(ignore.begin(), ignore.end());
    QCOMPARE(jsonEqual(a, b, pointers), equal);
    QCOMPARE(jsonEqual(b, a, pointers), equal);
    QVERIFY(jsonEqual(a, a, pointers));
}

void TestJsonEqual::hugeNumbers_costNothing()
{
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!equal("1e999999999", "1e999999998"));
    QVERIFY(equal("1e999999999", "10e999999998"));
    const QByteArray zeros(1'000'000, '0');
    QVERIFY(equal('1' + zeros, "1e1000000"));
    QVERIFY(equal("0." + zeros + '1', "1e-1000001"));
    QVERIFY(equal("1." + zeros, "1"));
    QVERIFY(equal("1e" + zeros + "7", "1e7"));
    QVERIFY(equal("10e" + QByteArray(1'000'000, '9'), "1e1" + zeros));
    QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
}

void TestJsonEqual::deepestDocuments_areCompared()
{
    const auto nested = [](const QByteArray &open, const QByteArray &leaf,
                           const QByteArray &close) -> QByteArray {
        return open.repeated(maxJsonDepth) + leaf + close.repeated(maxJsonDepth);
    };
    QVERIFY(equal(nested("[", "1", "]"), nested("[ ", "1.0", "]")));
    QVERIFY(!equal(nested("[", "1", "]"), nested("[", "2", "]")));
    const QByteArray a = nested(R"({"b":0,"a":)", "1", "}");
    const QByteArray b = nested(R"({"a":)", "1", R"(,"b":0})");
    QVERIFY(equal(a, b));
    QVERIFY(!equal(a, nested(R"({"a":)", "2", R"(,"b":0})")));
}

void TestJsonEqual::randomDocuments_areEqualHoweverWritten()
{
    QRandomGenerator random(8259);
    int different = 0;
    for (int i = 0; i < 6000; ++i) {
        const TestJson document = TestJson::random(random);
        const TestJson changed = document.mutated(random);
        const QByteArray a = document.write(random);
        const QByteArray b = document.write(random);
        const QByteArray c = changed.write(random);
        QVERIFY2(jsonEqual(a, b), QByteArray(a + "\n\n" + b).constData());
        QVERIFY2(jsonEqual(a, c) == (document == changed), QByteArray(a + "\n\n" + c).constData());
        different += !(document == changed);
    }
    QVERIFY(different > 2000);
}

void TestJsonEqual::largeReorderedValues_areCompared()
{
    // As deep as can be and 4 MB: passing over what is below at each level again would be 2 GB.
    const auto nested = [](bool reordered, const QByteArray &leaf) {
        const QByteArray pad = "\"p\":\"" + QByteArray(4000, 'x') + '"';
        QByteArray begin;
        QByteArray end;
        for (int depth = 0; depth < 1000; ++depth) {
            begin += reordered ? '{' + pad + ",\"v\":" : QByteArray("{\"l\":[1.0,{}],\"v\":");
            end += reordered ? QByteArray(",\"l\":[1,{}]}") : ',' + pad + '}';
        }
        return QByteArray(begin + leaf + end);
    };
    const QByteArray straight = nested(false, R"({"a":1,"b":2})");
    QVERIFY(jsonEqual(straight, nested(true, R"({"b":2,"a":1.0})")));
    QVERIFY(!jsonEqual(straight, nested(true, R"({"b":2,"a":3})")));
    QVERIFY(!jsonEqual(straight, nested(true, R"({"b":2})")));
    const QByteArray pad = R"("pad":")" + QByteArray(20'000, 'z') + '"';
    const QByteArray one = R"({"a":1,"b":{"x":[{"y":1}]},"c":2,)" + pad + '}';
    const QByteArray other = '{' + pad + R"(,"c":9,"b":{"x":[{"y":2}]},"a":1})";
    QVERIFY(jsonEqual(one, other, { "/c", "/b/x/0/y" }));
    QVERIFY(!jsonEqual(one, other, { "/c" }));
}

void TestJsonEqual::matchedTokens_mayBeginWhatIsNoJson()
{
    const auto rest = [](const QByteArray &compact, const QByteArray &text) {
        const char *const end = text.constData() + text.size();
        const char *const behind = matchTokens(compact, text.constData(), end);
        return behind != nullptr ? QByteArray(behind, end - behind) : QByteArray("none");
    };
    QCOMPARE(rest("12", "12,3"), ",3");
    QCOMPARE(rest("1", "12"), "2"); // the caller looks at what follows
    QCOMPARE(rest("12", "1 2"), "none");
    QCOMPARE(rest("true", "tr ue"), "none");
    QCOMPARE(rest("[1,2]", "[ 1 ,\n2 ] ]"), " ]");
    QCOMPARE(rest("[12]", "[1 2]"), "none");
    QCOMPARE(rest(R"({"a b":"c"})", "{ \"a b\" : \"c\" }x"), "x");
    QCOMPARE(rest(R"({"ab":1})", "{\"a b\":1}"), "none");
    QCOMPARE(rest(R"(["a"])", R"(["a)"), "none");
    QCOMPARE(rest(R"(["a"])", R"([ "a)"), "none");
    QCOMPARE(rest("[]", "["), "none");
    QCOMPARE(rest("[]", ""), "none");
}

void TestJsonEqual::sameTokens_holdsButForWhiteSpaceAlone()
{
    QVERIFY(sameTokens(R"({"a":[1,"x y"]})", " {\n  \"a\" : [ 1 , \"x y\" ]\r\n}\t"));
    QVERIFY(sameTokens("1", "1"));
    QVERIFY(!sameTokens("1", "1.0"));
    QVERIFY(!sameTokens("1", " 2"));
    QVERIFY(!sameTokens(R"({"a":1})", R"({"b":1})"));
    QVERIFY(!sameTokens(R"("x y")", R"( "xy")"));
    QVERIFY(!sameTokens(R"("xy")", R"("x y")"));
    QVERIFY(!sameTokens("[1]", "[1, 2]"));
    QVERIFY(!sameTokens(R"(["a"])", R"([  "ab"])"));
    QVERIFY(!sameTokens("[\"\\\"\"]", "[ \"\\\\\"]"));
    QVERIFY(!sameTokens("[1,2]", "[1]"));
    QRandomGenerator random(7159);
    for (int i = 0; i < 3000; ++i) {
        const TestJson document = TestJson::random(random);
        const QByteArray raw = document.write(random);
        const QByteArray other = document.mutated(random).write(random);
        QVERIFY(sameTokens(compactJson(raw), raw));
        QCOMPARE(sameTokens(compactJson(raw), other), compactJson(raw) == compactJson(other));
    }
}

QTEST_GUILESS_MAIN(TestJsonEqual)
#include "tst_jsonequal.moc"
