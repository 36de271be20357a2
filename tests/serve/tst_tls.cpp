#include "tests/serve/streamclient.h"
#include "tests/serve/testcertificate.h"

#include <QRegularExpression>
#include <QTest>
#include <QtEndian>

using namespace restream;

namespace {

ServeOptions tlsOptions()
{
    ServeOptions options;
    options.tls = testCertificate();
    return options;
}

}

class TestTls : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void handshake_isAnsweredOverTls();
    void http_isAnsweredAndEnded();
    void headInSmallPieces_works();
    void framesBehindTheHead_areNotLost();
    void bothProtocols_giveSnapshotAndChanges();
    void largeSnapshot_comesWhole();
    void manyCommands_areAllAnswered();
    void violation_closesWithItsCode();
    void clientsClose_isAnswered();
    void ownPage_isAllowedByItsScheme();
    void plainClient_isLetGo();
    void halfAHandshake_isClosedAfterTenSeconds();
    void clientThatGoes_isForgotten();
    void close_says1001();
};

void TestTls::initTestCase()
{
    if (!testCertificate())
        QSKIP("needs TLS and the openssl program");
}

void TestTls::handshake_isAnsweredOverTls()
{
    const TestServer server({}, tlsOptions());
    QVERIFY(server.url.startsWith(QStringLiteral("https://127.0.0.1:")));
    RawClient client(server);
    client.send(handshake(server, "/channels"));
    const QByteArray answer = client.readUntil("ready\"}");
    QVERIFY(answer.startsWith("HTTP/1.1 101 "));
    QCOMPARE(headerOf(answer, "Sec-WebSocket-Accept"), QByteArray("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    QCOMPARE(bodyOf(answer), QByteArray("\x81\x1b{\"__restream_type\":\"ready\"}"));
}

void TestTls::http_isAnsweredAndEnded()
{
    TestServer server({}, tlsOptions());
    server.hub.stream("plain").poll(
        { { "a", QByteArray('"' + QByteArray(2'000'000, 'x') + '"') } });
    RawClient client(server);
    client.send(request(server, "/healthz"));
    QVERIFY(!client.readUntil("\"ok\"}").isNull());
    client.send(request(server, "/v1/channels/plain/items", "Connection: close\r\n"));
    const QByteArray answer = client.readToEnd();
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(bodyOf(answer).size(), headerOf(answer, "Content-Length").toLongLong());
    QTRY_COMPARE(server.listener->clients(), 0);
}

void TestTls::headInSmallPieces_works()
{
    const TestServer server({}, tlsOptions());
    RawClient client(server);
    for (const char byte : handshake(server, "/channels")) {
        client.send(QByteArray(1, byte));
        QCoreApplication::processEvents();
    }
    QVERIFY(!client.readUntil("ready").isNull());
}

void TestTls::framesBehindTheHead_areNotLost()
{
    const TestServer server({}, tlsOptions());
    RawClient client(server);
    client.send(handshake(server, "/v1/stream") + clientFrame(0x81, R"({"action":"ping","ref":1})")
                + clientFrame(0x81, R"({"action":"ping","ref":2})").left(9));
    QVERIFY(!client.readUntil(R"({"type":"pong","ref":1})").isNull());
    client.send(clientFrame(0x81, R"({"action":"ping","ref":2})").mid(9));
    QVERIFY(!client.readUntil(R"({"type":"pong","ref":2})").isNull());
}

void TestTls::bothProtocols_giveSnapshotAndChanges()
{
    TestServer server({}, tlsOptions());
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", "1" } });
    StreamClient changes(server);
    changes.subscribe();
    QCOMPARE(changes.next(), subscribedAt(1));
    QCOMPARE(memberOf(changes.next(), "type"), QByteArray("\"snapshot\""));
    QCOMPARE(memberOf(changes.next(), "type"), QByteArray("\"status\""));
    WsClient items(server, QStringLiteral("/channels"));
    QVERIFY(items.opens());
    items.send(R"({"action":"subscribe","channel":"plain"})");
    QVERIFY(items.next().contains("\"subscribe\""));
    QVERIFY(items.next().contains("\"__restream_snapshot\":true"));
    for (int i = 2; i < 200; ++i) {
        stream.poll({ { "a", QByteArray::number(i) } });
        QCOMPARE(memberOf(changes.next(), "seq"), QByteArray::number(i));
        QCOMPARE(memberOf(items.next(), "__restream_item"), QByteArray::number(i));
    }
}

void TestTls::largeSnapshot_comesWhole()
{
    TestServer server({}, tlsOptions());
    const QByteArray item = '"' + QByteArray(10'000'000, 'x') + '"';
    server.hub.stream("plain").poll({ { "a", item } });
    RawClient client(server);
    client.send(handshake(server, "/v1/stream")
                + clientFrame(0x81, R"({"action":"subscribe","channel":"plain"})"));
    QVERIFY(client.readUntil(R"("type":"status")").contains(item));
}

void TestTls::manyCommands_areAllAnswered()
{
    const TestServer server({}, tlsOptions());
    RawClient client(server);
    QByteArray commands;
    for (int i = 0; i < 1500; ++i) {
        commands += clientFrame(0x81,
                                R"({"action":"ping","ref":")" + QByteArray(300, 'r')
                                    + QByteArray::number(i) + R"("})");
    }
    client.send(handshake(server, "/v1/stream") + commands);
    QCOMPARE(client.readUntil("r1499\"}").count(R"({"type":"pong")"), 1500);
}

void TestTls::violation_closesWithItsCode()
{
    const TestServer server({}, tlsOptions());
    RawClient client(server);
    client.send(handshake(server, "/v1/stream"));
    QVERIFY(!client.readUntil("\"ready\"").isNull());
    client.send("\x81\x02{}");
    const QByteArray rest = client.readToEnd();
    const qsizetype at = rest.indexOf('\x88');
    QVERIFY(at >= 0);
    QCOMPARE(int(qFromBigEndian<quint16>(rest.constData() + at + 2)), 1002);
    QTRY_COMPARE(server.listener->clients(), 0);
}

void TestTls::clientsClose_isAnswered()
{
    const TestServer server({}, tlsOptions());
    WsClient client(server, QStringLiteral("/v1/stream"));
    QVERIFY(client.opens());
    client.socket().close(QWebSocketProtocol::CloseCodeNormal);
    QVERIFY(client.closes());
    QCOMPARE(client.closeCode(), 1000);
    QTRY_COMPARE(server.listener->clients(), 0);
}

void TestTls::ownPage_isAllowedByItsScheme()
{
    const TestServer server({}, tlsOptions());
    const QByteArray host = "127.0.0.1:" + QByteArray::number(server.port);
    RawClient own(server);
    own.send(handshake(server, "/channels", "Origin: https://" + host + "\r\n"));
    QVERIFY(!own.readUntil("ready").isNull());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("refused GET .*Origin")));
    RawClient other(server);
    other.send(handshake(server, "/channels", "Origin: https://localhost\r\n"));
    QCOMPARE(statusOf(other.readToEnd()), 403);
}

void TestTls::plainClient_isLetGo()
{
    const TestServer server({}, tlsOptions());
    QTcpSocket client;
    client.connectToHost(QHostAddress(QHostAddress::LocalHost), server.port);
    QVERIFY(client.waitForConnected());
    client.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    QVERIFY(spinUntil([&client] { return client.state() == QTcpSocket::UnconnectedState; }));
    QTRY_COMPARE(server.listener->clients(), 0);
}

void TestTls::halfAHandshake_isClosedAfterTenSeconds()
{
    TestServer server({}, tlsOptions());
    QTcpSocket client;
    client.connectToHost(QHostAddress(QHostAddress::LocalHost), server.port);
    QTRY_COMPARE(server.listener->clients(), 1);
    server.clock.advance(9000);
    QCOMPARE(server.listener->clients(), 1);
    server.clock.advance(2000);
    QTRY_COMPARE(server.listener->clients(), 0);
}

void TestTls::clientThatGoes_isForgotten()
{
    TestServer server({}, tlsOptions());
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", "1" } });
    for (const char *path : { "/v1/stream", "/channels" }) {
        RawClient client(server);
        client.send(handshake(server, path)
                    + clientFrame(0x81, R"({"action":"subscribe","channel":"plain"})"));
        QTRY_COMPARE(server.listener->subscribers("plain"), 1);
        client.breakOff();
        stream.poll({ { "a", path[1] == 'v' ? "2" : "3" } });
        QTRY_COMPARE(server.listener->clients(), 0);
        QCOMPARE(server.listener->subscribers("plain"), 0);
    }
}

void TestTls::close_says1001()
{
    TestServer server({}, tlsOptions());
    WsClient client(server, QStringLiteral("/v1/stream"));
    QVERIFY(client.opens());
    bool done = false;
    server.listener->close([&done] { done = true; });
    QVERIFY(client.closes());
    QCOMPARE(client.closeCode(), 1001);
    QTRY_VERIFY(done);
}

QTEST_GUILESS_MAIN(TestTls)
#include "tst_tls.moc"
