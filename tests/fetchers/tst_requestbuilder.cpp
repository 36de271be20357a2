#include "fetchers/requestbuilder.h"

#include <QTest>

using namespace restream;

class TestRequestBuilder : public QObject
{
    Q_OBJECT

private slots:
    void url_isFilledIn_data();
    void url_isFilledIn();
    void hostileValue_neverLeavesItsSegment_data();
    void hostileValue_neverLeavesItsSegment();
    void dotOrEmptySegment_isRefused_data();
    void dotOrEmptySegment_isRefused();
    void hostParam_mayHoldOnlyWhatNamesHold_data();
    void hostParam_mayHoldOnlyWhatNamesHold();
    void absentParam_leavesQueryAndHeaderOutAndFailsInThePath();
    void headerParam_isRefusedWithAControlCharacter_data();
    void headerParam_isRefusedWithAControlCharacter();
    void lineBreakInADefinitionsHeader_isRefused();
    void privateHost_isAllowedOnlyWhereTheDefinitionWritesIt_data();
    void privateHost_isAllowedOnlyWhereTheDefinitionWritesIt();
    void keys_areAttachedAsSecrets();
    void missingKey_isNamed();
    void keyWithALineBreak_isRefusedWithoutShowingIt();
    void limits_areTaken();
    void otherSchemes_areRefused_data();
    void otherSchemes_areRefused();

private:
    static ChannelDefinition channel(const QString &url)
    {
        ChannelDefinition definition;
        definition.name = QStringLiteral("nyt-top");
        definition.request.url = url;
        return definition;
    }
    static QByteArray sent(const Result<HttpRequest> &request)
    {
        return request ? request->url.toEncoded()
                       : QByteArray("error " + request.error().code.toLatin1());
    }
};

void TestRequestBuilder::url_isFilledIn_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QByteArray>("expected");
    const QString path = QStringLiteral("https://h.example/a/{p}.json");
    QTest::newRow("plain") << path << "home" << QByteArray("https://h.example/a/home.json");
    QTest::newRow("space") << path << "a b" << QByteArray("https://h.example/a/a%20b.json");
    QTest::newRow("not ASCII") << path << QStringLiteral("é")
                               << QByteArray("https://h.example/a/%C3%A9.json");
    QTest::newRow("unreserved") << path << "a-b_c.d~e"
                                << QByteArray("https://h.example/a/a-b_c.d~e.json");
    QTest::newRow("no path") << "https://h.example"
                             << "x" << QByteArray("https://h.example/");
    QTest::newRow("in the query") << "https://h.example/a?b={p}&c=1"
                                  << "x&y=z" << QByteArray("https://h.example/a?b=x%26y%3Dz&c=1");
    QTest::newRow("query without path") << "https://h.example?b={p}"
                                        << "x" << QByteArray("https://h.example/?b=x");
    QTest::newRow("plus") << "https://h.example/?b={p}"
                          << "a+b" << QByteArray("https://h.example/?b=a%2Bb");
    QTest::newRow("hash") << "https://h.example/?b={p}"
                          << "a#b" << QByteArray("https://h.example/?b=a%23b");
    QTest::newRow("percent") << "https://h.example/{p}"
                             << "50%25" << QByteArray("https://h.example/50%2525");
    QTest::newRow("fragment") << "https://h.example/{p}#top"
                              << "x" << QByteArray("https://h.example/x");
    QTest::newRow("encoded by the author")
        << "https://h.example/a%2Fb/50%/{p}"
        << "/" << QByteArray("https://h.example/a%2Fb/50%25/%2F");
    QTest::newRow("unknown braces") << "https://h.example/{}/{1}/{p}"
                                    << "x" << QByteArray("https://h.example/%7B%7D/%7B1%7D/x");
    QTest::newRow("placeholder as a value") << "https://h.example/{p}"
                                            << "{p}" << QByteArray("https://h.example/%7Bp%7D");
    QTest::newRow("port") << "https://h.example:8443/{p}"
                          << "x" << QByteArray("https://h.example:8443/x");
}

void TestRequestBuilder::url_isFilledIn()
{
    QFETCH(QString, url);
    QFETCH(QString, value);
    QFETCH(QByteArray, expected);
    QCOMPARE(sent(buildRequest(channel(url), { { QStringLiteral("p"), value } }, {})), expected);
}

void TestRequestBuilder::hostileValue_neverLeavesItsSegment_data()
{
    QTest::addColumn<QString>("value");
    for (const char *value :
         { "a/b", "/", "//evil.example/", "../../x", "..%2f..", "%2e%2e%2f", "?x=y", "#x",
           "@evil.example", "user:pass@evil.example", "evil.example:80", "\\..\\",
           "a\r\nHost: evil.example", "a;b", "a%00b", "%", "..;/" })
        QTest::newRow(value) << QString::fromUtf8(value);
    QTest::newRow("right to left") << QString(QChar(0x202e));
    QTest::newRow("NUL") << QString(QChar(0));
}

void TestRequestBuilder::hostileValue_neverLeavesItsSegment()
{
    QFETCH(QString, value);
    const Params params { { QStringLiteral("p"), value } };
    const Result<HttpRequest> request =
        buildRequest(channel(QStringLiteral("https://h.example/v1/{p}/x?q={p}&r=1")), params, {});
    QVERIFY2(request, request ? "" : qPrintable(request.error().message));
    const QByteArray encoded = request->url.toEncoded();
    QCOMPARE(request->url.host(), QStringLiteral("h.example"));
    QVERIFY(request->url.userInfo().isEmpty());
    QVERIFY(encoded.startsWith("https://h.example/v1/"));
    QCOMPARE(encoded.count('/'), 5);
    QCOMPARE(encoded.count('?'), 1);
    QCOMPARE(encoded.count('&'), 1);
    QVERIFY(encoded.endsWith("&r=1"));
    QVERIFY(!request->url.hasFragment());
    QVERIFY(!encoded.contains('\r') && !encoded.contains('\n') && !encoded.contains('\0')
            && !encoded.contains('\\'));
    QCOMPARE(QUrl::fromPercentEncoding(encoded.mid(21, encoded.indexOf("/x?") - 21)), value);
}

void TestRequestBuilder::dotOrEmptySegment_isRefused_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("value");
    QTest::newRow(".") << "https://h.example/a/{p}/b"
                       << ".";
    QTest::newRow("..") << "https://h.example/a/{p}/b"
                        << "..";
    QTest::newRow("at the end") << "https://h.example/a/{p}"
                                << "..";
    QTest::newRow("empty") << "https://h.example/a/{p}/b"
                           << "";
    QTest::newRow("a dot of the author's") << "https://h.example/a/.{p}/b"
                                           << ".";
    QTest::newRow("an encoded dot of the author's") << "https://h.example/a/%2E{p}/b"
                                                    << ".";
    QTest::newRow("twice") << "https://h.example/a/{p}{p}/b"
                           << ".";
}

void TestRequestBuilder::dotOrEmptySegment_isRefused()
{
    QFETCH(QString, url);
    QFETCH(QString, value);
    const Result<HttpRequest> request =
        buildRequest(channel(url), { { QStringLiteral("p"), value } }, {});
    QCOMPARE(sent(request), QByteArray("error bad_param"));
    QVERIFY(request.error().message.contains(QLatin1String("param p ")));
}

void TestRequestBuilder::hostParam_mayHoldOnlyWhatNamesHold_data()
{
    QTest::addColumn<QString>("value");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("name") << "eu-1" << QByteArray("https://eu-1.example.com:8443/x");
    for (const char *value : { "evil.example/", "evil.example#", "evil.example?", "a@b", "a:b",
                               "evil.example\\", "a b", "a%2e", "", "[::1]", "a\n" })
        QTest::newRow(value) << QString::fromLatin1(value) << QByteArray("error bad_param");
}

void TestRequestBuilder::hostParam_mayHoldOnlyWhatNamesHold()
{
    QFETCH(QString, value);
    QFETCH(QByteArray, expected);
    QCOMPARE(sent(buildRequest(channel(QStringLiteral("https://{region}.example.com:8443/x")),
                               { { QStringLiteral("region"), value } }, {})),
             expected);
}

void TestRequestBuilder::absentParam_leavesQueryAndHeaderOutAndFailsInThePath()
{
    ChannelDefinition definition = channel(QStringLiteral("https://h.example/x?a={gone}&b=1"));
    definition.request.query = { { QStringLiteral("limit"), QStringLiteral("{gone}") },
                                 { QStringLiteral("at"), QStringLiteral("{here},{here} z") } };
    definition.request.headers = { { QStringLiteral("X-Gone"), QStringLiteral("{gone}") },
                                   { QStringLiteral("X-Here"), QStringLiteral("v {here}") } };
    const Params params { { QStringLiteral("here"), QStringLiteral("1 2") } };
    const Result<HttpRequest> request = buildRequest(definition, params, {});
    QCOMPARE(sent(request), QByteArray("https://h.example/x?b=1&at=1%202%2C1%202%20z"));
    QCOMPARE(request->headers, (HttpRequest::Headers { { "X-Here", "v 1 2" } }));
    QCOMPARE(sent(buildRequest(channel(QStringLiteral("https://h.example/{gone}")), params, {})),
             QByteArray("error missing_param"));
    QCOMPARE(sent(buildRequest(channel(QStringLiteral("https://{gone}.example/")), params, {})),
             QByteArray("error missing_param"));
}

void TestRequestBuilder::headerParam_isRefusedWithAControlCharacter_data()
{
    QTest::addColumn<QString>("value");
    QTest::newRow("CR LF") << "a\r\nX-Evil: 1";
    QTest::newRow("LF") << "a\n";
    QTest::newRow("CR") << "\ra";
    QTest::newRow("NUL") << QString(QChar(0));
    QTest::newRow("escape") << "\x1b[31m";
}

void TestRequestBuilder::headerParam_isRefusedWithAControlCharacter()
{
    QFETCH(QString, value);
    ChannelDefinition definition = channel(QStringLiteral("https://h.example/"));
    definition.request.headers = { { QStringLiteral("X-P"), QStringLiteral("{p}") } };
    const Result<HttpRequest> request =
        buildRequest(definition, { { QStringLiteral("p"), value } }, {});
    QCOMPARE(sent(request), QByteArray("error bad_param"));
    QVERIFY(request.error().message.contains(QLatin1String("X-P")));
}

void TestRequestBuilder::lineBreakInADefinitionsHeader_isRefused()
{
    ChannelDefinition definition = channel(QStringLiteral("https://h.example/"));
    definition.request.headers = { { QStringLiteral("X-P"), QStringLiteral("a\r\nX-Evil: 1") } };
    QCOMPARE(sent(buildRequest(definition, {}, {})), QByteArray("error bad_header"));
}

void TestRequestBuilder::privateHost_isAllowedOnlyWhereTheDefinitionWritesIt_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<bool>("allowed");
    QTest::newRow("localhost") << "http://localhost:8123/{p}" << true;
    QTest::newRow("LOCALHOST") << "http://LOCALHOST/" << true;
    QTest::newRow("address") << "http://192.168.1.5/api" << true;
    QTest::newRow("IPv6") << "http://[::1]:8080/" << true;
    QTest::newRow("name") << "http://printer.example/" << false;
    QTest::newRow("looks alike") << "http://localhost.example/" << false;
    QTest::newRow("host by param") << "http://{p}/" << false;
    QTest::newRow("port by param") << "http://localhost:{n}/" << false;
    QTest::newRow("part of an address by param") << "http://127.0.0.{n}/" << false;
}

void TestRequestBuilder::privateHost_isAllowedOnlyWhereTheDefinitionWritesIt()
{
    QFETCH(QString, url);
    QFETCH(bool, allowed);
    const Params params { { QStringLiteral("p"), QStringLiteral("localhost") },
                          { QStringLiteral("n"), QStringLiteral("80") } };
    ChannelDefinition definition = channel(url);
    Result<HttpRequest> request = buildRequest(definition, params, {});
    QVERIFY(request);
    QCOMPARE(request->allowPrivate, allowed);
    definition.request.allowPrivate = true;
    request = buildRequest(definition, params, {});
    QVERIFY(request->allowPrivate);
}

void TestRequestBuilder::keys_areAttachedAsSecrets()
{
    const Keys keys { { QStringLiteral("a"), QStringLiteral("A&1") },
                      { QStringLiteral("b"), QStringLiteral("B:2") } };
    ChannelDefinition definition = channel(QStringLiteral("https://h.example/x"));
    definition.auth.type = AuthDefinition::Type::ApiKey;
    definition.auth.place = AuthDefinition::Place::Query;
    definition.auth.name = QStringLiteral("api-key");
    definition.auth.key = QStringLiteral("a");
    Result<HttpRequest> request = buildRequest(definition, {}, keys);
    QCOMPARE(request->secretQuery,
             (QList<std::pair<QString, QString>> {
                 { QStringLiteral("api-key"), QStringLiteral("A&1") } }));
    QCOMPARE(sent(request), QByteArray("https://h.example/x"));

    definition.auth.place = AuthDefinition::Place::Header;
    request = buildRequest(definition, {}, keys);
    QCOMPARE(request->secretHeaders, (HttpRequest::Headers { { "api-key", "A&1" } }));
    QVERIFY(request->headers.isEmpty());

    definition.auth.type = AuthDefinition::Type::Bearer;
    request = buildRequest(definition, {}, keys);
    QCOMPARE(request->secretHeaders, (HttpRequest::Headers { { "Authorization", "Bearer A&1" } }));

    definition.auth.type = AuthDefinition::Type::Basic;
    definition.auth.user = QStringLiteral("a");
    definition.auth.password = QStringLiteral("b");
    request = buildRequest(definition, {}, keys);
    QCOMPARE(request->secretHeaders,
             (HttpRequest::Headers {
                 { "Authorization", "Basic " + QByteArray("A&1:B:2").toBase64() } }));
}

void TestRequestBuilder::missingKey_isNamed()
{
    ChannelDefinition definition = channel(QStringLiteral("https://h.example/x"));
    definition.auth.type = AuthDefinition::Type::Bearer;
    definition.auth.key = QStringLiteral("token");
    for (const Keys &keys : { Keys {}, Keys { { QStringLiteral("token"), QString() } } }) {
        const Result<HttpRequest> request = buildRequest(definition, {}, keys);
        QCOMPARE(sent(request), QByteArray("error key_missing"));
        QVERIFY(
            request.error().message.contains(QLatin1String("restreamd keys set nyt-top token")));
    }
    definition.keysFrom = QStringLiteral("nyt-newswire");
    QVERIFY(buildRequest(definition, {}, {})
                .error()
                .message.contains(QLatin1String("restreamd keys set nyt-newswire token")));
}

void TestRequestBuilder::keyWithALineBreak_isRefusedWithoutShowingIt()
{
    ChannelDefinition definition = channel(QStringLiteral("https://h.example/x"));
    definition.auth.type = AuthDefinition::Type::Bearer;
    definition.auth.key = QStringLiteral("token");
    const Result<HttpRequest> request = buildRequest(
        definition, {}, { { QStringLiteral("token"), QStringLiteral("s3cret\r\nX: y") } });
    QCOMPARE(sent(request), QByteArray("error key_refused"));
    QVERIFY(!request.error().message.contains(QLatin1String("s3cret")));
}

void TestRequestBuilder::limits_areTaken()
{
    ChannelDefinition definition = channel(QStringLiteral("https://h.example/x"));
    definition.request.timeoutSeconds = 2.5;
    definition.request.maxBody = 1234;
    const Result<HttpRequest> request = buildRequest(definition, {}, {});
    QCOMPARE(request->timeoutMs, 2500);
    QCOMPARE(request->maxBody, 1234);
    QVERIFY(!request->allowPrivate);
}

void TestRequestBuilder::otherSchemes_areRefused_data()
{
    QTest::addColumn<QString>("url");
    for (const char *url : { "file:///etc/passwd", "ftp://h.example/", "data:,x", "h.example/x",
                             "://x", "http://", "http:///x", "http://user@h.example/", "" })
        QTest::newRow(*url ? url : "empty") << QString::fromLatin1(url);
}

void TestRequestBuilder::otherSchemes_areRefused()
{
    QFETCH(QString, url);
    QCOMPARE(sent(buildRequest(channel(url), {}, {})), QByteArray("error bad_url"));
}

QTEST_GUILESS_MAIN(TestRequestBuilder)
#include "tst_requestbuilder.moc"
