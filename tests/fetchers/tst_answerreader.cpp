#include "fetchers/answerreader.h"

#include <QTest>

using namespace restream;

using Kind = FetchResult::Kind;

namespace {

constexpr qint64 now = 1'795'492'800'000; // Tue, 24 Nov 2026 04:00:00 GMT

ChannelDefinition channel()
{
    ChannelDefinition definition;
    definition.name = QStringLiteral("nyt-top");
    definition.auth.type = AuthDefinition::Type::Bearer;
    definition.auth.key = QStringLiteral("api-key");
    return definition;
}

const Keys keys { { QStringLiteral("api-key"), QStringLiteral("s3cret/\"key") } };

FetchResult read(int status, const QByteArray &body = {},
                 const QByteArray &type = "application/json", const QByteArray &retryAfter = {})
{
    return readAnswer({ status, body, type, retryAfter, { "\"v\"", "yesterday" } }, channel(), keys,
                      QStringLiteral("api.example"), now);
}

}

class TestAnswerReader : public QObject
{
    Q_OBJECT

private slots:
    void body_isGivenWithItsValidators();
    void webPage_isNotJsonAndShowsItsFirstWords();
    void webPageForAnotherFormat_saysWhatWasExpected();
    void notModifiedAndNoContent_areNoFailures();
    void status_isClassified_data();
    void status_isClassified();
    void retryAfter_isReadInEveryForm_data();
    void retryAfter_isReadInEveryForm();
    void echoedKey_isNeverShown_data();
    void echoedKey_isNeverShown();
    void keyAtTheCutOfAnExcerpt_isNotHalfShown();
    void excerpt_holdsNoControlCharacters();
};

void TestAnswerReader::body_isGivenWithItsValidators()
{
    const FetchResult result = read(200, "[1]", "text/plain");
    QCOMPARE(result.kind, Kind::Body);
    QCOMPARE(result.body, QByteArray("[1]"));
    QCOMPARE(result.contentType, QByteArray("text/plain"));
    QCOMPARE(result.validators, (Validators { "\"v\"", "yesterday" }));
    QCOMPARE(read(200, {}).kind, Kind::Body);
}

void TestAnswerReader::webPage_isNotJsonAndShowsItsFirstWords()
{
    for (const QByteArray type :
         { "text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml" }) {
        const FetchResult result = read(200,
                                        "<html><head><style>x{}</style><script>evil()</script></"
                                        "head><body><h1>Sign in</h1>\n to go on",
                                        type);
        QCOMPARE(result.kind, Kind::Failed);
        QCOMPARE(result.error.code, QStringLiteral("not_json"));
        QVERIFY2(result.error.message.contains(QLatin1String("\"Sign in to go on\"")),
                 qPrintable(result.error.message));
    }
}

void TestAnswerReader::webPageForAnotherFormat_saysWhatWasExpected()
{
    using Format = ChannelDefinition::Format;
    for (const auto &[format, code, name] :
         { std::tuple(Format::Xml, "not_xml", "XML"), std::tuple(Format::Csv, "not_csv", "CSV"),
           std::tuple(Format::Ndjson, "not_ndjson", "NDJSON"),
           std::tuple(Format::Json, "not_json", "JSON") }) {
        ChannelDefinition definition = channel();
        definition.format = format;
        const FetchResult result = readAnswer({ 200, "<html>Sign in</html>", "text/html", {}, {} },
                                              definition, keys, QStringLiteral("api.example"), now);
        QCOMPARE(result.kind, Kind::Failed);
        QCOMPARE(result.error.code, QLatin1String(code));
        QVERIFY2(
            result.error.message.contains(QStringLiteral("a web page, not ") + QLatin1String(name)),
            qPrintable(result.error.message));
    }
}

void TestAnswerReader::notModifiedAndNoContent_areNoFailures()
{
    QCOMPARE(read(304).kind, Kind::NotModified);
    QCOMPARE(read(304).validators.etag, QByteArray("\"v\""));
    QCOMPARE(read(204).kind, Kind::NoContent);
}

void TestAnswerReader::status_isClassified_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("says");
    QTest::newRow("400") << 400 << Kind::Failed << "http_status"
                         << "400";
    QTest::newRow("401") << 401 << Kind::Refused << "key_refused"
                         << "restreamd keys set nyt-top api-key";
    QTest::newRow("403") << 403 << Kind::Refused << "forbidden"
                         << "forbids";
    QTest::newRow("404") << 404 << Kind::Failed << "not_found"
                         << "check the URL";
    QTest::newRow("410") << 410 << Kind::Failed << "not_found"
                         << "check the URL";
    QTest::newRow("429") << 429 << Kind::RateLimited << "rate_limited"
                         << "less often";
    QTest::newRow("500") << 500 << Kind::Failed << "server_error"
                         << "500";
    QTest::newRow("503") << 503 << Kind::Failed << "server_error"
                         << "503";
    QTest::newRow("302 without a place") << 302 << Kind::Failed << "http_status"
                                         << "302";
    QTest::newRow("206") << 206 << Kind::Failed << "http_status"
                         << "206";
}

void TestAnswerReader::status_isClassified()
{
    QFETCH(int, status);
    QFETCH(Kind, kind);
    QFETCH(QString, code);
    QFETCH(QString, says);
    const FetchResult result = read(status, "the reason");
    QCOMPARE(result.kind, kind);
    QCOMPARE(result.error.code, code);
    QVERIFY2(result.error.message.contains(says), qPrintable(result.error.message));
    QVERIFY(result.error.message.contains(QLatin1String("api.example")));
    QCOMPARE(result.retryAfterMs, std::nullopt);
    QVERIFY(result.body.isEmpty());
}

void TestAnswerReader::retryAfter_isReadInEveryForm_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<qint64>("ms");
    QTest::newRow("seconds") << QByteArray("120") << qint64(120'000);
    QTest::newRow("zero") << QByteArray("0") << qint64(0);
    QTest::newRow("spaces") << QByteArray(" 5 ") << qint64(5000);
    QTest::newRow("date") << QByteArray("Tue, 24 Nov 2026 04:02:00 GMT") << qint64(120'000);
    QTest::newRow("RFC 850") << QByteArray("Tuesday, 24-Nov-26 04:02:00 GMT") << qint64(120'000);
    QTest::newRow("asctime") << QByteArray("Tue Nov 24 04:02:00 2026") << qint64(120'000);
    QTest::newRow("huge") << QByteArray("99999999999999999999999")
                          << qint64(10LL * 365 * 24 * 3600 * 1000);
    for (const char *rubbish : { "soon", "-5", "1.5", "5s", "Tue, 24 Nov 2026 03:59:00 GMT",
                                 "Tue, 99 Nov 2026 04:02:00 GMT", "\xff\xfe" })
        QTest::newRow(rubbish) << QByteArray(rubbish) << qint64(-1);
    QTest::newRow("none") << QByteArray() << qint64(-1);
}

void TestAnswerReader::retryAfter_isReadInEveryForm()
{
    QFETCH(QByteArray, header);
    QFETCH(qint64, ms);
    const std::optional<qint64> expected = ms < 0 ? std::nullopt : std::optional(ms);
    QCOMPARE(parseRetryAfter(header, now), expected);
    const FetchResult tooMany = read(429, {}, {}, header);
    QCOMPARE(tooMany.kind, Kind::RateLimited);
    QCOMPARE(tooMany.retryAfterMs, expected);
    const FetchResult unavailable = read(503, {}, {}, header);
    QCOMPARE(unavailable.kind, expected ? Kind::RateLimited : Kind::Failed);
    QCOMPARE(unavailable.retryAfterMs, expected);
}

void TestAnswerReader::echoedKey_isNeverShown_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    for (const int status : { 200, 400, 401, 403, 500 }) {
        QTest::addRow("%d as it is", status) << status << QByteArray("bad key s3cret/\"key!");
        QTest::addRow("%d in JSON", status)
            << status << QByteArray(R"({"error":"bad key s3cret/\"key!"})");
        QTest::addRow("%d in PHP's JSON", status)
            << status << QByteArray(R"({"error":"bad key s3cret\/\"key!"})");
        QTest::addRow("%d in a URL", status)
            << status << QByteArray("bad url /x?key=s3cret%2F%22key&y");
        QTest::addRow("%d in upper case", status) << status << QByteArray("bad key S3CRET/\"KEY!");
        QTest::addRow("%d split by a tag", status)
            << status << QByteArray("bad key s3cret/\"key<b>!</b>");
        QTest::addRow("%d in base64", status)
            << status << QByteArray("bad header " + QByteArray("s3cret/\"key").toBase64());
    }
}

void TestAnswerReader::echoedKey_isNeverShown()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    const FetchResult result = read(status, body, "text/html");
    QVERIFY(result.error.message.contains(QLatin1String("bad ")));
    QVERIFY2(!result.error.message.contains(QLatin1String("s3cret"), Qt::CaseInsensitive),
             qPrintable(result.error.message));
    QVERIFY(!result.error.message.contains(QLatin1String("czNjcmV0")));
}

void TestAnswerReader::keyAtTheCutOfAnExcerpt_isNotHalfShown()
{
    for (int before = 80; before < 110; ++before) {
        const FetchResult result =
            read(500, QByteArray(before, 'x') + "s3cret/\"key" + QByteArray(100, 'y'));
        QVERIFY(!result.error.message.contains(QLatin1String("s3c")));
    }
}

void TestAnswerReader::excerpt_holdsNoControlCharacters()
{
    const FetchResult result =
        read(500,
             "a\x1b[31m\r\n\0b\xff\xe2\x80\xae" // NOLINT(misc-misleading-bidirectional)
             "c");
    for (const QChar c : result.error.message)
        QVERIFY(c.isPrint());
    QVERIFY(!result.error.message.contains(QChar(0x202e)));
}

QTEST_GUILESS_MAIN(TestAnswerReader)
#include "tst_answerreader.moc"
