#include "tests/serve/testserver.h"

#include <QTest>

using namespace restream;

namespace {

class Asking final
{
public:
    Asking(const TestServer &server, const QByteArray &path, const QByteArray &headers = {})
        : m_client(server)
    {
        m_client.send(request(server, path, "Connection: close\r\n" + headers));
    }
    QByteArray answer() { return m_client.readToEnd(); }

private:
    RawClient m_client;
};

QByteArray ask(const TestServer &server, const QByteArray &path, const QByteArray &headers = {})
{
    return Asking(server, path, headers).answer();
}

StreamStatus failing(const FakeStream &stream, qint64 nextPollMs)
{
    StreamStatus status = stream.status();
    status.state = StreamStatus::State::Failing;
    status.error = Error { QStringLiteral("http_500"), QStringLiteral("HTTP 500") };
    status.nextPollMs = nextPollMs;
    return status;
}

}

class TestItemsEndpoint : public QObject
{
    Q_OBJECT

private slots:
    void freshItems_comeAtOnceTokenForToken();
    void etag_answers304();
    void unpolledStream_isFetchedFirst();
    void failedFetch_givesHeldItemsAsStale();
    void failedFirstFetch_is503();
    void missingKey_is503();
    void polledStream_isNotWaitedFor();
    void asking_countsAsASubscriberForAWhile();
    void badRequest_isNamed_data();
    void badRequest_isNamed();
    void ownQueryMembers_areNoParams();
    void clientThatLeaves_isForgotten();
    void clientThatBreaksOff_isNoticedByItsAnswer();
    void pipelinedRequest_waitsForTheAnswerBefore();
};

void TestItemsEndpoint::freshItems_comeAtOnceTokenForToken()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("quakes?level=a%20b&window=day");
    stream.poll({ { "1", R"({"id":1,"x":1.10,"x":1e400,"s":"\/"})" }, { "a\"b", "[2]" } });
    server.clock.advance(7000);
    const QByteArray response = ask(server, "/v1/channels/quakes/items?window=day&level=a+b");
    QCOMPARE(statusOf(response), 200);
    QCOMPARE(bodyOf(response),
             QByteArray(R"({"stream":"quakes?level=a%20b&window=day","epoch":"k3w9","seq":1,)"
                        R"("time":"2023-11-14T22:13:20.000Z","items":[{"id":"1","item":)"
                        R"({"id":1,"x":1.10,"x":1e400,"s":"\/"}},{"id":"a\"b","item":[2]}]})"));
    QCOMPARE(headerOf(response, "ETag"), QByteArray("\"k3w9:1\""));
    QCOMPARE(headerOf(response, "Age"), QByteArray("7"));
}

void TestItemsEndpoint::etag_answers304()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({});
    for (const char *tags : { "\"k3w9:1\"", "W/\"k3w9:1\"", "*", "\"x\", \"k3w9:1\"" }) {
        const QByteArray response =
            ask(server, "/v1/channels/plain/items", QByteArray("If-None-Match: ") + tags + "\r\n");
        QCOMPARE(statusOf(response), 304);
        QCOMPARE(headerOf(response, "ETag"), QByteArray("\"k3w9:1\""));
        QVERIFY(bodyOf(response).isEmpty());
    }
    stream.poll({ { "a", "1" } });
    QCOMPARE(statusOf(ask(server, "/v1/channels/plain/items", "If-None-Match: \"k3w9:1\"\r\n")),
             200);
}

void TestItemsEndpoint::unpolledStream_isFetchedFirst()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", "1" } });
    server.clock.advance(61000);
    Asking asking(server, "/v1/channels/plain/items");
    Asking second(server, "/v1/channels/plain/items");
    QTRY_COMPARE(server.hub.observers("plain"), 1);
    QTRY_COMPARE(server.listener->clients(), 2);
    // A change of the state alone is no answer yet.
    stream.setStatus(stream.status());
    stream.poll({ { "a", "2" } });
    QVERIFY(bodyOf(asking.answer()).contains(R"("item":2)"));
    QVERIFY(bodyOf(second.answer()).contains(R"("seq":2)"));
}

void TestItemsEndpoint::failedFetch_givesHeldItemsAsStale()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", "1" } });
    server.clock.advance(61000);
    Asking asking(server, "/v1/channels/plain/items", "If-None-Match: \"k3w9:1\"\r\n");
    QTRY_COMPARE(server.hub.observers("plain"), 1);
    stream.setStatus(failing(stream, server.clock.wallMs() + 5000));
    const QByteArray response = asking.answer();
    QCOMPARE(statusOf(response), 200);
    QCOMPARE(memberOf(bodyOf(response), "stale"), QByteArray("true"));
    QCOMPARE(headerOf(response, "ETag"), QByteArray("\"k3w9:1:stale\""));
    QCOMPARE(headerOf(response, "Age"), QByteArray("61"));
}

void TestItemsEndpoint::failedFirstFetch_is503()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    Asking asking(server, "/v1/channels/plain/items");
    QTRY_COMPARE(server.hub.observers("plain"), 1);
    stream.setStatus(failing(stream, server.clock.wallMs() + 4500));
    const QByteArray response = asking.answer();
    QCOMPARE(statusOf(response), 503);
    QCOMPARE(headerOf(response, "Retry-After"), QByteArray("5"));
    QCOMPARE(memberOf(bodyOf(response), "code"), QByteArray("\"http_500\""));
    // Nothing ever comes: an end is made of it all the same.
    FakeStream &silent = server.hub.stream("quakes?level=all&window=hour");
    Asking unheard(server, "/v1/channels/quakes/items");
    QTRY_COMPARE(server.hub.observers(silent.name()), 1);
    server.clock.advance(36000);
    QCOMPARE(statusOf(unheard.answer()), 503);
}

void TestItemsEndpoint::missingKey_is503()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("strict?n=1");
    StreamStatus status;
    status.state = StreamStatus::State::Paused;
    status.error = Error { QStringLiteral("key_missing"), QStringLiteral("no key") };
    stream.setStatus(status);
    const QByteArray response = ask(server, "/v1/channels/strict/items?n=1");
    QCOMPARE(statusOf(response), 503);
    QCOMPARE(memberOf(bodyOf(response), "code"), QByteArray("\"key_missing\""));
}

void TestItemsEndpoint::polledStream_isNotWaitedFor()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", "1" } });
    WsClient client(server, QStringLiteral("/v1/stream"));
    QVERIFY(client.opens());
    client.send(R"({"action":"subscribe","channel":"plain"})");
    QVERIFY(!client.nextOf("status").isNull());
    server.clock.advance(61000);
    const QByteArray response = ask(server, "/v1/channels/plain/items");
    QCOMPARE(statusOf(response), 200);
    QVERIFY(memberOf(bodyOf(response), "stale").isNull());
}

void TestItemsEndpoint::asking_countsAsASubscriberForAWhile()
{
    TestServer server;
    server.hub.stream("plain").poll({});
    QCOMPARE(statusOf(ask(server, "/v1/channels/plain/items")), 200);
    server.clock.advance(118000);
    QCoreApplication::processEvents();
    QCOMPARE(server.hub.observers("plain"), 1);
    QCOMPARE(server.listener->subscribers("plain"), 0);
    server.clock.advance(3000);
    QCOMPARE(server.hub.observers("plain"), 0);
}

void TestItemsEndpoint::badRequest_isNamed_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("code");
    const auto row = [](const char *name, const char *path, int status, const char *code) {
        QTest::newRow(name) << QByteArray(path) << status << QByteArray(code);
    };
    row("unknown channel", "/v1/channels/nope/items", 404, "unknown_channel");
    row("proto", "/v1/channels/__proto__/items", 404, "unknown_channel");
    row("missing param", "/v1/channels/strict/items", 400, "missing_param");
    row("unknown param", "/v1/channels/plain/items?x=1", 400, "unknown_param");
    row("bad param", "/v1/channels/quakes/items?window=year", 400, "bad_param");
    row("given twice", "/v1/channels/quakes/items?window=day&window=day", 400, "bad_param");
    row("not utf-8", "/v1/channels/quakes/items?level=%ff", 400, "bad_param");
}

void TestItemsEndpoint::badRequest_isNamed()
{
    QFETCH(QByteArray, path);
    QFETCH(int, status);
    QFETCH(QByteArray, code);
    const TestServer server;
    const QByteArray response = ask(server, path);
    QCOMPARE(statusOf(response), status);
    QCOMPARE(memberOf(bodyOf(response), "code"), QByteArray('"' + code + '"'));
}

void TestItemsEndpoint::ownQueryMembers_areNoParams()
{
    TestServer server;
    server.hub.stream("plain").poll({});
    QCOMPARE(statusOf(ask(server, "/v1/channels/plain/items?_x=1&token=secret&")), 200);
}

void TestItemsEndpoint::clientThatLeaves_isForgotten()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    {
        RawClient client(server);
        client.send(request(server, "/v1/channels/plain/items"));
        QTRY_COMPARE(server.hub.observers("plain"), 1);
        client.socket().abort();
        QTRY_COMPARE(server.listener->clients(), 0);
    }
    stream.poll({ { "a", "1" } });
    QCOMPARE(statusOf(ask(server, "/v1/channels/plain/items")), 200);
}

void TestItemsEndpoint::clientThatBreaksOff_isNoticedByItsAnswer()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    RawClient client(server);
    client.send(request(server, "/v1/channels/plain/items"));
    QTRY_COMPARE(server.hub.observers("plain"), 1);
    client.breakOff();
    // The event loop has not run since: writing the answer is what fails.
    stream.poll({ { "a", "1" } });
    QTRY_COMPARE(server.listener->clients(), 0);
    QCOMPARE(statusOf(ask(server, "/v1/channels/plain/items")), 200);
}

void TestItemsEndpoint::pipelinedRequest_waitsForTheAnswerBefore()
{
    TestServer server;
    FakeStream &first = server.hub.stream("plain");
    FakeStream &second = server.hub.stream("quakes?level=all&window=hour");
    second.poll({ { "b", "2" } });
    RawClient client(server);
    client.send(request(server, "/v1/channels/plain/items")
                + request(server, "/v1/channels/quakes/items", "Connection: close\r\n"));
    QTRY_COMPARE(server.hub.observers("plain"), 1);
    first.poll({ { "a", "1" } });
    // It is handled from the event loop, not while the first is still giving its answer.
    QCOMPARE(server.hub.observers(second.name()), 0);
    const QByteArray answers = client.readToEnd();
    QCOMPARE(answers.count("HTTP/1.1 200 "), 2);
    QVERIFY(answers.indexOf(R"("id":"a")") < answers.indexOf(R"("id":"b")"));
}

QTEST_GUILESS_MAIN(TestItemsEndpoint)
#include "tst_itemsendpoint.moc"
