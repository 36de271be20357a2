#include "tests/serve/testserver.h"

#include <QTest>
#include <QtEndian>

using namespace restream;

class TestLimits : public QObject
{
    Q_OBJECT

private slots:
    void violation_closesWithItsCode_data();
    void violation_closesWithItsCode();
    void binaryMessage_isAnError();
    void clientsClose_isAnswered();
    void clientsPing_isAnswered();
    void manySubscriptions_meetTheLimit();
    void flood_isRateLimitedThenClosed();
    void tokens_comeBackWithTime();
    void silentClient_isPinged();
    void busyClient_isNotPinged();
};

void TestLimits::violation_closesWithItsCode_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    QTest::newRow("unmasked") << QByteArray("\x81\x02{}") << 1002;
    QTest::newRow("oversize frame")
        << QByteArray("\x81\xff\x00\x00\x00\x00\x00\x01\x00\x01", 10) << 1009;
    QTest::newRow("oversize message")
        << QByteArray(clientFrame(0x01, QByteArray(65535, ' ')) + clientFrame(0x80, "12")) << 1009;
    QTest::newRow("not utf-8") << clientFrame(0x81, "\"\xff\"") << 1007;
}

void TestLimits::violation_closesWithItsCode()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, code);
    const TestServer server;
    RawClient client(server);
    client.send(handshake(server, "/v1/stream"));
    QVERIFY(!client.readUntil("\"ready\"").isNull());
    client.send(bytes);
    const QByteArray rest = client.readToEnd();
    const qsizetype at = rest.indexOf('\x88');
    QVERIFY(at >= 0);
    QCOMPARE(int(qFromBigEndian<quint16>(rest.constData() + at + 2)), code);
    QTRY_COMPARE(server.listener->clients(), 0);
}

void TestLimits::binaryMessage_isAnError()
{
    const TestServer server;
    WsClient client(server, QStringLiteral("/v1/stream"));
    QVERIFY(client.opens());
    client.socket().sendBinaryMessage("{}");
    QCOMPARE(memberOf(client.next(), "code"), QByteArray("\"bad_message\""));
}

void TestLimits::clientsClose_isAnswered()
{
    const TestServer server;
    RawClient client(server);
    client.send(handshake(server, "/v1/stream")
                + clientFrame(0x88,
                              QByteArray("\x03\xe8"
                                         "bye")));
    QVERIFY(client.readToEnd().endsWith(QByteArray("\x88\x02\x03\xe8", 4)));
    QTRY_COMPARE(server.listener->clients(), 0);
}

void TestLimits::clientsPing_isAnswered()
{
    const TestServer server;
    RawClient client(server);
    client.send(handshake(server, "/channels") + clientFrame(0x89, "beat"));
    QVERIFY(!client
                 .readUntil("\x8a\x04"
                            "beat")
                 .isNull());
}

void TestLimits::manySubscriptions_meetTheLimit()
{
    TestServer server;
    ServeLimits limits;
    WsClient client(server, QStringLiteral("/v1/stream"));
    QVERIFY(client.opens());
    int subscribed = 0;
    int refused = 0;
    for (int i = 0; i < 1010; ++i) {
        client.send(R"({"action":"subscribe","channel":"quakes","params":{"level":)"
                    + QByteArray::number(i) + "}}");
        const QByteArray answer = client.next();
        subscribed += answer.contains("\"subscribed\"");
        refused += answer.contains("\"too_many_subscriptions\"");
    }
    QCOMPARE(subscribed, limits.subscriptionsPerClient);
    QCOMPARE(refused, 10);
    // One that is there already is replaced, whatever the count.
    client.send(R"({"action":"subscribe","channel":"quakes","params":{"level":5}})");
    QVERIFY(client.next().contains("\"subscribed\""));
}

void TestLimits::flood_isRateLimitedThenClosed()
{
    ServeLimits limits;
    limits.messageBurst = 20;
    limits.floodMessages = 100;
    const TestServer server(limits);
    WsClient client(server, QStringLiteral("/v1/stream"));
    QVERIFY(client.opens());
    for (int i = 0; i < 30; ++i)
        client.send(R"({"action":"ping","ref":1})");
    for (int i = 0; i < 20; ++i)
        QCOMPARE(memberOf(client.next(), "type"), QByteArray("\"pong\""));
    for (int i = 0; i < 10; ++i) {
        const QByteArray error = client.next();
        QCOMPARE(memberOf(error, "code"), QByteArray("\"rate_limited\""));
        QCOMPARE(memberOf(error, "ref"), QByteArray("1"));
    }
    for (int i = 0; i < 71; ++i)
        client.send("{}");
    QVERIFY(client.closes());
    QCOMPARE(client.closeCode(), 4429);
}

void TestLimits::tokens_comeBackWithTime()
{
    ServeLimits limits;
    limits.messageBurst = 1;
    TestServer server(limits);
    WsClient client(server, QStringLiteral("/v1/stream"));
    QVERIFY(client.opens());
    client.send(R"({"action":"ping"})");
    QVERIFY(client.next().contains("pong"));
    client.send(R"({"action":"ping"})");
    QVERIFY(client.next().contains("rate_limited"));
    server.clock.advance(5);
    client.send(R"({"action":"ping"})");
    QVERIFY(client.next().contains("pong"));
}

void TestLimits::silentClient_isPinged()
{
    TestServer server;
    RawClient client(server);
    client.send(handshake(server, "/v1/stream"));
    QVERIFY(!client.readUntil("\"ready\"").isNull());
    server.clock.advance(49000);
    client.send(clientFrame(0x8a, ""));
    QCoreApplication::processEvents();
    QVERIFY(client.socket().readAll().isEmpty());
    server.clock.advance(25000);
    QVERIFY(!client.readUntil(QByteArray("\x89\x00", 2)).isNull());
}

void TestLimits::busyClient_isNotPinged()
{
    TestServer server;
    RawClient client(server);
    client.send(handshake(server, "/v1/stream"));
    QVERIFY(!client.readUntil("\"ready\"").isNull());
    for (int i = 0; i < 10; ++i) {
        server.clock.advance(20000);
        client.send(clientFrame(0x81, R"({"action":"ping"})"));
        QVERIFY(!client.readUntil("pong\"}").contains(QByteArray("\x89\x00", 2)));
    }
}

QTEST_GUILESS_MAIN(TestLimits)
#include "tst_limits.moc"
