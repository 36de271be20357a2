#include "tests/poll/httpcaller.h"

using namespace restream;

class TestHttpClientRedirects : public QObject
{
    Q_OBJECT

private slots:
    void withinTheOrigin_isFollowedWithTheKey_data();
    void withinTheOrigin_isFollowedWithTheKey();
    void targetThatHoldsTheKeyAlready_doesNotGetItTwice();
    void fiveRedirects_areFollowedAndSixAreNot();
    void loop_isAnError();
    void endlessBodyBelowARedirect_doesNotHoldItUp();
    void anotherOrigin_isRefusedAndNeverAsked_data();
    void anotherOrigin_isRefusedAndNeverAsked();
    void redirectWithoutLocation_isAnAnswer();
    void deadline_coversAllRedirectsTogether();

private:
    static QByteArray to(const QByteArray &location, const QByteArray &status = "302 Found")
    {
        return FaultServer::response({}, "Location: " + location + "\r\n", status);
    }
    static HttpRequest withKey(const QUrl &url)
    {
        HttpRequest request = HttpCaller::local(url);
        request.secretHeaders = { { "Authorization", "Bearer s3cret" } };
        request.secretQuery = { { QStringLiteral("key"), QStringLiteral("s3cret") } };
        return request;
    }
};

void TestHttpClientRedirects::withinTheOrigin_isFollowedWithTheKey_data()
{
    QTest::addColumn<QByteArray>("status");
    for (const char *status : { "301 X", "302 X", "303 X", "307 X", "308 X" })
        QTest::newRow(status) << QByteArray(status);
}

void TestHttpClientRedirects::withinTheOrigin_isFollowedWithTheKey()
{
    QFETCH(QByteArray, status);
    FaultServer server([&](QTcpSocket &socket, const WireRequest &request) {
        socket.write(request.target().startsWith("/a/old") ? to("../new?x=1", status)
                                                           : FaultServer::response("[1]"));
    });
    HttpCaller caller;
    const Result<HttpAnswer> answer = caller.get(withKey(server.url(QStringLiteral("a/old"))));
    QVERIFY(answer);
    QCOMPARE(answer->body, QByteArray("[1]"));
    QCOMPARE(server.requests().constLast().target(), QByteArray("/new?x=1&key=s3cret"));
    QCOMPARE(server.requests().constLast().header("Authorization"), QByteArray("Bearer s3cret"));
}

void TestHttpClientRedirects::targetThatHoldsTheKeyAlready_doesNotGetItTwice()
{
    FaultServer server([&](QTcpSocket &socket, const WireRequest &request) {
        socket.write(request.target().startsWith("/old") ? to("/new?key=s3cret")
                                                         : FaultServer::response("[1]"));
    });
    HttpCaller caller;
    QVERIFY(caller.get(withKey(server.url(QStringLiteral("old")))));
    QCOMPARE(server.requests().constLast().target(), QByteArray("/new?key=s3cret"));
}

void TestHttpClientRedirects::fiveRedirects_areFollowedAndSixAreNot()
{
    FaultServer server([&](QTcpSocket &socket, const WireRequest &request) {
        const int left = request.target().mid(1).toInt();
        socket.write(left > 0 ? to("/" + QByteArray::number(left - 1))
                              : FaultServer::response("[1]"));
    });
    HttpCaller caller;
    QVERIFY(caller.get(server.url(QStringLiteral("5"))));
    const Result<HttpAnswer> answer = caller.get(server.url(QStringLiteral("6")));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, QStringLiteral("redirect_loop"));
    QCOMPARE(server.requests().size(), 12);
}

void TestHttpClientRedirects::loop_isAnError()
{
    FaultServer server([&](QTcpSocket &socket, const WireRequest &request) {
        socket.write(to(request.target().startsWith("/a") ? "/b" : "/a"));
    });
    HttpCaller caller;
    const Result<HttpAnswer> answer = caller.get(server.url(QStringLiteral("a")));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, QStringLiteral("redirect_loop"));
    QCOMPARE(server.requests().size(), 2);
}

void TestHttpClientRedirects::endlessBodyBelowARedirect_doesNotHoldItUp()
{
    FaultServer server([&](QTcpSocket &socket, const WireRequest &request) {
        if (request.target() == "/new") {
            socket.write(FaultServer::response("[1]"));
            return;
        }
        socket.write("HTTP/1.1 302 Found\r\nLocation: /new\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 200; ++i)
            socket.write("400\r\n" + QByteArray(0x400, 'x') + "\r\n");
    });
    HttpCaller caller;
    QVERIFY(caller.get(server.url(QStringLiteral("old"))));
}

void TestHttpClientRedirects::anotherOrigin_isRefusedAndNeverAsked_data()
{
    QTest::addColumn<QByteArray>("location");
    QTest::addColumn<QString>("says");
    QTest::newRow("another port") << QByteArray("http://127.0.0.1:OTHER/x?q=hidden")
                                  << "another place";
    QTest::newRow("another host") << QByteArray("http://localhost:OTHER/x?q=hidden") << "localhost";
    QTest::newRow("without a scheme") << QByteArray("//localhost:OTHER/x") << "localhost";
    QTest::newRow("https") << QByteArray("https://127.0.0.1:OTHER/x") << "https://127.0.0.1";
    QTest::newRow("file") << QByteArray("file:///etc/passwd") << "another kind";
    QTest::newRow("data") << QByteArray("data:application/json,[]") << "another kind";
    QTest::newRow("password") << QByteArray("http://user:pass@127.0.0.1:SAME/x") << "password";
    QTest::newRow("nonsense") << QByteArray("http://[::bad/") << "no URL";
}

void TestHttpClientRedirects::anotherOrigin_isRefusedAndNeverAsked()
{
    QFETCH(QByteArray, location);
    QFETCH(QString, says);
    FaultServer other(FaultServer::always(FaultServer::response("[1]")));
    location.replace("OTHER", QByteArray::number(other.port()));
    FaultServer server(
        [&](QTcpSocket &socket, const WireRequest &) { socket.write(to(location)); });
    location.replace("SAME", QByteArray::number(server.port()));
    HttpCaller caller;
    caller.resolver.names[QStringLiteral("localhost")] = { QHostAddress(QHostAddress::LocalHost) };
    const Result<HttpAnswer> answer = caller.get(withKey(server.url(QStringLiteral("old"))));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, QStringLiteral("redirect_refused"));
    QVERIFY2(answer.error().message.contains(says), qPrintable(answer.error().message));
    QVERIFY(!answer.error().message.contains(QLatin1String("hidden")));
    QVERIFY(!answer.error().message.contains(QLatin1String("pass@")));
    QCOMPARE(other.connections(), 0);
    QCOMPARE(server.requests().size(), 1);
}

void TestHttpClientRedirects::redirectWithoutLocation_isAnAnswer()
{
    FaultServer server(FaultServer::always(FaultServer::response({}, {}, "302 Found")));
    HttpCaller caller;
    const Result<HttpAnswer> answer = caller.get(server.url());
    QVERIFY(answer);
    QCOMPARE(answer->status, 302);
}

void TestHttpClientRedirects::deadline_coversAllRedirectsTogether()
{
    FaultServer server([&](QTcpSocket &socket, const WireRequest &request) {
        if (request.target() == "/a")
            socket.write(to("/b"));
    });
    HttpCaller caller;
    caller.start(HttpCaller::local(server.url(QStringLiteral("a"))));
    caller.clock.advance(20'000);
    QTRY_COMPARE(server.requests().size(), 2);
    QVERIFY(!caller.answer);
    caller.clock.advance(10'000);
    QTRY_VERIFY(caller.answer);
    QCOMPARE(caller.answer->error().code, QStringLiteral("timeout"));
}

QTEST_GUILESS_MAIN(TestHttpClientRedirects)
#include "tst_httpclient_redirects.moc"
