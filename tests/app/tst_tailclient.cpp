#include "app/tailclient.h"
#include "tests/support/fakeclock.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

#include <optional>

using namespace restream;

namespace {

/// A server that says what the test tells it to.
class ScriptedServer final
{
public:
    bool listen(quint16 port = 0)
    {
        QObject::connect(&m_server, &QWebSocketServer::newConnection, &m_server, [this] {
            socket.reset(m_server.nextPendingConnection());
            ++connections;
            QObject::connect(socket.get(), &QWebSocket::textMessageReceived, socket.get(),
                             [this](const QString &text) {
                                 received.append(QJsonDocument::fromJson(text.toUtf8()).object());
                             });
        });
        return m_server.listen(QHostAddress::LocalHost, port);
    }
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    void say(const QByteArray &text) const { socket->sendTextMessage(QString::fromUtf8(text)); }

    std::unique_ptr<QWebSocket> socket;
    QList<QJsonObject> received;
    int connections = 0;

private:
    QWebSocketServer m_server { QStringLiteral("test"), QWebSocketServer::NonSecureMode };
};

}

class TestTailClient : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void subscribes_andPassesMessagesOnAsSent();
    void lostConnection_isResumedAfterTheLastChangeset();
    void connectionLostBeforeTheNewSnapshot_resumesTheOldEpoch();
    void connectionLostBeforeTheFirstData_subscribesAnew();
    void waitsGrow_withJitter();
    void errorThatStays_endsIt();
    void errorThatMayPass_isTriedAgain();
    void unsubscribedByTheServer_endsIt();
    void handshakeThatIsRefused_endsIt();
    void somethingElseThanJson_endsIt();
    void silentServer_isNoticed();
    void stop_saysGoodbye();
    void stopWhileWaiting_endsAtOnce();

private:
    void start(const QString &updates = u"item"_qs, const Params &params = {},
               const QString &path = u"/v1/stream"_qs);
    void connectAndSay(const QByteArrayList &messages);

    std::unique_ptr<FakeClock> m_clock;
    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<TailClient> m_client;
    quint16 m_port = 0;
    double m_random = 0.5;
    QByteArrayList m_messages;
    QStringList m_notices;
    std::optional<Result<void>> m_ended;
};

void TestTailClient::init()
{
    m_clock = std::make_unique<FakeClock>();
    m_server = std::make_unique<ScriptedServer>();
    QVERIFY(m_server->listen());
    m_port = m_server->port();
    m_random = 0.5;
    m_messages.clear();
    m_notices.clear();
    m_ended.reset();
}

void TestTailClient::cleanup()
{
    m_client.reset();
    m_server.reset();
    m_clock.reset();
}

void TestTailClient::start(const QString &updates, const Params &params, const QString &path)
{
    QUrl url;
    url.setScheme(u"ws"_qs);
    url.setHost(u"127.0.0.1"_qs);
    url.setPort(m_port);
    url.setPath(path, QUrl::TolerantMode);
    m_client = std::make_unique<TailClient>(TailOptions { url, u"quakes"_qs, params, updates },
                                            *m_clock, [this] { return m_random; });
    m_client->onMessage = [this](const QByteArray &message) { m_messages.append(message); };
    m_client->onNotice = [this](const QString &text) { m_notices.append(text); };
    m_client->onEnded = [this](const Result<void> &outcome) { m_ended = outcome; };
    m_client->start();
}

void TestTailClient::connectAndSay(const QByteArrayList &messages)
{
    const qsizetype subscribed = m_server->received.size();
    QTRY_COMPARE(m_server->received.size(), subscribed + 1);
    const qsizetype before = m_messages.size();
    for (const QByteArray &message : messages)
        m_server->say(message);
    QTRY_COMPARE(m_messages.size(), before + messages.size());
}

void TestTailClient::subscribes_andPassesMessagesOnAsSent()
{
    start(u"patch"_qs, { { u"window"_qs, u"day"_qs } });
    QTRY_COMPARE(m_server->received.size(), 1);
    QCOMPARE(m_server->received[0],
             QJsonObject({ { u"action"_qs, u"subscribe"_qs },
                           { u"channel"_qs, u"quakes"_qs },
                           { u"updates"_qs, u"patch"_qs },
                           { u"params"_qs, QJsonObject { { u"window"_qs, u"day"_qs } } } }));
    m_server->say(R"({"type":"ready","protocol":1})");
    const QByteArrayList messages = {
        R"({"type":"subscribed","epoch":"e1","seq":1})",
        R"({"type":"snapshot","epoch":"e1","seq":1,"items":[{"id":"1","item":{"v":1.10,"e":1e400,"é":"\ud800"}}]})"
    };
    for (const QByteArray &message : messages)
        m_server->say(message);
    QTRY_COMPARE(m_messages, messages);
}

void TestTailClient::lostConnection_isResumedAfterTheLastChangeset()
{
    start();
    connectAndSay({ R"({"type":"subscribed","epoch":"e1","seq":40})",
                    R"({"type":"snapshot","epoch":"e1","seq":40,"items":[]})",
                    R"({"type":"changes","epoch":"e1","seq":42,"added":[]})" });
    m_server->socket->close(QWebSocketProtocol::CloseCodeGoingAway);
    QTRY_COMPARE(m_notices.size(), 1);
    QVERIFY2(m_notices[0].contains(u"went away; next try in 1.0 s"_qs), qPrintable(m_notices[0]));
    QCOMPARE(m_clock->nextTimer(), 1000);
    m_clock->advance(1000);
    QTRY_COMPARE(m_server->received.size(), 2);
    QCOMPARE(m_server->received[1].value(u"since"_qs).toObject(),
             QJsonObject({ { u"epoch"_qs, u"e1"_qs }, { u"seq"_qs, 42 } }));
    m_server->say(R"({"type":"subscribed","epoch":"e1","seq":42,"recovered":true})");
    QTRY_COMPARE(m_notices.size(), 2);
    QCOMPARE(m_notices[1], u"connected again"_qs);
    QVERIFY(!m_ended);
}

void TestTailClient::connectionLostBeforeTheNewSnapshot_resumesTheOldEpoch()
{
    start();
    connectAndSay({ R"({"type":"subscribed","epoch":"e1","seq":40})",
                    R"({"type":"snapshot","epoch":"e1","seq":40,"items":[]})" });
    m_server->socket->abort();
    QTRY_COMPARE(m_notices.size(), 1);
    m_clock->advance(1000);
    connectAndSay({ R"({"type":"subscribed","epoch":"e2","seq":7,"recovered":false})" });
    m_server->socket->abort();
    QTRY_COMPARE(m_notices.size(), 3);
    m_clock->advance(1000);
    QTRY_COMPARE(m_server->received.size(), 3);
    QCOMPARE(m_server->received[2].value(u"since"_qs).toObject(),
             QJsonObject({ { u"epoch"_qs, u"e1"_qs }, { u"seq"_qs, 40 } }));
}

void TestTailClient::connectionLostBeforeTheFirstData_subscribesAnew()
{
    start();
    connectAndSay({ R"({"type":"subscribed","epoch":"e1","seq":0})" });
    m_server->socket->abort();
    QTRY_COMPARE(m_notices.size(), 1);
    m_clock->advance(1000);
    QTRY_COMPARE(m_server->received.size(), 2);
    QVERIFY(!m_server->received[1].contains(u"since"_qs));
}

void TestTailClient::waitsGrow_withJitter()
{
    m_server.reset();
    start();
    QList<qint64> waits;
    for (int i = 0; i < 8; ++i) {
        m_random = i == 0 ? 0.0 : 0.5;
        QTRY_COMPARE(m_notices.size(), i + 1);
        waits.append(m_clock->nextTimer());
        m_clock->advance(m_clock->nextTimer());
    }
    QCOMPARE(waits, QList<qint64>({ 500, 2000, 4000, 8000, 16000, 30000, 30000, 30000 }));
    QVERIFY(!m_ended);
}

void TestTailClient::errorThatStays_endsIt()
{
    start();
    QTRY_COMPARE(m_server->received.size(), 1);
    m_server->say(
        R"({"type":"error","code":"unknown_channel","message":"there is no channel quakes"})");
    QTRY_VERIFY(m_ended);
    QVERIFY(!*m_ended);
    QCOMPARE(m_ended->error().message, u"there is no channel quakes"_qs);
    QCOMPARE(m_clock->nextTimer(), -1);
}

void TestTailClient::errorThatMayPass_isTriedAgain()
{
    start();
    QTRY_COMPARE(m_server->received.size(), 1);
    m_server->say(
        R"({"type":"error","code":"too_many_streams","message":"20 streams are in use"})");
    QTRY_COMPARE(m_notices.size(), 1);
    m_clock->advance(1000);
    QTRY_COMPARE(m_server->received.size(), 2);
    QVERIFY(!m_ended);
}

void TestTailClient::unsubscribedByTheServer_endsIt()
{
    start();
    connectAndSay({ R"({"type":"subscribed","epoch":"e1","seq":0})",
                    R"({"type":"unsubscribed","stream":"quakes"})" });
    QTRY_VERIFY(m_ended);
    QCOMPARE(m_ended->error().code, u"unsubscribed"_qs);
}

void TestTailClient::handshakeThatIsRefused_endsIt()
{
    m_server.reset();
    QTcpServer web;
    QVERIFY(web.listen(QHostAddress::LocalHost, m_port));
    connect(&web, &QTcpServer::newConnection, &web, [&web] {
        web.nextPendingConnection()->write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    });
    start(u"item"_qs, {}, u"/a%2Fb"_qs);
    QTRY_VERIFY(m_ended);
    QVERIFY2(m_ended->error().message.contains(u"/a%2Fb refused the connection with HTTP 404;"_qs),
             qPrintable(m_ended->error().message));
}

void TestTailClient::somethingElseThanJson_endsIt()
{
    start();
    QTRY_COMPARE(m_server->received.size(), 1);
    m_server->say("hello");
    QTRY_VERIFY(m_ended);
    QCOMPARE(m_ended->error().code, u"refused"_qs);
}

void TestTailClient::silentServer_isNoticed()
{
    start();
    QTRY_COMPARE(m_server->received.size(), 1);
    m_clock->advance(30'000); // a ping, which is answered
    QSignalSpy pongs(m_server->socket.get(), &QWebSocket::textMessageReceived);
    QTest::qWait(50);
    m_clock->advance(30'000); // another, which is not looked for before the next beat
    m_clock->advance(30'000);
    QCOMPARE(m_notices.size(), 1);
    QVERIFY2(m_notices[0].contains(u"has stopped answering"_qs), qPrintable(m_notices[0]));
    m_clock->advance(1000);
    QTRY_COMPARE(m_server->connections, 2);
}

void TestTailClient::stop_saysGoodbye()
{
    start();
    QTRY_COMPARE(m_server->received.size(), 1);
    QSignalSpy disconnected(m_server->socket.get(), &QWebSocket::disconnected);
    m_client->stop();
    QTRY_VERIFY(m_ended);
    QVERIFY(*m_ended);
    QTRY_COMPARE(disconnected.count(), 1);
    QCOMPARE(m_server->socket->closeCode(), QWebSocketProtocol::CloseCodeNormal);
}

void TestTailClient::stopWhileWaiting_endsAtOnce()
{
    m_server.reset();
    start();
    QTRY_COMPARE(m_notices.size(), 1);
    m_client->stop();
    QVERIFY(m_ended);
    QVERIFY(*m_ended);
    QCOMPARE(m_clock->nextTimer(), -1);
}

QTEST_GUILESS_MAIN(TestTailClient)
#include "tst_tailclient.moc"
