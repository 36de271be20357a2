#include "core/stream/jsontext.h"
#include "tests/serve/testserver.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace restream;

namespace {

QByteArray ask(const TestServer &server, const QByteArray &path, const QByteArray &headers = {},
               const QByteArray &method = "GET")
{
    RawClient client(server);
    client.send(request(server, path, "Connection: close\r\n" + headers, method));
    return client.readToEnd();
}

}

class TestHttp : public QObject
{
    Q_OBJECT

private slots:
    void index_hasAllMetadataMembers();
    void channels_listTheirStreams();
    void health_isOk();
    void head_isGetWithoutItsBody();
    void unknownPath_isAProblem();
    void otherMethod_is405WithAllow();
    void origin_isEchoedOnlyWhereAllowed();
    void preflight_isAnsweredForAllowedOrigins();
    void pipelinedRequests_areAnsweredInOrder();
    void http10_andConnectionClose_endTheConnection();
    void body_isRefusedPolitely();
    void badHead_isAProblem();
    void evilHostOrOrigin_is403AndSaidWhy();
    void webSocketPath_withoutUpgrade_is426();
    void idleConnection_isKeptForAMinute();
};

void TestHttp::index_hasAllMetadataMembers()
{
    const TestServer server;
    const QByteArray response = ask(server, "/", "Accept: text/html\r\n");
    QCOMPARE(statusOf(response), 200);
    QCOMPARE(headerOf(response, "Content-Type"), QByteArray("application/json"));
    const QJsonObject index = QJsonDocument::fromJson(bodyOf(response)).object();
    QCOMPARE(index.keys(),
             (QStringList { QStringLiteral("plain"), QStringLiteral("quakes"),
                            QStringLiteral("strict") }));
    const QByteArray quakes = memberOf(bodyOf(response), "quakes");
    QCOMPARE(
        quakes,
        QByteArray(
            R"({"name":"quakes","description":"Earthquakes","id_field":"id",)"
            R"("api_url":"https://example.org/{level}/{window}.json","doc_url":"https://example.org/doc",)"
            R"("keys":[],"poll_interval":100,"params":{"level":{"default":"all","required":false},)"
            R"("window":{"default":"hour","required":false,"enum":["hour","day"]}}})"));
    QCOMPARE(
        memberOf(bodyOf(response), "plain"),
        QByteArray(
            R"({"name":"plain","description":null,"id_field":null,"api_url":null,"doc_url":null,)"
            R"("keys":[],"poll_interval":60,"params":{}})"));
    QCOMPARE(memberOf(memberOf(bodyOf(response), "strict"), "keys"), QByteArray("[\"api-key\"]"));
    QCOMPARE(memberOf(memberOf(bodyOf(response), "strict"), "params"),
             QByteArray(R"({"n":{"default":null,"required":true}})"));
}

void TestHttp::channels_listTheirStreams()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("quakes?level=all&window=day");
    stream.poll({ { "a", "1" } });
    StreamStatus status = stream.status();
    status.state = StreamStatus::State::Failing;
    status.error = Error { QStringLiteral("http_500"), QStringLiteral("HTTP 500") };
    stream.setStatus(status);
    const QByteArray body = bodyOf(ask(server, "/v1/channels"));
    const std::vector<JsonSlice> channels = JsonSlice(body).elements();
    QCOMPARE(channels.size(), size_t(3));
    QCOMPARE(channels[0].member("streams").text(), QByteArrayView("[]"));
    QCOMPARE(
        channels[1].member("streams").text(),
        QByteArrayView(
            R"([{"stream":"quakes?level=all&window=day","state":"failing",)"
            R"("error":{"code":"http_500","message":"HTTP 500"},"last_ok":"2023-11-14T22:13:20.000Z",)"
            R"("next_poll":"2023-11-14T22:15:00.000Z","subscribers":0}])"));
}

void TestHttp::health_isOk()
{
    const TestServer server;
    QCOMPARE(statusOf(ask(server, "/healthz")), 200);
}

void TestHttp::head_isGetWithoutItsBody()
{
    TestServer server;
    server.hub.stream("plain").poll({ { "a", "1" } });
    for (const char *path :
         { "/", "/v1/channels", "/healthz", "/v1/channels/plain/items", "/nothing" }) {
        const QByteArray get = ask(server, path);
        const QByteArray head = ask(server, path, {}, "HEAD");
        QCOMPARE(statusOf(head), statusOf(get));
        QCOMPARE(headerOf(head, "Content-Length"), headerOf(get, "Content-Length"));
        QVERIFY(!bodyOf(get).isEmpty());
        QVERIFY(bodyOf(head).isEmpty());
    }
}

void TestHttp::unknownPath_isAProblem()
{
    const TestServer server;
    for (const char *path :
         { "/nothing", "/v1", "/v1/channels/", "/v1/channels/plain", "/channels/", "//" }) {
        const QByteArray response = ask(server, path);
        QCOMPARE(statusOf(response), 404);
        QCOMPARE(headerOf(response, "Content-Type"), QByteArray("application/problem+json"));
        QCOMPARE(memberOf(bodyOf(response), "status"), QByteArray("404"));
        QVERIFY(!memberOf(bodyOf(response), "detail").isNull());
    }
}

void TestHttp::otherMethod_is405WithAllow()
{
    const TestServer server;
    for (const char *method : { "POST", "PUT", "DELETE", "OPTIONS", "get" }) {
        const QByteArray response = ask(server, "/v1/channels", {}, method);
        QCOMPARE(statusOf(response), 405);
        QCOMPARE(headerOf(response, "Allow"), QByteArray("GET, HEAD"));
    }
}

void TestHttp::origin_isEchoedOnlyWhereAllowed()
{
    const TestServer server;
    const QByteArray with = ask(server, "/", "Origin: http://localhost:3000\r\n");
    QCOMPARE(headerOf(with, "Access-Control-Allow-Origin"), QByteArray("http://localhost:3000"));
    QCOMPARE(headerOf(with, "Vary"), QByteArray("Origin"));
    const QByteArray without = ask(server, "/");
    QVERIFY(headerOf(without, "Access-Control-Allow-Origin").isNull());
}

void TestHttp::preflight_isAnsweredForAllowedOrigins()
{
    const TestServer server;
    const QByteArray response =
        ask(server, "/v1/channels/plain/items",
            "Origin: http://localhost:3000\r\nAccess-Control-Request-Method: GET\r\n", "OPTIONS");
    QCOMPARE(statusOf(response), 204);
    QCOMPARE(headerOf(response, "Access-Control-Allow-Methods"), QByteArray("GET, HEAD"));
    QCOMPARE(headerOf(response, "Access-Control-Allow-Origin"),
             QByteArray("http://localhost:3000"));
    QVERIFY(bodyOf(response).isEmpty());
    QCOMPARE(statusOf(ask(server, "/", "Origin: https://evil.example\r\n", "OPTIONS")), 403);
}

void TestHttp::pipelinedRequests_areAnsweredInOrder()
{
    TestServer server;
    server.hub.stream("plain").poll({ { "a", "1" } });
    RawClient client(server);
    QByteArray all;
    for (int i = 0; i < 300; ++i)
        all += request(server,
                       i % 3 == 0       ? "/healthz"
                           : i % 3 == 1 ? "/v1/channels/plain/items"
                                        : "/nothing");
    client.send(all + request(server, "/", "Connection: close\r\n"));
    const QByteArray answers = client.readToEnd();
    QCOMPARE(answers.count("HTTP/1.1 200 OK"), 201);
    QCOMPARE(answers.count("HTTP/1.1 404 Not Found"), 100);
    QVERIFY(answers.lastIndexOf("\"quakes\"") > answers.lastIndexOf("404 Not Found"));
}

void TestHttp::http10_andConnectionClose_endTheConnection()
{
    const TestServer server;
    RawClient old(server);
    old.send("GET /healthz HTTP/1.0\r\n\r\n");
    QCOMPARE(statusOf(old.readToEnd()), 200);
    const QByteArray response = ask(server, "/healthz");
    QCOMPARE(headerOf(response, "Connection"), QByteArray("close"));
}

void TestHttp::body_isRefusedPolitely()
{
    const TestServer server;
    RawClient client(server);
    const QByteArray body(200000, 'x');
    client.send(request(server, "/v1/channels", "Content-Length: 200000\r\n") + body);
    QCOMPARE(statusOf(client.readToEnd()), 413);
    RawClient posting(server);
    posting.send(request(server, "/v1/channels", "Content-Length: 200000\r\n", "POST") + body);
    QCOMPARE(statusOf(posting.readToEnd()), 405);
}

void TestHttp::badHead_isAProblem()
{
    const TestServer server;
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(QStringLiteral("refused a request from 127.0.0.1:\\d+: .*two Host")));
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("refused a request .*proxy")));
    QTest::ignoreMessage(
        QtWarningMsg, QRegularExpression(QStringLiteral("refused a request .*longer than 16384")));
    RawClient hosts(server);
    hosts.send("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n");
    const QByteArray response = hosts.readToEnd();
    QCOMPARE(statusOf(response), 400);
    QCOMPARE(headerOf(response, "Content-Type"), QByteArray("application/problem+json"));
    RawClient absolute(server);
    absolute.send("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
    QCOMPARE(statusOf(absolute.readToEnd()), 400);
    RawClient large(server);
    large.send("GET / HTTP/1.1\r\nX: " + QByteArray(100000, 'x'));
    QCOMPARE(statusOf(large.readToEnd()), 431);
}

void TestHttp::evilHostOrOrigin_is403AndSaidWhy()
{
    const TestServer server;
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(QStringLiteral("refused GET / from 127.0.0.1:\\d+: Host "
                                          "\"evil.example\".*; use http://localhost:\\d+/ or")));
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral(
                             "refused GET / from .*Origin \"null\".*--allow-origin null")));
    RawClient host(server);
    host.send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    const QByteArray response = host.readToEnd();
    QCOMPARE(statusOf(response), 403);
    QCOMPARE(headerOf(response, "Content-Type"), QByteArray("application/problem+json"));
    QVERIFY(memberOf(bodyOf(response), "detail").contains("evil.example"));
    QCOMPARE(statusOf(ask(server, "/", "Origin: null\r\n")), 403);
}

void TestHttp::webSocketPath_withoutUpgrade_is426()
{
    const TestServer server;
    for (const char *path : { "/channels", "/v1/stream" }) {
        const QByteArray response = ask(server, path);
        QCOMPARE(statusOf(response), 426);
        QCOMPARE(headerOf(response, "Upgrade"), QByteArray("websocket"));
    }
}

void TestHttp::idleConnection_isKeptForAMinute()
{
    TestServer server;
    RawClient client(server);
    client.send(request(server, "/healthz"));
    QVERIFY(!client.readUntil("ok").isNull());
    server.clock.advance(50000);
    client.send(request(server, "/healthz"));
    QVERIFY(!client.readUntil("ok").isNull());
    QCOMPARE(server.listener->clients(), 1);
    server.clock.advance(62000);
    QVERIFY(client.ends());
    QTRY_COMPARE(server.listener->clients(), 0);
}

QTEST_GUILESS_MAIN(TestHttp)
#include "tst_http.moc"
