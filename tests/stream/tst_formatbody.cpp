#include "core/stream/formatbody.h"
#include "tests/stream/formats.h"

#include <QTest>

using namespace restream;

using Format = BodyFormat;

Q_DECLARE_METATYPE(restream::BodyFormat)

namespace {

ChannelDefinition of(Format format, const char *items = "", const char *idField = nullptr)
{
    ChannelDefinition definition =
        channel(QString::fromUtf8(items), idField ? fields(idField) : QStringList());
    definition.format = format;
    return definition;
}

QByteArray decoded(const QByteArray &body, const QByteArray &type, Format format = Format::Auto)
{
    return shown(decodeBody(body, type, of(format)));
}

}

class TestFormatBody : public QObject
{
    Q_OBJECT

private slots:
    void contentType_choosesTheFormat_data();
    void contentType_choosesTheFormat();
    void definition_choosesBeforeContentType();
    void unexpectedType_isJudgedByItsFirstCharacter_data();
    void unexpectedType_isJudgedByItsFirstCharacter();
    void json_isGivenBackAsItIs();
    void jsonInAnotherCharset_isRead();
    void charset_isThatOfMarkThenHeaderThenDeclaration();
    void emptyBody_saysWhatWasExpected_data();
    void emptyBody_saysWhatWasExpected();
    void items_areReadOfEachFormat_data();
    void items_areReadOfEachFormat();
    void csv_isReadAsTheDefinitionSays();
    void csvThatGrowsTooLarge_isRefused();
};

void TestFormatBody::contentType_choosesTheFormat_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<Format>("format");
    const auto row = [](const char *type, Format format) {
        QTest::newRow(type) << QByteArray(type) << format;
    };
    row("application/json", Format::Json);
    row("Application/JSON; charset=utf-8", Format::Json);
    row("application/geo+json", Format::Json);
    row("text/json", Format::Json);
    row("application/x-ndjson", Format::Ndjson);
    row("application/ndjson", Format::Ndjson);
    row("application/jsonl", Format::Ndjson);
    row("application/xml", Format::Xml);
    row("text/xml;charset=utf-8", Format::Xml);
    row("application/rss+xml", Format::Xml);
    row("application/atom+xml", Format::Xml);
    row("application/vnd.google-earth.kml+xml", Format::Xml);
    row("text/csv", Format::Csv);
    row("text/csv; header=present", Format::Csv);
}

void TestFormatBody::contentType_choosesTheFormat()
{
    QFETCH(QByteArray, type);
    QFETCH(Format, format);
    for (const QByteArray body : { "", "[1]", "<a/>", "a,b" })
        QCOMPARE(bodyFormat(body, type, of(Format::Auto)), format);
}

void TestFormatBody::definition_choosesBeforeContentType()
{
    for (const Format format : { Format::Json, Format::Ndjson, Format::Xml, Format::Csv }) {
        for (const QByteArray type :
             { "", "application/json", "text/xml", "text/csv", "text/plain" })
            QCOMPARE(bodyFormat("<a/>", type, of(format)), format);
    }
}

void TestFormatBody::unexpectedType_isJudgedByItsFirstCharacter_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<Format>("format");
    const auto row = [](const char *name, const QByteArray &body, Format format) {
        QTest::newRow(name) << body << format;
    };
    row("JSON", " {}", Format::Json);
    row("XML", "<a/>", Format::Xml);
    row("XML behind white space", "\r\n <a/>", Format::Xml);
    row("XML behind a mark", "\xef\xbb\xbf<a/>", Format::Xml);
    row("XML in UTF-16", "\xfe\xff" + utf16("<a/>", true), Format::Xml);
    row("rows are never guessed", "a,b\n1,2\n", Format::Json);
    row("nothing", "", Format::Json);
}

void TestFormatBody::unexpectedType_isJudgedByItsFirstCharacter()
{
    QFETCH(QByteArray, body);
    QFETCH(Format, format);
    for (const QByteArray type : { "", "text/plain", "application/octet-stream", "nonsense" })
        QCOMPARE(bodyFormat(body, type, of(Format::Auto)), format);
}

void TestFormatBody::json_isGivenBackAsItIs()
{
    const QByteArray body(" [1.10, {\"a\":1,\"a\":2}] ");
    for (const QByteArray type : { "application/json", "application/json; charset=iso-8859-1" }) {
        const Result<QByteArray> json = decodeBody(body, type, of(Format::Auto));
        QCOMPARE(static_cast<const void *>(json->constData()),
                 static_cast<const void *>(body.constData()));
    }
    // What is wrong with it is for readItems() to say.
    QCOMPARE(decoded("[\"\xff\"]", "application/json"), QByteArray("[\"\xff\"]"));
    // UTF-8 by RFC 8259, whatever the header says.
    QCOMPARE(decoded("[\"\xc3\xa9\"]", "application/json; charset=iso-8859-1"),
             QByteArray("[\"\xc3\xa9\"]"));
}

void TestFormatBody::jsonInAnotherCharset_isRead()
{
    QCOMPARE(decoded("[\"\xe9\"]", "application/json; charset=iso-8859-1"),
             QByteArray("[\"\xc3\xa9\"]"));
    QCOMPARE(decoded("\xef\xbb\xbf[1]", "application/json"), QByteArray("[1]"));
    QCOMPARE(decoded("\xff\xfe" + utf16("[1]", false), "application/json"), QByteArray("[1]"));
    QCOMPARE(decoded("[\"\xe9\"]", "application/json; charset=nonsense"),
             QByteArray("bad_charset: the answer is in the unknown charset \"nonsense\"; UTF-8 was "
                        "expected"));
}

void TestFormatBody::charset_isThatOfMarkThenHeaderThenDeclaration()
{
    const QByteArray json = "{\"a\":\"\xc3\xa9\"}";
    const QByteArray latin = "<?xml version='1.0' encoding='iso-8859-1'?><a>";
    QCOMPARE(decoded(latin + "\xe9</a>", "text/xml"), json);
    QCOMPARE(decoded(latin + "\xc3\xa9</a>", "text/xml; charset=utf-8"), json);
    QCOMPARE(decoded("\xef\xbb\xbf" + latin + "\xc3\xa9</a>", "text/xml; charset=koi8-r"), json);
    QCOMPARE(decoded("<a>\xe9</a>", "text/xml; charset=iso-8859-1"), json);
    QCOMPARE(decoded("\xff\xfe" + utf16("<?xml version='1.0' encoding='utf-16'?><a>b</a>", false),
                     "text/xml"),
             QByteArray("{\"a\":\"b\"}"));
    QCOMPARE(decoded("<a>\xe9</a>", "text/xml"),
             QByteArray("bad_charset: byte 3 of the answer is not UTF-8, and it names no other "
                        "charset"));
    QCOMPARE(decoded("a\n\xe9\n", "text/csv; charset=windows-1252"),
             QByteArray("[{\"a\":\"\xc3\xa9\"}]"));
    QCOMPARE(decoded("\xef\xbb\xbf"
                     "a\n1\n",
                     "text/csv"),
             QByteArray("[{\"a\":\"1\"}]"));
    QCOMPARE(decoded("\xef\xbb\xbf"
                     "1\n2\n",
                     "application/x-ndjson"),
             QByteArray("[1,2]"));
}

void TestFormatBody::emptyBody_saysWhatWasExpected_data()
{
    QTest::addColumn<Format>("format");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("NDJSON") << Format::Ndjson << QByteArray("NDJSON");
    QTest::newRow("XML") << Format::Xml << QByteArray("XML");
    QTest::newRow("CSV") << Format::Csv << QByteArray("CSV");
    QTest::newRow("JSON") << Format::Json << QByteArray("JSON");
}

void TestFormatBody::emptyBody_saysWhatWasExpected()
{
    QFETCH(Format, format);
    QFETCH(QByteArray, name);
    for (const QByteArray body : { "", " \r\n\t", "\xef\xbb\xbf" })
        QCOMPARE(readBody(body, {}, of(format)).error(),
                 (Error { QStringLiteral("empty_body"),
                          QStringLiteral("the answer is empty; %1 was expected")
                              .arg(QString::fromLatin1(name)) }));
}

void TestFormatBody::items_areReadOfEachFormat_data()
{
    QTest::addColumn<Format>("format");
    QTest::addColumn<QByteArray>("items");
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, Format format, const char *items, const char *id,
                        const char *body) {
        QTest::newRow(name) << format << QByteArray(items) << QByteArray(id) << QByteArray(body);
    };
    row("JSON", Format::Json, "/r", "i", R"({"r":[{"i":"1"},{"i":"2"}]})");
    row("NDJSON", Format::Ndjson, "", "i", "{\"i\":\"1\"}\n{\"i\":\"2\"}\n");
    row("XML", Format::Xml, "/r/e", "i", "<r><e><i>1</i></e><e><i>2</i></e></r>");
    row("CSV", Format::Csv, "", "i", "i\n1\n2\n");
}

void TestFormatBody::items_areReadOfEachFormat()
{
    QFETCH(Format, format);
    QFETCH(QByteArray, items);
    QFETCH(QByteArray, id);
    QFETCH(QByteArray, body);
    const Result<PolledItems> polled =
        readBody(body, {}, of(format, items.constData(), id.constData()));
    QVERIFY2(polled, polled ? "" : qPrintable(polled.error().message));
    QCOMPARE(polled->items.size(), size_t(2));
    for (size_t i = 0; i < 2; ++i) {
        const QByteArray number = QByteArray::number(qint64(i) + 1);
        QCOMPARE(polled->items[i].id, number);
        QCOMPARE(polled->items[i].raw.toByteArray(), QByteArray("{\"i\":\"" + number + "\"}"));
    }
}

void TestFormatBody::csv_isReadAsTheDefinitionSays()
{
    ChannelDefinition definition = of(Format::Csv);
    definition.csv = { QStringLiteral("\t"), true };
    QCOMPARE(shown(decodeBody("a\tb\n1\tx\n", {}, definition)), QByteArray(R"([{"a":1,"b":"x"}])"));
}

void TestFormatBody::csvThatGrowsTooLarge_isRefused()
{
    ChannelDefinition definition = of(Format::Csv);
    definition.request.maxBody = 4096;
    const QByteArray body = QByteArray(100, 'n') + '\n' + QByteArray("1\n").repeated(1000);
    QCOMPARE(decodeBody(body, {}, definition).error().code, QStringLiteral("too_large"));
    definition.request.maxBody = 65536;
    QVERIFY(decodeBody(body, {}, definition));
}

QTEST_GUILESS_MAIN(TestFormatBody)
#include "tst_formatbody.moc"
