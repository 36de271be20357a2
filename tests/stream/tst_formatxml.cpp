#include "core/stream/formatxml.h"
#include "tests/stream/formats.h"

#include <QTest>

using namespace restream;

namespace {

QByteArray xml(const QByteArray &text, const char *items = "", Shape shape = Shape::Auto)
{
    return shown(xmlToJson(text, channel(QString::fromUtf8(items), {}, shape)));
}

}

class TestFormatXml : public QObject
{
    Q_OBJECT

private slots:
    void elements_becomeJson_data();
    void elements_becomeJson();
    void itemsElements_areAListAlways_data();
    void itemsElements_areAListAlways();
    void singleAndMap_areNoLists();
    void brokenDocument_namesItsPlace_data();
    void brokenDocument_namesItsPlace();
    void entitiesOfTheDocument_areRefused_data();
    void entitiesOfTheDocument_areRefused();
    void depth_isBounded();
    void manyAttributesNamesAndChildren_takeLinearSteps();
    void everyResult_isJson();
};

void TestFormatXml::elements_becomeJson_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *name, const QByteArray &text, const char *json) {
        QTest::newRow(name) << text << QByteArray(json);
    };
    row("text only", "<a>x</a>", R"({"a":"x"})");
    row("empty", "<a/>", R"({"a":""})");
    row("empty by two tags", "<a></a>", R"({"a":""})");
    row("numbers stay text", "<a>1.10</a>", R"({"a":"1.10"})");
    row("text with attributes", "<a b='1' c=\"2\">x</a>",
        R"({"a":{"@b":"1","@c":"2","#text":"x"}})");
    row("attributes alone", "<a b='1'/>", R"({"a":{"@b":"1"}})");
    row("children", "<a><b>1</b><c>2</c></a>", R"({"a":{"b":"1","c":"2"}})");
    row("repeated children", "<a><b>1</b><b>2</b><b/></a>", R"({"a":{"b":["1","2",""]}})");
    row("repeated with others between", "<a><b>1</b><c>x</c><b>2</b></a>",
        R"({"a":{"b":["1","2"],"c":"x"}})");
    row("the same name within itself", "<a><a>1</a><a><a>2</a><a>3</a></a></a>",
        R"({"a":{"a":["1",{"a":["2","3"]}]}})");
    row("attributes and children", "<a b='1'><c>2</c></a>", R"({"a":{"@b":"1","c":"2"}})");
    row("mixed content", "<a>x <b>y</b> z</a>", R"({"a":{"b":"y","#text":"x  z"}})");
    row("white space between children", "<a>\n  <b>1</b>\n</a>\n", R"({"a":{"b":"1"}})");
    row("white space alone is no text", "<a> \n\t</a>", R"({"a":""})");
    row("white space around text stays", "<a>\n x\t</a>", R"({"a":"\n x\t"})");
    row("white space alone beside attributes", "<a b='1'> </a>", R"({"a":{"@b":"1"}})");
    row("CDATA is text", "<a>1<![CDATA[<b> & ]]>2</a>", R"({"a":"1<b> & 2"})");
    row("comments and instructions are nothing",
        "<?x y?><!-- c --><a>1<!-- <b/> -->2<?z?></a><!-- -->", R"({"a":"12"})");
    row("the five entities and characters", "<a b='&quot;&#x41;'>&lt;&amp;&gt;&apos;&#233;</a>",
        "{\"a\":{\"@b\":\"\\\"A\",\"#text\":\"<&>'\xc3\xa9\"}}");
    row("line ends", "<a>1\r\n2\r3</a>", R"({"a":"1\n2\n3"})");
    row("prefixes stay as written", "<x:a xmlns:x='u' x:b='1'><x:c>2</x:c><y:c>3</y:c></x:a>",
        R"({"x:a":{"@xmlns:x":"u","@x:b":"1","x:c":"2","y:c":"3"}})");
    row("declaration of another encoding",
        "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xc3\xa9</a>", "{\"a\":\"\xc3\xa9\"}");
    row("a document type without declarations",
        "<!DOCTYPE rss PUBLIC \"-//N//DTD RSS 0.91//EN\" \"http://x.example/rss.dtd\"><a>1</a>",
        R"({"a":"1"})");
    row("names and text beyond ASCII", "<\xc3\xa9>\xf0\x9f\x98\x80</\xc3\xa9>",
        "{\"\xc3\xa9\":\"\xf0\x9f\x98\x80\"}");
    row("escapes of JSON", "<a b='\"\\'>\t\\\"</a>", R"({"a":{"@b":"\"\\","#text":"\t\\\""}})");
}

void TestFormatXml::elements_becomeJson()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, json);
    QCOMPARE(xml(text), json);
    QVERIFY(!validateJson(json));
}

void TestFormatXml::itemsElements_areAListAlways_data()
{
    QTest::addColumn<QByteArray>("items");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *name, const char *items, const char *text, const char *json) {
        QTest::newRow(name) << QByteArray(items) << QByteArray(text) << QByteArray(json);
    };
    row("two", "/a/b", "<a><b>1</b><b>2</b></a>", R"({"a":{"b":["1","2"]}})");
    row("one", "/a/b", "<a><b>1</b></a>", R"({"a":{"b":["1"]}})");
    row("one with others", "/a/b", "<a><c/><b x='1'/></a>", R"({"a":{"c":"","b":[{"@x":"1"}]}})");
    row("none beside others", "/a/b", "<a><c>1</c></a>", R"({"a":{"c":"1","b":[]}})");
    row("none in an empty parent", "/a/b", "<a/>", R"({"a":{"b":[]}})");
    row("none in a parent of white space", "/a/b", "<a>\n</a>", R"({"a":{"b":[]}})");
    row("none beside attributes", "/a/b", "<a x='1'/>", R"({"a":{"@x":"1","b":[]}})");
    row("none beside text", "/a/b", "<a>sorry</a>", R"({"a":{"b":[],"#text":"sorry"}})");
    row("deeper", "/a/b/c", "<a><b><c>1</c></b></a>", R"({"a":{"b":{"c":["1"]}}})");
    row("the parent is not there", "/a/b/c", "<a><x/></a>", R"({"a":{"x":""}})");
    row("the root", "/a", "<a>1</a>", R"({"a":["1"]})");
    row("another root", "/a/b", "<x><b>1</b></x>", R"({"x":{"b":"1"}})");
    row("only there", "/a/b", "<a><c><b>1</b></c><b>2</b></a>",
        R"({"a":{"c":{"b":"1"},"b":["2"]}})");
    row("in one of several parents", "/a/b/1/c", "<a><b><c>1</c></b><b><c>2</c></b></a>",
        R"({"a":{"b":[{"c":"1"},{"c":["2"]}]}})");
    row("in the first of several, though there is one", "/a/b/0/c", "<a><b/></a>",
        R"({"a":{"b":[{"c":[]}]}})");
    row("a prefix", "/x:a/x:b", "<x:a><x:b/></x:a>", R"({"x:a":{"x:b":[""]}})");
    row("an attribute", "/a/@b", "<a b='1'/>", R"({"a":{"@b":"1"}})");
    row("an attribute that is not there", "/a/@b", "<a/>", R"({"a":""})");
    row("the text", "/a/#text", "<a>1</a>", R"({"a":"1"})");
    row("no pointer", "a", "<a>1</a>", R"({"a":"1"})");
}

void TestFormatXml::itemsElements_areAListAlways()
{
    QFETCH(QByteArray, items);
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, json);
    QCOMPARE(xml(text, items.constData()), json);
    QCOMPARE(xml(text, items.constData(), Shape::Array), json);
    QVERIFY(!validateJson(json));
}

void TestFormatXml::singleAndMap_areNoLists()
{
    for (const Shape shape : { Shape::Single, Shape::Map }) {
        QCOMPARE(xml("<a><b><c>1</c></b></a>", "/a/b", shape),
                 QByteArray(R"({"a":{"b":{"c":"1"}}})"));
        QCOMPARE(xml("<a/>", "/a/b", shape), QByteArray(R"({"a":""})"));
    }
}

void TestFormatXml::brokenDocument_namesItsPlace_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("error");
    const auto row = [](const char *name, const QByteArray &text, const char *error) {
        QTest::newRow(name) << text << QByteArray(error);
    };
    row("cut off", "<a>\n <b>x", "no element found at line 2, column 6");
    row("mismatched tags", "<a>\n<b></a>", "mismatched tag at line 2, column 6");
    row("two roots", "<a/>\n<b/>", "junk after document element at line 2, column 1");
    row("text behind the root", "<a/>x", "junk after document element at line 1, column 5");
    row("no XML at all", "hello", "syntax error at line 1, column 1");
    row("a bare ampersand", "<a>x & y</a>", "not well-formed (invalid token) at line 1, column 7");
    row("an attribute twice", "<a b='1' b='2'/>", "duplicate attribute at line 1, column 10");
    row("an attribute without quotes", "<a b=1/>",
        "not well-formed (invalid token) at line 1, column 6");
    row("a control character", "<a>\x01</a>",
        "not well-formed (invalid token) at line 1, column 4");
    row("a NUL", QByteArray("<a>\0</a>", 8), "not well-formed (invalid token) at line 1, column 4");
    row("a character that XML does not have", "<a>&#1;</a>",
        "reference to invalid character number at line 1, column 4");
    row("a declaration that comes late", "\n<?xml version='1.0'?><a/>",
        "XML or text declaration not at start of entity at line 2, column 1");
    row("a web page", "<!DOCTYPE html>\n<HTML><body/></HTML>",
        "it is a web page; check the channel's URL at line 2, column 1");
    row("an entity that nobody declares", "<a>&nbsp;</a>", "undefined entity at line 1, column 4");
    row("an entity of a document type elsewhere", "<!DOCTYPE a SYSTEM 'x.dtd'><a>&nbsp;</a>",
        "an entity is used that the document does not define at line 1, column 31");
}

void TestFormatXml::brokenDocument_namesItsPlace()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, error);
    QCOMPARE(xml(text), QByteArray("not_xml: the answer can't be read as XML: " + error));
}

void TestFormatXml::entitiesOfTheDocument_areRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QByteArray laughs = "<!DOCTYPE a [<!ENTITY l0 'ha'>";
    for (int i = 1; i < 30; ++i)
        laughs += "<!ENTITY l" + QByteArray::number(i) + " '"
            + QByteArray('&' + QByteArray("l") + QByteArray::number(i - 1) + ';').repeated(10)
            + "'>";
    QTest::newRow("a billion laughs") << laughs + "]><a>&l29;</a>";
    QTest::newRow("a long entity used often") << "<!DOCTYPE a [<!ENTITY x '"
            + QByteArray(100'000, 'x') + "'>]><a>" + QByteArray("&x;").repeated(100'000) + "</a>";
    QTest::newRow("a file") << QByteArray(
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>");
    QTest::newRow("parameter entities")
        << QByteArray("<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://x.example/'>%p;]><a/>");
    QTest::newRow("an attribute's default, long and used often")
        << "<!DOCTYPE a [<!ATTLIST b c CDATA '" + QByteArray(100'000, 'x') + "'>]><a>"
            + QByteArray("<b/>").repeated(100'000) + "</a>";
}

void TestFormatXml::entitiesOfTheDocument_areRefused()
{
    QFETCH(QByteArray, text);
    const QByteArray said = xml(text);
    QVERIFY2(said.startsWith("not_xml: the answer can't be read as XML: its document type has "
                             "declarations of its own, which are not read, for safety at line 1"),
             said.left(300).constData());
}

void TestFormatXml::depth_isBounded()
{
    const auto nested = [](qsizetype depth) -> QByteArray {
        return QByteArray("<a>").repeated(depth) + "x" + QByteArray("</a>").repeated(depth);
    };
    QVERIFY(!validateJson(xml(nested(256))));
    QCOMPARE(xml(nested(257)),
             QByteArray("not_xml: the answer can't be read as XML: it is nested "
                        "more than 256 deep at line 1, column 769"));
    // As many levels of JSON as there can be: a list at each of XML's.
    QByteArray lists = "x";
    for (int i = 0; i < 255; ++i)
        lists = "<a>" + lists + "</a><a/>";
    QVERIFY(!validateJson(xml("<a>" + lists + "</a>")));
}

void TestFormatXml::manyAttributesNamesAndChildren_takeLinearSteps()
{
    // Quadratic, one of these would not end within the test's time limit.
    constexpr int many = 200'000;
    QByteArray attributes = "<a";
    QByteArray names = "<a>";
    for (int i = 0; i < many; ++i) {
        const QByteArray number = QByteArray::number(i);
        attributes += " x" + number + "='1'";
        names += "<x" + number + "/>";
    }
    QVERIFY(xml(attributes + "/>").endsWith("\"@x199999\":\"1\"}}"));
    QVERIFY(xml(names + "</a>").endsWith("\"x199999\":\"\"}}"));
    QVERIFY(xml("<a>" + QByteArray("<b/><c/>").repeated(many) + "</a>").endsWith(",\"\"]}}"));
    QCOMPARE(xml("<a>" + QByteArray("&lt;<!---->").repeated(many) + "</a>").size(), many + 8);
    QCOMPARE(xml("<a>" + QByteArray("x<b/>").repeated(many) + "</a>").count('x'),
             many + 1); // and that of "#text"
}

void TestFormatXml::everyResult_isJson()
{
    // Each cut of a document is either JSON or refused.
    const QByteArray whole = "<?xml version='1.0'?><!-- c --><r a='\"'><i>1</i>t<i b='&amp;'>"
                             "<![CDATA[x]]></i><j><k/></j>\n</r>";
    for (qsizetype size = 0; size < whole.size(); ++size)
        QVERIFY(xml(whole.left(size)).startsWith("not_xml: "));
    QVERIFY(!validateJson(xml(whole)));
}

QTEST_GUILESS_MAIN(TestFormatXml)
#include "tst_formatxml.moc"
