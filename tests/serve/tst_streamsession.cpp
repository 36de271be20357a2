#include "tests/serve/testserver.h"

#include <QTest>

using namespace restream;

namespace {

/// A client of /v1/stream that has said hello.
class Client final
{
public:
    explicit Client(const TestServer &server) : m_socket(server, QStringLiteral("/v1/stream"))
    {
        if (!m_socket.opens())
            qFatal("no connection");
    }

    void send(const QByteArray &message) { m_socket.send(message); }
    void subscribe(const QByteArray &members = {})
    {
        send(R"({"action":"subscribe","channel":"plain")" + (members.isEmpty() ? members : ',' + members) + '}');
    }
    QByteArray next() { return m_socket.next(); }
    /// Types of the messages up to the answer to a ping sent now.
    QList<QByteArray> restOfTypes()
    {
        send(R"({"action":"ping","ref":"rest"})");
        QList<QByteArray> types;
        for (;;) {
            const QByteArray message = next();
            if (message.isNull() || message == R"({"type":"pong","ref":"rest"})")
                return types;
            types << memberOf(message, "type");
        }
    }

private:
    WsClient m_socket;
};

const QByteArray subscribedAt(qint64 seq, const QByteArray &more = {})
{
    return R"({"type":"subscribed","stream":"plain","channel":"plain","params":{},"epoch":"k3w9","seq":)"
        + QByteArray::number(seq) + more + '}';
}

const QByteArray time0 = R"("time":"2023-11-14T22:13:20.000Z")";

}

class TestStreamSession : public QObject
{
    Q_OBJECT

private slots:
    void ready_isFirst();
    void subscription_isAcknowledgedThenSnapshotThenStatusThenChanges();
    void equalSubscriptions_areOneStream();
    void changes_travelInTheFormAskedFor();
    void order_isTheLastMember();
    void neverPolled_isSeqZeroAndSnapshotFollows();
    void withoutSnapshot_firstChangesFollow();
    void emptyFirstPoll_isASnapshotToo();
    void resume_getsExactlyWhatWasMissed();
    void resume_thatCannotBe_isASnapshot_data();
    void resume_thatCannotBe_isASnapshot();
    void newEpoch_isAResyncSnapshot();
    void secondSubscribe_replacesTheFirst();
    void unsubscribe_endsTheData();
    void unsubscribeAll_answersForEach();
    void status_comesOnChangesOfStateOnceASecond();
    void takenAwayStream_isSaid();
    void list_givesTheChannels();
    void auth_isNoError();
    void errors_leaveTheConnectionOpen_data();
    void errors_leaveTheConnectionOpen();
    void loading_keepsTheOrderOfCommands();
    void loadingThatFails_isAnsweredWithTheRef();
    void leavingWhileLoading_isSafe();
    void unsubscribeAll_whileLoading();
};

void TestStreamSession::ready_isFirst()
{
    const TestServer server;
    RawClient client(server);
    client.send(handshake(server, "/v1/stream"));
    QVERIFY(client.readUntil("ready").contains(R"({"type":"ready","protocol":1,"server":"Restream )"));
}

void TestStreamSession::subscription_isAcknowledgedThenSnapshotThenStatusThenChanges()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", R"({"x":1.10})" } });
    Client client(server);
    client.subscribe(R"("ref":7)");
    QCOMPARE(client.next(), subscribedAt(1, R"(,"ref":7)"));
    QCOMPARE(client.next(),
             QByteArray(R"({"type":"snapshot","stream":"plain","epoch":"k3w9","seq":1,)" + time0
                        + R"(,"reason":"subscribed","items":[{"id":"a","item":{"x":1.10}}]})"));
    QCOMPARE(client.next(),
             QByteArray(R"({"type":"status","stream":"plain","state":"live","stale":false,"error":null,)"
                        R"("last_ok":"2023-11-14T22:13:20.000Z","next_poll":"2023-11-14T22:14:20.000Z","interval":60})"));
    stream.poll({ { "b", "2" } });
    QCOMPARE(client.next(),
             QByteArray(R"({"type":"changes","stream":"plain","epoch":"k3w9","seq":2,)" + time0
                        + R"(,"added":[{"id":"b","item":2}],"removed":["a"]})"));
}

void TestStreamSession::equalSubscriptions_areOneStream()
{
    TestServer server;
    server.hub.stream("quakes?level=1.50&window=hour").poll({});
    Client client(server);
    client.send(R"({"action":"subscribe","channel":"quakes","params":{"window":"hour","level":1.50}})");
    QCOMPARE(memberOf(client.next(), "params"), QByteArray(R"({"level":"1.50","window":"hour"})"));
    client.send(R"({"action":"subscribe","channel":"quakes","params":{"level":"1.50"}})");
    QVERIFY(client.restOfTypes().contains("\"subscribed\""));
    QCOMPARE(server.hub.observeCalls, 1);
    QCOMPARE(server.listener->subscribers("quakes?level=1.50&window=hour"), 1);
}

void TestStreamSession::changes_travelInTheFormAskedFor()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    const QByteArray filler = QByteArray(200, 'x');
    const QByteArray before = R"({"id":"a","pad":")" + filler + R"(","n":1})";
    const QByteArray after = R"({"id":"a","pad":")" + filler + R"(","n":2})";
    stream.poll({ { "a", before } });
    Client item(server);
    Client patch(server);
    Client merge(server);
    item.subscribe(R"("updates":"item")");
    patch.subscribe(R"("updates":"patch")");
    merge.subscribe(R"("updates":"merge")");
    for (Client *client : { &item, &patch, &merge })
        client->restOfTypes();
    stream.poll({ { "a", after } });
    QCOMPARE(memberOf(item.next(), "updated"), QByteArray(R"([{"id":"a","item":)" + after + "}]"));
    QCOMPARE(memberOf(patch.next(), "updated"),
             QByteArray(R"([{"id":"a","patch":[{"op":"replace","path":"/n","value":2}]}])"));
    QCOMPARE(memberOf(merge.next(), "updated"), QByteArray(R"([{"id":"a","merge":{"n":2}}])"));
    // What a form can't express, or only at greater length, travels whole.
    stream.poll({ { "a", "[null]" } });
    for (Client *client : { &item, &patch, &merge })
        QCOMPARE(memberOf(client->next(), "updated"), QByteArray(R"([{"id":"a","item":[null]}])"));
}

void TestStreamSession::order_isTheLastMember()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", "1" }, { "b", "2" } });
    Client client(server);
    client.subscribe();
    client.restOfTypes();
    Changeset changes;
    changes.order = std::vector<QByteArray> { "b", "a" };
    stream.push(changes);
    QVERIFY(client.next().endsWith(QByteArray(time0 + R"(,"order":["b","a"]})")));
}

void TestStreamSession::neverPolled_isSeqZeroAndSnapshotFollows()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    Client client(server);
    client.subscribe();
    QCOMPARE(client.next(), subscribedAt(0));
    QVERIFY(client.next().contains(R"("last_ok":null,"next_poll":null)"));
    QVERIFY(client.restOfTypes().isEmpty());
    stream.poll({ { "a", "1" } });
    QVERIFY(client.next().contains(QByteArray(R"("seq":1,)" + time0 + R"(,"reason":"subscribed","items":[{"id":"a","item":1}])")));
    stream.poll({ { "a", "2" } });
    QCOMPARE(client.restOfTypes(), (QList<QByteArray> { "\"changes\"" }));
}

void TestStreamSession::withoutSnapshot_firstChangesFollow()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    Client early(server);
    early.subscribe(R"("snapshot":false)");
    QCOMPARE(early.restOfTypes(), (QList<QByteArray> { "\"subscribed\"", "\"status\"" }));
    stream.poll({ { "a", "1" } });
    QVERIFY(early.next().contains(R"("type":"changes")"));
    Client late(server);
    late.subscribe(R"("snapshot":false)");
    QCOMPARE(late.restOfTypes(), (QList<QByteArray> { "\"subscribed\"", "\"status\"" }));
    stream.poll({ { "a", "2" } });
    QCOMPARE(memberOf(late.next(), "seq"), QByteArray("2"));
}

void TestStreamSession::emptyFirstPoll_isASnapshotToo()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    Client client(server);
    client.subscribe();
    client.restOfTypes();
    stream.poll({});
    QVERIFY(client.next().endsWith(R"("reason":"subscribed","items":[]})"));
}

void TestStreamSession::resume_getsExactlyWhatWasMissed()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    for (int i = 1; i <= 5; ++i)
        stream.poll({ { "a", QByteArray::number(i) } });
    Client client(server);
    client.subscribe(R"("since":{"epoch":"k3w9","seq":3})");
    QCOMPARE(client.next(), subscribedAt(5, R"(,"recovered":true)"));
    QCOMPARE(memberOf(client.next(), "seq"), QByteArray("4"));
    QCOMPARE(memberOf(client.next(), "updated"), QByteArray(R"([{"id":"a","item":5}])"));
    QCOMPARE(client.restOfTypes(), (QList<QByteArray> { "\"status\"" }));
    stream.poll({ { "a", "6" } });
    QCOMPARE(memberOf(client.next(), "seq"), QByteArray("6"));
    // Nothing missed.
    Client current(server);
    current.subscribe(R"("since":{"epoch":"k3w9","seq":6})");
    QCOMPARE(current.next(), subscribedAt(6, R"(,"recovered":true)"));
    QCOMPARE(current.restOfTypes(), (QList<QByteArray> { "\"status\"" }));
}

void TestStreamSession::resume_thatCannotBe_isASnapshot_data()
{
    QTest::addColumn<QByteArray>("since");
    QTest::newRow("too old") << QByteArray(R"({"epoch":"k3w9","seq":1})");
    QTest::newRow("of the future") << QByteArray(R"({"epoch":"k3w9","seq":99})");
    QTest::newRow("another epoch") << QByteArray(R"({"epoch":"zzzz","seq":5})");
    QTest::newRow("rubbish") << QByteArray(R"("k3w9:5")");
}

void TestStreamSession::resume_thatCannotBe_isASnapshot()
{
    QFETCH(QByteArray, since);
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    HistoryBounds bounds;
    bounds.changesets = 2;
    stream.setHistory(bounds);
    for (int i = 1; i <= 5; ++i)
        stream.poll({ { "a", QByteArray::number(i) } });
    Client client(server);
    client.subscribe(R"("snapshot":false,"since":)" + since);
    QCOMPARE(client.next(), subscribedAt(5, R"(,"recovered":false)"));
    QVERIFY(client.next().contains(QByteArray(R"("seq":5,)" + time0 + R"(,"reason":"resync","items":[{"id":"a","item":5}])")));
}

void TestStreamSession::newEpoch_isAResyncSnapshot()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", "1" } });
    Client client(server);
    Client changesOnly(server);
    client.subscribe();
    changesOnly.subscribe(R"("snapshot":false)");
    client.restOfTypes();
    changesOnly.restOfTypes();
    stream.reset("new1");
    QVERIFY(client.restOfTypes().isEmpty());
    stream.poll({ { "b", "2" } });
    for (Client *each : { &client, &changesOnly }) {
        QVERIFY(each->next().contains(QByteArray(R"("epoch":"new1","seq":1,)" + time0 + R"(,"reason":"resync","items":[{"id":"b","item":2}])")));
    }
    stream.poll({ { "b", "3" } });
    QVERIFY(client.next().contains(R"("epoch":"new1","seq":2)"));
}

void TestStreamSession::secondSubscribe_replacesTheFirst()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    const QByteArray filler = QByteArray(200, 'x');
    stream.poll({ { "a", R"({"pad":")" + filler + R"(","n":1})" } });
    Client client(server);
    client.subscribe(R"("ref":1)");
    client.subscribe(R"("ref":2,"updates":"merge")");
    QCOMPARE(client.restOfTypes(),
             (QList<QByteArray> { "\"subscribed\"", "\"snapshot\"", "\"status\"", "\"subscribed\"", "\"snapshot\"",
                                  "\"status\"" }));
    stream.poll({ { "a", R"({"pad":")" + filler + R"(","n":2})" } });
    QVERIFY(client.next().contains(R"("merge":{"n":2})"));
    QVERIFY(client.restOfTypes().isEmpty());
    QCOMPARE(server.listener->subscribers("plain"), 1);
}

void TestStreamSession::unsubscribe_endsTheData()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({});
    Client client(server);
    client.subscribe();
    client.restOfTypes();
    client.send(R"({"action":"unsubscribe","channel":"plain","ref":"u"})");
    QCOMPARE(client.next(), QByteArray(R"({"type":"unsubscribed","stream":"plain","ref":"u"})"));
    stream.poll({ { "a", "1" } });
    QVERIFY(client.restOfTypes().isEmpty());
    client.send(R"({"action":"unsubscribe","channel":"plain","ref":"again"})");
    QCOMPARE(client.next(), QByteArray(R"({"type":"unsubscribed","stream":"plain","ref":"again"})"));
    QTRY_COMPARE(server.hub.observers("plain"), 0);
}

void TestStreamSession::unsubscribeAll_answersForEach()
{
    TestServer server;
    Client client(server);
    client.send(R"({"action":"unsubscribe_all","ref":0})");
    QCOMPARE(client.next(), QByteArray(R"({"type":"unsubscribed","stream":null,"ref":0})"));
    client.subscribe();
    client.send(R"({"action":"subscribe","channel":"quakes"})");
    client.restOfTypes();
    client.send(R"({"action":"unsubscribe_all","ref":1})");
    const QByteArray first = client.next();
    const QByteArray second = client.next();
    QVERIFY(first.contains(R"("ref":1)") && second.contains(R"("ref":1)"));
    QVERIFY(memberOf(first, "stream") != memberOf(second, "stream"));
    QVERIFY(client.restOfTypes().isEmpty());
}

void TestStreamSession::status_comesOnChangesOfStateOnceASecond()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({});
    Client client(server);
    client.subscribe();
    client.restOfTypes();
    stream.poll({});
    QVERIFY(client.restOfTypes().isEmpty());
    StreamStatus status = stream.status();
    status.state = StreamStatus::State::Failing;
    status.error = Error { QStringLiteral("http_500"), QStringLiteral("HTTP 500") };
    stream.setStatus(status);
    QVERIFY(client.next().contains(R"("state":"failing","stale":false,"error":{"code":"http_500","message":"HTTP 500"})"));
    status.state = StreamStatus::State::RateLimited;
    stream.setStatus(status);
    status.state = StreamStatus::State::Paused;
    stream.setStatus(status);
    QVERIFY(client.restOfTypes().isEmpty());
    server.clock.advance(1000);
    QVERIFY(client.next().contains(R"("state":"paused")"));
    QVERIFY(client.restOfTypes().isEmpty());
    // There and back within the second is no change.
    server.clock.advance(1000);
    status.state = StreamStatus::State::Failing;
    stream.setStatus(status);
    QVERIFY(client.next().contains(R"("state":"failing")"));
    status.state = StreamStatus::State::Live;
    stream.setStatus(status);
    status.state = StreamStatus::State::Failing;
    stream.setStatus(status);
    server.clock.advance(3000);
    QVERIFY(client.restOfTypes().isEmpty());
}

void TestStreamSession::takenAwayStream_isSaid()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({});
    Client client(server);
    client.subscribe();
    client.restOfTypes();
    stream.close({ QStringLiteral("unknown_channel"), QStringLiteral("it was deleted") });
    QCOMPARE(client.next(), QByteArray(R"({"type":"error","code":"unknown_channel","message":"it was deleted"})"));
    QCOMPARE(client.next(), QByteArray(R"({"type":"unsubscribed","stream":"plain"})"));
    QCOMPARE(server.listener->subscribers("plain"), 0);
    client.subscribe();
    QCOMPARE(client.restOfTypes().first(), QByteArray("\"subscribed\""));
}

void TestStreamSession::list_givesTheChannels()
{
    const TestServer server;
    Client client(server);
    client.send(R"({"action":"list","ref":"l"})");
    const QByteArray answer = client.next();
    QCOMPARE(memberOf(answer, "type"), QByteArray("\"channels\""));
    QVERIFY(memberOf(answer, "channels").startsWith(R"([{"name":"plain",)"));
    QCOMPARE(memberOf(answer, "ref"), QByteArray("\"l\""));
}

void TestStreamSession::auth_isNoError()
{
    const TestServer server;
    Client client(server);
    client.send(R"({"action":"auth","token":"x"})");
    QVERIFY(client.restOfTypes().isEmpty());
}

void TestStreamSession::errors_leaveTheConnectionOpen_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("code");
    const auto row = [](const char *name, const QByteArray &message, const char *code) {
        QTest::newRow(name) << message << QByteArray(code);
    };
    row("bad json", "{", "bad_message");
    row("unknown action", R"({"action":"x"})", "unknown_action");
    row("unknown channel", R"({"action":"subscribe","channel":"constructor"})", "unknown_channel");
    row("unknown channel to leave", R"({"action":"unsubscribe","channel":"nope"})", "unknown_channel");
    row("missing param", R"({"action":"subscribe","channel":"strict"})", "missing_param");
    row("unknown param", R"({"action":"subscribe","channel":"plain","params":{"__proto__":1}})", "unknown_param");
    row("bad param", R"({"action":"subscribe","channel":"quakes","params":{"window":"year"}})", "bad_param");
    row("nested param", R"({"action":"subscribe","channel":"quakes","params":{"level":{"a":1}}})", "bad_param");
    row("huge param", R"({"action":"subscribe","channel":"quakes","params":{"level":")" + QByteArray(2000, 'x') + R"("}})",
        "too_large");
}

void TestStreamSession::errors_leaveTheConnectionOpen()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, code);
    const TestServer server;
    Client client(server);
    client.send(message);
    const QByteArray error = client.next();
    QCOMPARE(memberOf(error, "type"), QByteArray("\"error\""));
    QCOMPARE(memberOf(error, "code"), QByteArray('"' + code + '"'));
    QVERIFY(client.restOfTypes().isEmpty());
}

void TestStreamSession::loading_keepsTheOrderOfCommands()
{
    TestServer server;
    server.hub.stream("plain").poll({ { "a", "1" } });
    server.hub.holdsLoading = true;
    Client client(server);
    client.subscribe(R"("ref":1)");
    client.send(R"({"action":"unsubscribe","channel":"plain","ref":2})");
    client.subscribe(R"("ref":3,"snapshot":false)");
    client.subscribe(R"("ref":4)");
    QVERIFY(client.restOfTypes().isEmpty());
    server.hub.load();
    QList<QByteArray> refs;
    for (const char *type : { "subscribed", "snapshot", "status", "unsubscribed", "subscribed", "status", "subscribed",
                              "snapshot", "status" }) {
        const QByteArray message = client.next();
        QCOMPARE(memberOf(message, "type"), QByteArray('"' + QByteArray(type) + '"'));
        if (const QByteArray ref = memberOf(message, "ref"); !ref.isNull())
            refs << ref;
    }
    QCOMPARE(refs, (QList<QByteArray> { "1", "2", "3", "4" }));
    QVERIFY(client.restOfTypes().isEmpty());
    QCOMPARE(server.hub.observeCalls, 1);
    QCOMPARE(server.listener->subscribers("plain"), 1);
}

void TestStreamSession::loadingThatFails_isAnsweredWithTheRef()
{
    TestServer server;
    server.hub.holdsLoading = true;
    Client client(server);
    client.subscribe(R"("ref":1)");
    client.restOfTypes();
    server.hub.load(Error { QStringLiteral("too_many_streams"), QStringLiteral("20 are polled") });
    QCOMPARE(client.next(), QByteArray(R"({"type":"error","code":"too_many_streams","message":"20 are polled","ref":1})"));
    server.hub.holdsLoading = false;
    client.subscribe(R"("ref":2)");
    QCOMPARE(client.next(), subscribedAt(0, R"(,"ref":2)"));
}

void TestStreamSession::leavingWhileLoading_isSafe()
{
    TestServer server;
    server.hub.holdsLoading = true;
    {
        Client client(server);
        client.subscribe();
        client.restOfTypes();
        QCOMPARE(server.hub.observeCalls, 1);
    }
    QTRY_COMPARE(server.listener->clients(), 0);
    server.hub.load();
    QCOMPARE(server.hub.observers("plain"), 0);
    Client next(server);
    next.subscribe();
    next.restOfTypes();
    server.hub.load();
    QCOMPARE(next.next(), subscribedAt(0));
}

void TestStreamSession::unsubscribeAll_whileLoading()
{
    TestServer server;
    server.hub.holdsLoading = true;
    Client client(server);
    client.subscribe(R"("ref":1)");
    client.send(R"({"action":"unsubscribe_all","ref":2})");
    client.send(R"({"action":"unsubscribe_all","ref":3})");
    QCOMPARE(client.next(), QByteArray(R"({"type":"unsubscribed","stream":null,"ref":3})"));
    server.hub.load();
    QCOMPARE(client.next(), subscribedAt(0, R"(,"ref":1)"));
    QVERIFY(client.next().contains(R"("status")"));
    QCOMPARE(client.next(), QByteArray(R"({"type":"unsubscribed","stream":"plain","ref":2})"));
    QVERIFY(client.restOfTypes().isEmpty());
}

QTEST_GUILESS_MAIN(TestStreamSession)
#include "tst_streamsession.moc"
