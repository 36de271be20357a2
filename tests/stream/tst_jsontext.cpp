#include "core/stream/jsontext.h"
#include "tests/stream/testjson.h"

#include <QTest>

using namespace restream;

class TestJsonText : public QObject
{
    Q_OBJECT

private slots:
    void kinds_areThoseOfTheText();
    void string_resolvesEscapes_data();
    void string_resolvesEscapes();
    void elements_areSlicesInOrder();
    void members_areAsWrittenWithDuplicates();
    void member_isTheLastOfItsName();
    void memberWithEscapesInItsName_isFound();
    void pointer_ofRfc6901_data();
    void pointer_ofRfc6901();
    void pointer_leadsNowhere_data();
    void pointer_leadsNowhere();
    void bracketsAndQuotesInStrings_doNotEndAContainer();
    void compact_dropsWhiteSpaceBetweenTokensAlone_data();
    void compact_dropsWhiteSpaceBetweenTokensAlone();
    void jsonString_escapesWhatItMust_data();
    void jsonString_escapesWhatItMust();
    void jsonStringOfQString_keepsLoneSurrogates();
    void randomDocuments_readAsTheyWereWritten();
};

void TestJsonText::kinds_areThoseOfTheText()
{
    QVERIFY(JsonSlice().isNull());
    QVERIFY(JsonSlice("  ").isNull());
    QVERIFY(!JsonSlice("null").isNull());
    QCOMPARE(JsonSlice("null").kind(), JsonSlice::Kind::Null);
    QCOMPARE(JsonSlice("true").kind(), JsonSlice::Kind::Bool);
    QCOMPARE(JsonSlice(" false").kind(), JsonSlice::Kind::Bool);
    QCOMPARE(JsonSlice("-1").kind(), JsonSlice::Kind::Number);
    QCOMPARE(JsonSlice("7").kind(), JsonSlice::Kind::Number);
    QVERIFY(JsonSlice("\"\"").isString());
    QVERIFY(JsonSlice("\n[ ]").isArray());
    QVERIFY(JsonSlice("\t{ } ").isObject());
    QCOMPARE(JsonSlice("\t{ } \r\n").text().toByteArray(), "{ }");
    QVERIFY(JsonSlice("1").string().isEmpty());
    QVERIFY(JsonSlice("1").elements().empty());
    QVERIFY(JsonSlice("[1]").members().empty());
}

void TestJsonText::string_resolvesEscapes_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("content");
    const auto row = [](const char *name, const char *json, const QByteArray &content) {
        QTest::newRow(name) << QByteArray(json) << content;
    };
    row("empty", R"("")", "");
    row("plain", R"("caf\u00e9 é")", "caf\xc3\xa9 \xc3\xa9");
    row("all escapes", R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t");
    row("NUL", R"("a\u0000b")", QByteArray("a\0b", 3));
    row("one byte", R"("\u007F")", "\x7f");
    row("two bytes", R"("\u0080\u07ff")", "\xc2\x80\xdf\xbf");
    row("three bytes", R"("\u0800\uFFFF")", "\xe0\xa0\x80\xef\xbf\xbf");
    row("pair", R"("\ud83d\uDE00")", "\xf0\x9f\x98\x80");
    row("last pair", R"("\udbff\udfff")", "\xf4\x8f\xbf\xbf");
    row("lone high", R"("\ud800")", "\xed\xa0\x80");
    row("lone low", R"("\udfff")", "\xed\xbf\xbf");
    row("high then text", R"("\ud800x\udc00")", "\xed\xa0\x80x\xed\xb0\x80");
    row("high then escape", R"("\ud800\n")", "\xed\xa0\x80\n");
    row("high then pair", R"("\ud800\ud83d\ude00")", "\xed\xa0\x80\xf0\x9f\x98\x80");
    row("low then high", R"("\ude00\ud83d")", "\xed\xb8\x80\xed\xa0\xbd");
    row("escaped backslash", R"("\\u0041")", "\\u0041");
}

void TestJsonText::string_resolvesEscapes()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, content);
    QVERIFY(!validateJson(json));
    QCOMPARE(JsonSlice(json).string(), content);
}

void TestJsonText::elements_areSlicesInOrder()
{
    const QByteArray json = R"( [ 1 ,"a,]" , [2,[3]],{"x":[4]}, null,-5.0e1 ] )";
    const std::vector<JsonSlice> elements = JsonSlice(json).elements();
    QByteArrayList texts;
    for (const JsonSlice &element : elements)
        texts << element.text().toByteArray();
    QCOMPARE(texts,
             QByteArrayList({ "1", R"("a,]")", "[2,[3]]", R"({"x":[4]})", "null", "-5.0e1" }));
    QVERIFY(elements[0].text().data() > json.constData()
            && elements[0].text().data() < json.constData() + json.size());
    QVERIFY(JsonSlice(" [ ] ").elements().empty());
}

void TestJsonText::members_areAsWrittenWithDuplicates()
{
    const QByteArray json = R"({ "a" : 1 , "\u0061":2,"":{"}":"{"} })";
    const std::vector<JsonSlice::Member> members = JsonSlice(json).members();
    QCOMPARE(members.size(), size_t(3));
    QCOMPARE(members[0].key.text().toByteArray(), R"("a")");
    QCOMPARE(members[1].key.text().toByteArray(), R"("\u0061")");
    QCOMPARE(members[1].key.string(), "a");
    QCOMPARE(members[1].value.text().toByteArray(), "2");
    QCOMPARE(members[2].value.text().toByteArray(), R"({"}":"{"})");
    QVERIFY(JsonSlice("{ }").members().empty());
}

void TestJsonText::member_isTheLastOfItsName()
{
    QCOMPARE(JsonSlice(R"({"a":1,"b":2,"a":3})").member("a").text().toByteArray(), "3");
    QVERIFY(JsonSlice(R"({"a":1})").member("b").isNull());
    QVERIFY(JsonSlice(R"(["a"])").member("a").isNull());
    QVERIFY(JsonSlice().member("a").isNull());
    QCOMPARE(JsonSlice(R"({"a":null})").member("a").kind(), JsonSlice::Kind::Null);
}

void TestJsonText::memberWithEscapesInItsName_isFound()
{
    const QByteArray json = R"({"a\/b":1,"\ud800":2,"\u00e9":3,"q\"":4,"__proto__":5})";
    QCOMPARE(JsonSlice(json).member("a/b").text().toByteArray(), "1");
    QCOMPARE(JsonSlice(json).member("\xed\xa0\x80").text().toByteArray(), "2");
    QCOMPARE(JsonSlice(json).member("\xc3\xa9").text().toByteArray(), "3");
    QCOMPARE(JsonSlice(json).member("q\"").text().toByteArray(), "4");
    QCOMPARE(JsonSlice(json).member("__proto__").text().toByteArray(), "5");
    QVERIFY(JsonSlice(json).member("a\\/b").isNull());
}

void TestJsonText::pointer_ofRfc6901_data()
{
    QTest::addColumn<QByteArray>("pointer");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("foo") << QByteArray("/foo") << QByteArray(R"(["bar", "baz"])");
    QTest::newRow("foo/0") << QByteArray("/foo/0") << QByteArray(R"("bar")");
    QTest::newRow("empty name") << QByteArray("/") << QByteArray("0");
    QTest::newRow("slash") << QByteArray("/a~1b") << QByteArray("1");
    QTest::newRow("percent") << QByteArray("/c%d") << QByteArray("2");
    QTest::newRow("caret") << QByteArray("/e^f") << QByteArray("3");
    QTest::newRow("bar") << QByteArray("/g|h") << QByteArray("4");
    QTest::newRow("backslash") << QByteArray("/i\\j") << QByteArray("5");
    QTest::newRow("quote") << QByteArray("/k\"l") << QByteArray("6");
    QTest::newRow("space") << QByteArray("/ ") << QByteArray("7");
    QTest::newRow("tilde") << QByteArray("/m~0n") << QByteArray("8");
    QTest::newRow("tilde then 1") << QByteArray("/~01") << QByteArray("9");
    QTest::newRow("deep") << QByteArray("/o/1/p//q") << QByteArray("10");
    QTest::newRow("name of digits") << QByteArray("/00") << QByteArray("11");
}

void TestJsonText::pointer_ofRfc6901()
{
    QFETCH(QByteArray, pointer);
    QFETCH(QByteArray, value);
    const QByteArray json =
        R"({ "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5,
                               "k\"l": 6, " ": 7, "m~n": 8, "~1": 9, "o": [0, {"p": {"": {"q": 10}}}], "00": 11 })";
    QVERIFY(!validateJson(json));
    QCOMPARE(JsonSlice(json).at(pointer).text().toByteArray(), value);
    QCOMPARE(JsonSlice(json).at("").text().toByteArray(), json);
}

void TestJsonText::pointer_leadsNowhere_data()
{
    QTest::addColumn<QByteArray>("pointer");
    for (const char *pointer :
         { "a", "/b", "/a/2", "/a/-", "/a/00", "/a/01", "/a/+1", "/a/ 1", "/a/1x", "/a/", "/a/-1",
           "/a/0/x", "/a/99999999999999999999", "/a~", "/a~2", "/~", "/s/0", "/n/a" })
        QTest::newRow(pointer) << QByteArray(pointer);
}

void TestJsonText::pointer_leadsNowhere()
{
    QFETCH(QByteArray, pointer);
    QVERIFY(JsonSlice(R"({"a":[1,2],"s":"str","n":null,"a~":1})").at(pointer).isNull());
}

void TestJsonText::bracketsAndQuotesInStrings_doNotEndAContainer()
{
    // What a container hides in its strings, moved over every place of the blocks that are read at once.
    const QByteArray inside[] = { R"("]")",     R"("}{")",       R"("\"]")",          R"("\\")",
                                  R"("\\\"]")", R"("\\\\","]")", R"([[{"a":"\\"}]])", R"("")" };
    for (int before = 0; before < 140; ++before) {
        for (const QByteArray &text : inside) {
            const QByteArray array = '[' + jsonString(QByteArray(before, 'x')) + ',' + text + ','
                + QByteArray(before % 70, ' ') + "{}]";
            const QByteArray json = "[" + array + ",7]";
            QVERIFY2(!validateJson(json), json.constData());
            const std::vector<JsonSlice> elements = JsonSlice(json).elements();
            QCOMPARE(elements.size(), size_t(2));
            QCOMPARE(elements[0].text().toByteArray(), array);
            QCOMPARE(elements[1].text().toByteArray(), "7");
        }
    }
    for (const int backslashes : { 2, 62, 64, 126, 128, 200 }) {
        const QByteArray json = "[[\"" + QByteArray(backslashes, '\\') + "\"],[\""
            + QByteArray(backslashes + 1, '\\') + "\"]\"],1]";
        QVERIFY(!validateJson(json));
        QCOMPARE(JsonSlice(json).elements().size(), size_t(3));
    }
}

void TestJsonText::compact_dropsWhiteSpaceBetweenTokensAlone_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("compact");
    const auto row = [](const char *json, const char *compact) {
        QTest::newRow(json) << QByteArray(json) << QByteArray(compact);
    };
    row("1", "1");
    row(" 1.10 ", "1.10");
    row("\"a b\"", "\"a b\"");
    row(" [ ] ", "[]");
    row("{\r\n\t\"b\" : 1.0 ,\n\"a\": [ 1 , 2e5 , \" x , : \\\" \" ] , \"a\" : \"\\/\\u00e9\" }\n",
        R"({"b":1.0,"a":[1,2e5," x , : \" "],"a":"\/\u00e9"})");
    row("[\"\\\\\" , \"\\\\\\\"  \" ]", R"(["\\","\\\"  "])");
    row("12345678901234567890.12345678901234567890", "12345678901234567890.12345678901234567890");
}

void TestJsonText::compact_dropsWhiteSpaceBetweenTokensAlone()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, compact);
    QCOMPARE(compactJson(json), compact);
    QCOMPARE(compactJson(compact), compact);
}

void TestJsonText::jsonString_escapesWhatItMust_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("empty") << QByteArray("") << QByteArray(R"("")");
    QTest::newRow("plain") << QByteArray("caf\xc3\xa9/\x7f") << QByteArray("\"caf\xc3\xa9/\x7f\"");
    QTest::newRow("quotes") << QByteArray("a\"b\\c") << QByteArray(R"("a\"b\\c")");
    QTest::newRow("controls") << QByteArray("\b\f\n\r\t\x1f\0", 7)
                              << QByteArray(R"("\b\f\n\r\t\u001f\u0000")");
    QTest::newRow("pair") << QByteArray("\xf0\x9f\x98\x80") << QByteArray("\"\xf0\x9f\x98\x80\"");
    QTest::newRow("lone high") << QByteArray("\xed\xa0\x80x") << QByteArray(R"("\ud800x")");
    QTest::newRow("lone low") << QByteArray("\xed\xbf\xbf") << QByteArray(R"("\udfff")");
    QTest::newRow("last before the surrogates")
        << QByteArray("\xed\x9f\xbf") << QByteArray("\"\xed\x9f\xbf\"");
}

void TestJsonText::jsonString_escapesWhatItMust()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, json);
    QCOMPARE(jsonString(text), json);
    QVERIFY(!validateJson(json));
    QCOMPARE(JsonSlice(json).string(), text);
}

void TestJsonText::jsonStringOfQString_keepsLoneSurrogates()
{
    QCOMPARE(jsonString(QStringLiteral("caf\u00e9 \U0001f600")),
             "\"caf\xc3\xa9 \xf0\x9f\x98\x80\"");
    QCOMPARE(jsonString(QString(QChar(0xd83d)) + u"\u00e9\U0001f600\""),
             "\"\\ud83d\xc3\xa9\xf0\x9f\x98\x80\\\"\"");
    QCOMPARE(jsonString(QString()), "\"\"");
}

void TestJsonText::randomDocuments_readAsTheyWereWritten()
{
    QRandomGenerator random(6901);
    for (int i = 0; i < 3000; ++i) {
        const TestJson document = TestJson::random(random);
        const QByteArray json = document.write(random);
        const JsonSlice slice(json);
        const QByteArray compact = compactJson(json);
        QVERIFY2(TestJson::parse(compact) == document, json.constData());
        QVERIFY(compact.size() <= json.size());
        QCOMPARE(compactJson(compact), compact);
        QCOMPARE(slice.elements().size(), document.elements.size());
        QCOMPARE(slice.members().size(), document.members.size());
        for (size_t e = 0; e < document.elements.size(); ++e) {
            QVERIFY(TestJson::parse(slice.elements()[e].text().toByteArray())
                    == document.elements[e]);
            QCOMPARE(slice.at(QByteArray("/" + QByteArray::number(qulonglong(e)))).text().data(),
                     slice.elements()[e].text().data());
        }
        for (const JsonSlice::Member &member : slice.members()) {
            QByteArray token = member.key.string();
            token.replace('~', "~0").replace('/', "~1");
            QVERIFY(!slice.at(QByteArray('/' + token)).isNull());
            QCOMPARE(JsonSlice(jsonString(member.key.string())).string(), member.key.string());
        }
    }
}

QTEST_GUILESS_MAIN(TestJsonText)
#include "tst_jsontext.moc"
