#include "tests/poll/httpcaller.h"

using namespace restream;

class TestHttpClient : public QObject
{
    Q_OBJECT

private slots:
    void goodAnswer_isGivenWithItsValidators();
    void request_saysWhoAsksAndNothingOfTheUser();
    void secrets_areAddedWhenTheRequestIsSent();
    void encodedPath_goesOutAsItIs();
    void validators_areSent();
    void notModifiedAndNoContent_areAnswers();
    void errorStatus_isAnAnswerWithItsBody();
    void cookies_areNotKept();
    void namedHost_isAskedAtItsCheckedAddressUnderItsName();
    void callsToOneHost_shareAConnection();
    void largeBody_isReadWhole();
    void firstAddressRefuses_nextOneIsAsked();
    void firstAddressDoesNotAnswer_nextOneIsAskedAfterAWhile();
    void privateAddress_isRefusedWithoutLeave_data();
    void privateAddress_isRefusedWithoutLeave();
    void oneOfManyAddressesPrivate_isRefused();
    void badRequests_areRefusedAndNotSent_data();
    void badRequests_areRefusedAndNotSent();
    void destroyedCall_isSilent();
    void answer_neverComesBeforeGetReturns();
};

void TestHttpClient::goodAnswer_isGivenWithItsValidators()
{
    FaultServer server(FaultServer::always(
        FaultServer::response("[1]",
                              "Content-Type: application/json; charset=utf-8\r\nETag: "
                              "W/\"v1\"\r\nLast-Modified: Tue, 24 Nov 2026 04:05:06 GMT\r\n")));
    HttpCaller caller;
    const Result<HttpAnswer> answer = caller.get(server.url());
    QVERIFY(answer);
    QCOMPARE(answer->status, 200);
    QCOMPARE(answer->body, QByteArray("[1]"));
    QCOMPARE(answer->contentType, QByteArray("application/json; charset=utf-8"));
    QCOMPARE(answer->validators, (Validators { "W/\"v1\"", "Tue, 24 Nov 2026 04:05:06 GMT" }));
    QCOMPARE(caller.calls, 1);
    QCOMPARE(caller.clock.nextTimer(), -1);
}

void TestHttpClient::request_saysWhoAsksAndNothingOfTheUser()
{
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    HttpCaller caller;
    HttpRequest request = HttpCaller::local(server.url(QStringLiteral("a?b=c#fragment")));
    request.headers = { { "X-Own", "yes" }, { "Accept", "application/geo+json" } };
    QVERIFY(caller.get(request));
    const WireRequest &sent = server.requests().constFirst();
    QVERIFY(sent.head.startsWith("GET /a?b=c HTTP/1.1\r\n"));
    QCOMPARE(sent.header("User-Agent"), QByteArray("Restream/" RESTREAM_VERSION));
    QCOMPARE(sent.header("Accept"), QByteArray("application/geo+json"));
    QCOMPARE(sent.header("Accept-Language"), QByteArray("*"));
    QCOMPARE(sent.header("Accept-Encoding"), QByteArray("gzip"));
    QCOMPARE(sent.header("X-Own"), QByteArray("yes"));
    QCOMPARE(sent.header("Host"), QByteArray("127.0.0.1:" + QByteArray::number(server.port())));
    QCOMPARE(sent.head.toLower().count("\nhost:"), 1);
    QVERIFY(sent.header("Cookie").isEmpty());
}

void TestHttpClient::secrets_areAddedWhenTheRequestIsSent()
{
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    HttpCaller caller;
    HttpRequest request = HttpCaller::local(server.url(QStringLiteral("a?b=c%26d")));
    request.secretQuery = { { QStringLiteral("api-key"), QStringLiteral("a&b=c d+é") } };
    request.secretHeaders = { { "X-Api-Key", "s3cret" } };
    QVERIFY(caller.get(request));
    QCOMPARE(server.requests().constFirst().target(),
             QByteArray("/a?b=c%26d&api-key=a%26b%3Dc%20d%2B%C3%A9"));
    QCOMPARE(server.requests().constFirst().header("X-Api-Key"), QByteArray("s3cret"));
}

void TestHttpClient::encodedPath_goesOutAsItIs()
{
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    HttpCaller caller;
    const QByteArray target = "/a%2Fb%3Fc%23d%25e%20f//g;h?x=%2B+%26%3D%23&y=%5B1%5D&z=$a,b:c@d";
    QVERIFY(caller.get(
        QUrl::fromEncoded(server.url().toEncoded().chopped(1) + target, QUrl::StrictMode)));
    QCOMPARE(server.requests().constFirst().target(), target);
}

void TestHttpClient::validators_areSent()
{
    FaultServer server(FaultServer::always("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n"));
    HttpCaller caller;
    HttpRequest request = HttpCaller::local(server.url());
    request.validators = { "\"v1\"", "Tue, 24 Nov 2026 04:05:06 GMT" };
    QVERIFY(caller.get(request));
    QCOMPARE(server.requests().constFirst().header("If-None-Match"), QByteArray("\"v1\""));
    QCOMPARE(server.requests().constFirst().header("If-Modified-Since"),
             QByteArray("Tue, 24 Nov 2026 04:05:06 GMT"));
}

void TestHttpClient::notModifiedAndNoContent_areAnswers()
{
    HttpCaller caller;
    for (const int status : { 304, 204 }) {
        FaultServer server(FaultServer::always("HTTP/1.1 " + QByteArray::number(status)
                                               + " X\r\nContent-Encoding: gzip\r\n\r\n"));
        const Result<HttpAnswer> answer = caller.get(server.url());
        QVERIFY(answer);
        QCOMPARE(answer->status, status);
        QVERIFY(answer->body.isEmpty());
    }
}

void TestHttpClient::errorStatus_isAnAnswerWithItsBody()
{
    HttpCaller caller;
    for (const QByteArray status :
         { "400 X", "401 X", "403 X", "404 X", "405 X", "407 X", "409 X", "410 X", "418 X", "429 X",
           "500 X", "501 X", "503 X", "599 X" }) {
        FaultServer server(FaultServer::always(FaultServer::response(
            "why", "Retry-After: 7\r\nWWW-Authenticate: Basic realm=\"x\"\r\n", status)));
        const Result<HttpAnswer> answer = caller.get(server.url());
        QVERIFY2(answer, status.constData());
        QCOMPARE(answer->status, status.first(3).toInt());
        QCOMPARE(answer->body, QByteArray("why"));
        QCOMPARE(answer->retryAfter, QByteArray("7"));
        QCOMPARE(server.requests().size(), 1);
    }
}

void TestHttpClient::cookies_areNotKept()
{
    FaultServer server(
        FaultServer::always(FaultServer::response("[]", "Set-Cookie: a=b; Path=/\r\n")));
    HttpCaller caller;
    QVERIFY(caller.get(server.url()));
    QVERIFY(caller.get(server.url()));
    QCOMPARE(server.requests().size(), 2);
    QVERIFY(server.requests().constLast().header("Cookie").isEmpty());
}

void TestHttpClient::namedHost_isAskedAtItsCheckedAddressUnderItsName()
{
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    HttpCaller caller;
    caller.resolver.names[QStringLiteral("api.example.com")] = { QHostAddress(
        QHostAddress::LocalHost) };
    QUrl url = server.url(QStringLiteral("x"));
    url.setHost(QStringLiteral("API.Example.com"));
    QVERIFY(caller.get(url));
    QCOMPARE(caller.resolver.asked, QStringList { QStringLiteral("api.example.com") });
    QCOMPARE(server.requests().constFirst().header("Host"),
             "api.example.com:" + QByteArray::number(server.port()));
}

void TestHttpClient::callsToOneHost_shareAConnection()
{
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    HttpCaller caller;
    for (int i = 0; i < 5; ++i)
        QVERIFY(caller.get(server.url()));
    QCOMPARE(server.requests().size(), 5);
    QCOMPARE(server.connections(), 1);
}

void TestHttpClient::largeBody_isReadWhole()
{
    const QByteArray body(50 * 1024 * 1024, '7');
    FaultServer server(FaultServer::always(FaultServer::response(body)));
    HttpCaller caller;
    const Result<HttpAnswer> answer = caller.get(server.url());
    QVERIFY(answer);
    QVERIFY(answer->body == body);
}

void TestHttpClient::firstAddressRefuses_nextOneIsAsked()
{
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    HttpCaller caller;
    // Nothing listens at the second loopback address.
    caller.resolver.names[QStringLiteral("two.example")] = {
        QHostAddress(QStringLiteral("127.0.0.2")), QHostAddress(QHostAddress::LocalHost)
    };
    QUrl url = server.url();
    url.setHost(QStringLiteral("two.example"));
    QVERIFY(caller.get(url));
    QCOMPARE(server.requests().size(), 1);
}

void TestHttpClient::firstAddressDoesNotAnswer_nextOneIsAskedAfterAWhile()
{
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    // A listener whose queue is full takes no more connections, as behind a firewall that drops everything.
    QTcpServer full;
    QVERIFY(full.listen(QHostAddress(QStringLiteral("127.0.0.2")), server.port()));
    full.pauseAccepting();
    std::vector<std::unique_ptr<QTcpSocket>> crowd;
    for (int i = 0; i < 200; ++i) {
        crowd.push_back(std::make_unique<QTcpSocket>());
        crowd.back()->connectToHost(full.serverAddress(), full.serverPort());
    }
    QTRY_VERIFY(crowd.front()->state() == QAbstractSocket::ConnectedState);

    HttpCaller caller;
    caller.resolver.names[QStringLiteral("two.example")] = {
        full.serverAddress(), QHostAddress(QHostAddress::LocalHost)
    };
    QUrl url = server.url();
    url.setHost(QStringLiteral("two.example"));
    caller.start(HttpCaller::local(url));
    QTRY_COMPARE(caller.clock.nextTimer(), 5000);
    QTest::qWait(50);
    QVERIFY(!caller.answer);
    caller.clock.advance(5000);
    QTRY_VERIFY(caller.answer);
    QVERIFY(*caller.answer);
    QCOMPARE(server.requests().size(), 1);
}

void TestHttpClient::privateAddress_isRefusedWithoutLeave_data()
{
    QTest::addColumn<QString>("host");
    QTest::newRow("name") << "inside.example";
    QTest::newRow("address") << "127.0.0.1";
    QTest::newRow("short form") << "127.1";
    QTest::newRow("hexadecimal") << "0x7f000001";
    QTest::newRow("decimal") << "2130706433";
    QTest::newRow("IPv6") << "::1";
    QTest::newRow("mapped") << "::ffff:127.0.0.1";
}

void TestHttpClient::privateAddress_isRefusedWithoutLeave()
{
    QFETCH(QString, host);
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    HttpCaller caller;
    caller.resolver.names[QStringLiteral("inside.example")] = { QHostAddress(
        QHostAddress::LocalHost) };
    HttpRequest request;
    request.url = server.url(QStringLiteral("path?query=x"));
    request.url.setHost(host);
    const Result<HttpAnswer> answer = caller.get(request);
    QVERIFY(!answer);
    QVERIFY(answer.error().code == QLatin1String("private_address")
            || answer.error().code == QLatin1String("dns_failed"));
    QVERIFY(!answer.error().message.contains(QLatin1String("query")));
    QCOMPARE(server.connections(), 0);
}

void TestHttpClient::oneOfManyAddressesPrivate_isRefused()
{
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    HttpCaller caller;
    caller.resolver.names[QStringLiteral("mixed.example")] = {
        QHostAddress(QStringLiteral("192.0.2.1")), QHostAddress(QHostAddress::LocalHost)
    };
    HttpRequest request;
    request.url = QUrl(QStringLiteral("http://mixed.example:%1/").arg(server.port()));
    const Result<HttpAnswer> answer = caller.get(request);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, QStringLiteral("private_address"));
    QVERIFY(answer.error().message.contains(QLatin1String("mixed.example")));
    QCOMPARE(server.connections(), 0);
}

void TestHttpClient::badRequests_areRefusedAndNotSent_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("code");
    QTest::newRow("CR LF in a value")
        << QByteArray("X-A") << QByteArray("a\r\nX-B: b") << "bad_header";
    QTest::newRow("LF in a value") << QByteArray("X-A") << QByteArray("a\nb") << "bad_header";
    QTest::newRow("CR in a value") << QByteArray("X-A") << QByteArray("a\rb") << "bad_header";
    QTest::newRow("NUL in a value") << QByteArray("X-A") << QByteArray("a\0b", 3) << "bad_header";
    QTest::newRow("LF in a name") << QByteArray("X-A\nB") << QByteArray("a") << "bad_header";
    QTest::newRow("colon in a name") << QByteArray("X-A: b") << QByteArray("a") << "bad_header";
    QTest::newRow("no name") << QByteArray() << QByteArray("a") << "bad_header";
    QTest::newRow("another Host") << QByteArray("hOst") << QByteArray("evil.example")
                                  << "bad_header";
    QTest::newRow("another coding")
        << QByteArray("Accept-Encoding") << QByteArray("br") << "bad_header";
    QTest::newRow("a length") << QByteArray("Content-Length") << QByteArray("5") << "bad_header";
    QTest::newRow("file") << QByteArray() << QByteArray("file:///etc/passwd") << "bad_url";
    QTest::newRow("data") << QByteArray() << QByteArray("data:application/json,[]") << "bad_url";
    QTest::newRow("ftp") << QByteArray() << QByteArray("ftp://127.0.0.1/") << "bad_url";
    QTest::newRow("no host") << QByteArray() << QByteArray("http:///x") << "bad_url";
    QTest::newRow("password") << QByteArray() << QByteArray("http://user:pass@127.0.0.1/")
                              << "bad_url";
    QTest::newRow("nothing") << QByteArray() << QByteArray("") << "bad_url";
}

void TestHttpClient::badRequests_areRefusedAndNotSent()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    QFETCH(QString, code);
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    HttpCaller caller;
    HttpRequest request = HttpCaller::local(server.url());
    if (code == QLatin1String("bad_url"))
        request.url = QUrl::fromEncoded(value);
    else
        request.headers = { { name, value } };
    const Result<HttpAnswer> answer = caller.get(request);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, code);
    QVERIFY(!answer.error().message.contains(QLatin1String("pass@")));
    if (code == QLatin1String("bad_header")) {
        std::swap(request.headers, request.secretHeaders);
        QCOMPARE(requestProblem(request)->code, code);
    }
    QCOMPARE(server.connections(), 0);
}

void TestHttpClient::destroyedCall_isSilent()
{
    FaultServer server([](QTcpSocket &, const WireRequest &) {});
    HttpCaller caller;
    caller.start(HttpCaller::local(server.url()));
    QTRY_COMPARE(server.requests().size(), 1);
    caller.cancel();
    QCOMPARE(caller.clock.nextTimer(), -1);
    caller.start(HttpCaller::local(server.url()));
    caller.cancel();
    caller.resolver.silent = true;
    caller.start(HttpCaller::local(QUrl(QStringLiteral("http://never.example/"))));
    QTRY_COMPARE(caller.resolver.asked.size(), 1);
    caller.cancel();
    QTest::qWait(20);
    QVERIFY(!caller.answer);
    QCOMPARE(caller.calls, 0);
}

void TestHttpClient::answer_neverComesBeforeGetReturns()
{
    HttpCaller caller;
    caller.start({});
    QVERIFY(!caller.answer);
    QTRY_VERIFY(caller.answer);
}

QTEST_GUILESS_MAIN(TestHttpClient)
#include "tst_httpclient.moc"
