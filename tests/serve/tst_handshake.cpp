#include "core/serve/descriptors.h"
#include "tests/serve/testserver.h"

#include <QRegularExpression>
#include <QTcpServer>
#include <QTest>

#include <sys/resource.h>

using namespace restream;

class TestHandshake : public QObject
{
    Q_OBJECT

private slots:
    void handshake_isAnswered();
    void badHandshake_isRefused_data();
    void badHandshake_isRefused();
    void otherOrigin_isRefused();
    void slowHead_isClosedAfterTenSeconds();
    void headInSmallPieces_works();
    void framesBehindTheHead_areNotLost();
    void longHeaders_areNoHindrance();
    void loopbackV6_isServedToo();
    void portInUse_isNamed();
    void tooManyClients_get503();
    void storm_isServedFromOneSnapshot();
    void clientsPastTheDescriptors_waitForTheirTurn();
    void close_says1001AndWaits();
    void close_givesUpOnWhoStays();
    void clientsAndSubscribers_areCounted();
};

void TestHandshake::handshake_isAnswered()
{
    const TestServer server;
    RawClient client(server);
    client.send(handshake(server, "/channels", "Origin: http://localhost:3000\r\n"));
    const QByteArray answer = client.readUntil("ready\"}");
    QVERIFY(answer.startsWith("HTTP/1.1 101 "));
    QCOMPARE(headerOf(answer, "Sec-WebSocket-Accept"), QByteArray("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    QVERIFY(headerOf(answer, "Access-Control-Allow-Origin").isNull());
    QVERIFY(!answer.contains("Access-Control"));
    QVERIFY(headerOf(answer, "Server").isNull());
    QCOMPARE(bodyOf(answer), QByteArray("\x81\x1b{\"__restream_type\":\"ready\"}"));
}

void TestHandshake::badHandshake_isRefused_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<int>("status");
    const QByteArray upgrade = "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    const QByteArray key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    const QByteArray version = "Sec-WebSocket-Version: 13\r\n";
    QTest::newRow("no key") << QByteArray("GET /channels HTTP/1.1\r\n" + upgrade + version) << 400;
    QTest::newRow("short key") << QByteArray("GET /channels HTTP/1.1\r\n" + upgrade + version
                                             + "Sec-WebSocket-Key: abc=\r\n")
                               << 400;
    QTest::newRow("no version") << QByteArray("GET /channels HTTP/1.1\r\n" + upgrade + key) << 426;
    QTest::newRow("old version") << QByteArray("GET /channels HTTP/1.1\r\n" + upgrade + key
                                               + "Sec-WebSocket-Version: 8\r\n")
                                 << 426;
    QTest::newRow("post") << QByteArray("POST /channels HTTP/1.1\r\n" + upgrade + key + version)
                          << 405;
    QTest::newRow("http 1.0") << QByteArray("GET /channels HTTP/1.0\r\n" + upgrade + key + version)
                              << 400;
    QTest::newRow("other path") << QByteArray("GET / HTTP/1.1\r\n" + upgrade + key + version)
                                << 404;
}

void TestHandshake::badHandshake_isRefused()
{
    QFETCH(QByteArray, head);
    QFETCH(int, status);
    const TestServer server;
    RawClient client(server);
    client.send(head + "\r\n");
    QCOMPARE(statusOf(client.readToEnd()), status);
}

void TestHandshake::otherOrigin_isRefused()
{
    ServeOptions options;
    options.allowedOrigins = { QStringLiteral("https://page.example.org") };
    const TestServer server({}, options);
    for (const char *origin : { "https://evil.example", "null", "file://" }) {
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(QStringLiteral("refused GET /v1/stream .*Origin")));
        RawClient client(server);
        client.send(handshake(server, "/v1/stream", QByteArray("Origin: ") + origin + "\r\n"));
        QCOMPARE(statusOf(client.readToEnd()), 403);
    }
    WsClient listed(server, QStringLiteral("/v1/stream"),
                    QStringLiteral("https://page.example.org"));
    QVERIFY(listed.opens());
}

void TestHandshake::slowHead_isClosedAfterTenSeconds()
{
    TestServer server;
    RawClient silent(server);
    RawClient slow(server);
    slow.send("GET /channels HTTP/1.1\r\n");
    QTRY_COMPARE(server.listener->clients(), 2);
    for (int i = 0; i < 9; ++i) {
        slow.send("X: y\r\n");
        QCoreApplication::processEvents();
        server.clock.advance(1000);
    }
    QCOMPARE(server.listener->clients(), 2);
    server.clock.advance(2000);
    QVERIFY(slow.ends());
    QVERIFY(silent.ends());
    QTRY_COMPARE(server.listener->clients(), 0);
}

void TestHandshake::headInSmallPieces_works()
{
    const TestServer server;
    RawClient client(server);
    for (const char byte : handshake(server, "/channels")) {
        client.send(QByteArray(1, byte));
        QCoreApplication::processEvents();
    }
    QVERIFY(!client.readUntil("ready").isNull());
}

void TestHandshake::framesBehindTheHead_areNotLost()
{
    const TestServer server;
    RawClient client(server);
    client.send(handshake(server, "/v1/stream") + clientFrame(0x81, R"({"action":"ping","ref":1})")
                + clientFrame(0x81, R"({"action":"ping","ref":2})").left(9));
    QVERIFY(!client.readUntil(R"({"type":"pong","ref":1})").isNull());
    client.send(clientFrame(0x81, R"({"action":"ping","ref":2})").mid(9));
    QVERIFY(!client.readUntil(R"({"type":"pong","ref":2})").isNull());
}

void TestHandshake::longHeaders_areNoHindrance()
{
    const TestServer server;
    RawClient client(server);
    client.send(handshake(server, "/channels", "Cookie: a=" + QByteArray(15000, 'x') + "\r\n"));
    QVERIFY(!client.readUntil("ready").isNull());
}

void TestHandshake::loopbackV6_isServedToo()
{
    if (!QTcpServer().listen(QHostAddress(QHostAddress::LocalHostIPv6)))
        QSKIP("this machine has no ::1");
    const TestServer server;
    QCOMPARE(server.url, QStringLiteral("http://127.0.0.1:%1/").arg(server.port));
    RawClient client(server, QHostAddress(QHostAddress::LocalHostIPv6));
    client.send("GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: [::1]:"
                + QByteArray::number(server.port) + "\r\n\r\n");
    QCOMPARE(statusOf(client.readToEnd()), 200);
}

void TestHandshake::portInUse_isNamed()
{
    TestServer server;
    ServeOptions options;
    options.port = server.port;
    Listener second(server.hub, server.clock, options);
    const Result<QString> bound = second.listen();
    QVERIFY(!bound);
    QCOMPARE(bound.error().code, QStringLiteral("port_in_use"));
    QVERIFY(bound.error().message.contains(QStringLiteral("127.0.0.1:%1").arg(server.port)));
    options.bind = QHostAddress(QStringLiteral("192.0.2.1"));
    Listener elsewhere(server.hub, server.clock, options);
    QCOMPARE(elsewhere.listen().error().code, QStringLiteral("bind_failed"));
}

void TestHandshake::tooManyClients_get503()
{
    ServeLimits limits;
    limits.clients = 2;
    TestServer server(limits);
    WsClient first(server, QStringLiteral("/channels"));
    auto second = std::make_unique<WsClient>(server, QStringLiteral("/channels"));
    QVERIFY(first.opens());
    QVERIFY(second->opens());
    RawClient third(server);
    third.send(handshake(server, "/channels"));
    const QByteArray answer = third.readToEnd();
    QCOMPARE(statusOf(answer), 503);
    QVERIFY(!headerOf(answer, "Retry-After").isNull());
    second.reset();
    QTRY_COMPARE(server.listener->clients(), 1);
    WsClient fourth(server, QStringLiteral("/channels"));
    QVERIFY(fourth.opens());
}

void TestHandshake::storm_isServedFromOneSnapshot()
{
    TestServer server;
    const QByteArray item = '"' + QByteArray(100'000, 'x') + '"';
    server.hub.stream("plain").poll({ { "a", item } });
    // Each client has a descriptor, and what serves it one, and one more for a moment.
    const auto count = size_t(std::min(1000, descriptorLimit() / 3 - 50));
    std::vector<std::unique_ptr<RawClient>> clients;
    for (size_t i = 0; i < count; ++i) {
        clients.push_back(std::make_unique<RawClient>(server));
        clients.back()->send(handshake(server, i % 2 == 0 ? "/v1/stream" : "/channels")
                             + clientFrame(0x81, R"({"action":"subscribe","channel":"plain"})"));
    }
    for (const auto &client : clients)
        QVERIFY(client->readUntil("xxx\"").contains("\r\n\r\n\x81"));
    QCOMPARE(server.listener->clients(), qint64(count));
    QCOMPARE(server.listener->subscribers("plain"), int(count));
    // A snapshot and a status for one protocol, a snapshot for the other.
    QCOMPARE(server.listener->encoded("plain"), 3);
    QCOMPARE(server.hub.observeCalls, 1);
}

void TestHandshake::clientsPastTheDescriptors_waitForTheirTurn()
{
    rlimit before {};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const auto restore = qScopeGuard([&before] { ::setrlimit(RLIMIT_NOFILE, &before); });
    TestServer server;
    server.hub.stream("plain").poll({ { "a", "1" } });
    WsClient first(server, QStringLiteral("/v1/stream"));
    QVERIFY(first.opens());
    first.send(R"({"action":"subscribe","channel":"plain"})");
    QVERIFY(!first.nextOf("snapshot").isNull());
    std::vector<std::unique_ptr<SlowClient>> clients;
    std::vector<QByteArray> got(100);
    for (size_t i = 0; i < got.size(); ++i) {
        clients.push_back(std::make_unique<SlowClient>(server));
        clients.back()->send(handshake(server, "/channels"));
    }
    const auto served = [&] {
        int open = 0;
        for (size_t i = 0; i < got.size(); ++i) {
            if (clients[i])
                std::ignore = clients[i]->readSome(got[i]);
            open += clients[i] && got[i].contains("ready");
        }
        return open;
    };
    // A quarter is kept back: there are forty for clients.
    const int next = ::dup(0);
    ::close(next);
    rlimit few = before;
    few.rlim_cur = rlim_t(next + 40) * 4 / 3;
    ::setrlimit(RLIMIT_NOFILE, &few);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("no more clients are let in for now: .*"
                                                           "LimitNOFILE")));
    QVERIFY(spinUntil([&] { return served() > 0; }));
    int turns = 0;
    spinUntil([&] { return ++turns > 200; });
    const int letIn = served();
    QVERIFY(letIn > 20 && letIn < 45);
    // It is said once only, and those who are there notice nothing.
    server.clock.advance(5000);
    server.hub.stream("plain").poll({ { "a", "2" } });
    QVERIFY(!first.nextOf("changes").isNull());
    QCOMPARE(served(), letIn);
    for (size_t i = 0, left = 0; left < 10; ++i) {
        if (got[i].contains("ready")) {
            clients[i].reset();
            ++left;
        }
    }
    QVERIFY(spinUntil([&] { return served() >= letIn; }));
    ::setrlimit(RLIMIT_NOFILE, &before);
    server.clock.advance(1000);
    QVERIFY(spinUntil([&] { return served() == 90; }));
}

void TestHandshake::close_says1001AndWaits()
{
    TestServer server;
    WsClient items(server, QStringLiteral("/channels"));
    WsClient stream(server, QStringLiteral("/v1/stream"));
    RawClient http(server);
    QVERIFY(items.opens());
    QVERIFY(stream.opens());
    bool done = false;
    server.listener->close([&done] { done = true; });
    QVERIFY(items.closes());
    QVERIFY(stream.closes());
    QCOMPARE(items.closeCode(), 1001);
    QCOMPARE(stream.closeCode(), 1001);
    QTRY_VERIFY(done);
    QCOMPARE(server.listener->clients(), 0);
    QVERIFY(http.ends());
    QTcpSocket late;
    late.connectToHost(QHostAddress(QHostAddress::LocalHost), server.port);
    QVERIFY(!late.waitForConnected(1000));
}

void TestHandshake::close_givesUpOnWhoStays()
{
    TestServer server;
    SlowClient client(server);
    client.send(handshake(server, "/channels"));
    QVERIFY(!client.readUntil("ready").isNull());
    bool done = false;
    server.listener->close([&done] { done = true; });
    QVERIFY(!client.readUntil("\x88").isNull());
    server.clock.advance(1900);
    QCoreApplication::processEvents();
    QVERIFY(!done);
    server.clock.advance(200);
    QVERIFY(done);
}

void TestHandshake::clientsAndSubscribers_areCounted()
{
    TestServer server;
    server.hub.stream("plain").poll({});
    int told = 0;
    server.listener->onClientsChanged = [&told] { ++told; };
    {
        WsClient client(server, QStringLiteral("/v1/stream"));
        QVERIFY(client.opens());
        QTRY_VERIFY(told > 0);
        QCOMPARE(server.listener->clients(), 1);
        client.send(R"({"action":"subscribe","channel":"plain"})");
        QVERIFY(!client.nextOf("subscribed").isNull());
        QCOMPARE(server.listener->subscribers("plain"), 1);
        QCOMPARE(server.listener->subscribers("quakes"), 0);
        told = 0;
    }
    QTRY_COMPARE(server.listener->clients(), 0);
    QVERIFY(told > 0);
    QCOMPARE(server.listener->subscribers("plain"), 0);
    QCOMPARE(server.hub.observers("plain"), 0);
}

QTEST_GUILESS_MAIN(TestHandshake)
#include "tst_handshake.moc"
