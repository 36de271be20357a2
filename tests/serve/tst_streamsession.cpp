#include "tests/serve/streamclient.h"

#include <QTest>

using namespace restream;

namespace {

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
    void status_comesOnChangesOfStateOnceASecond();
    void takenAwayStream_isSaid();
};

void TestStreamSession::ready_isFirst()
{
    const TestServer server;
    RawClient client(server);
    client.send(handshake(server, "/v1/stream"));
    QVERIFY(
        client.readUntil("ready").contains(R"({"type":"ready","protocol":1,"server":"Restream )"));
}

void TestStreamSession::subscription_isAcknowledgedThenSnapshotThenStatusThenChanges()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", R"({"x":1.10})" } });
    StreamClient client(server);
    client.subscribe(R"("ref":7)");
    QCOMPARE(client.next(), subscribedAt(1, R"(,"ref":7)"));
    QCOMPARE(client.next(),
             QByteArray(R"({"type":"snapshot","stream":"plain","epoch":"k3w9","seq":1,)" + time0
                        + R"(,"reason":"subscribed","items":[{"id":"a","item":{"x":1.10}}]})"));
    QCOMPARE(
        client.next(),
        QByteArray(
            R"({"type":"status","stream":"plain","state":"live","stale":false,"error":null,)"
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
    StreamClient client(server);
    client.send(
        R"({"action":"subscribe","channel":"quakes","params":{"window":"hour","level":1.50}})");
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
    StreamClient item(server);
    StreamClient patch(server);
    StreamClient merge(server);
    item.subscribe(R"("updates":"item")");
    patch.subscribe(R"("updates":"patch")");
    merge.subscribe(R"("updates":"merge")");
    for (StreamClient *client : { &item, &patch, &merge })
        client->restOfTypes();
    stream.poll({ { "a", after } });
    QCOMPARE(memberOf(item.next(), "updated"), QByteArray(R"([{"id":"a","item":)" + after + "}]"));
    QCOMPARE(memberOf(patch.next(), "updated"),
             QByteArray(R"([{"id":"a","patch":[{"op":"replace","path":"/n","value":2}]}])"));
    QCOMPARE(memberOf(merge.next(), "updated"), QByteArray(R"([{"id":"a","merge":{"n":2}}])"));
    // What a form can't express, or only at greater length, travels whole.
    stream.poll({ { "a", "[null]" } });
    for (StreamClient *client : { &item, &patch, &merge })
        QCOMPARE(memberOf(client->next(), "updated"), QByteArray(R"([{"id":"a","item":[null]}])"));
}

void TestStreamSession::order_isTheLastMember()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", "1" }, { "b", "2" } });
    StreamClient client(server);
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
    StreamClient client(server);
    client.subscribe();
    QCOMPARE(client.next(), subscribedAt(0));
    QVERIFY(client.restOfTypes().isEmpty()); // there is nothing to tell before the first call ends
    stream.poll({ { "a", "1" } });
    QVERIFY(client.next().contains(QByteArray(
        R"("seq":1,)" + time0 + R"(,"reason":"subscribed","items":[{"id":"a","item":1}])")));
    QVERIFY(client.next().contains(R"({"type":"status")")); // what came of it
    stream.poll({ { "a", "2" } });
    QCOMPARE(client.restOfTypes(), (QList<QByteArray> { "\"changes\"" }));
}

void TestStreamSession::withoutSnapshot_firstChangesFollow()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    StreamClient early(server);
    early.subscribe(R"("snapshot":false)");
    QCOMPARE(early.restOfTypes(), (QList<QByteArray> { "\"subscribed\"" }));
    stream.poll({ { "a", "1" } });
    QVERIFY(early.next().contains(R"("type":"changes")"));
    StreamClient late(server);
    late.subscribe(R"("snapshot":false)");
    QCOMPARE(late.restOfTypes(), (QList<QByteArray> { "\"subscribed\"", "\"status\"" }));
    stream.poll({ { "a", "2" } });
    QCOMPARE(memberOf(late.next(), "seq"), QByteArray("2"));
}

void TestStreamSession::emptyFirstPoll_isASnapshotToo()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    StreamClient client(server);
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
    StreamClient client(server);
    client.subscribe(R"("since":{"epoch":"k3w9","seq":3})");
    QCOMPARE(client.next(), subscribedAt(5, R"(,"recovered":true)"));
    QCOMPARE(memberOf(client.next(), "seq"), QByteArray("4"));
    QCOMPARE(memberOf(client.next(), "updated"), QByteArray(R"([{"id":"a","item":5}])"));
    QCOMPARE(client.restOfTypes(), (QList<QByteArray> { "\"status\"" }));
    stream.poll({ { "a", "6" } });
    QCOMPARE(memberOf(client.next(), "seq"), QByteArray("6"));
    // Nothing missed.
    StreamClient current(server);
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
    StreamClient client(server);
    client.subscribe(R"("snapshot":false,"since":)" + since);
    QCOMPARE(client.next(), subscribedAt(5, R"(,"recovered":false)"));
    QVERIFY(client.next().contains(
        QByteArray(R"("seq":5,)" + time0 + R"(,"reason":"resync","items":[{"id":"a","item":5}])")));
}

void TestStreamSession::newEpoch_isAResyncSnapshot()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", "1" } });
    StreamClient client(server);
    StreamClient changesOnly(server);
    client.subscribe();
    changesOnly.subscribe(R"("snapshot":false)");
    client.restOfTypes();
    changesOnly.restOfTypes();
    stream.reset("new1");
    QVERIFY(client.restOfTypes().isEmpty());
    stream.poll({ { "b", "2" } });
    for (StreamClient *each : { &client, &changesOnly }) {
        QVERIFY(each->next().contains(
            QByteArray(R"("epoch":"new1","seq":1,)" + time0
                       + R"(,"reason":"resync","items":[{"id":"b","item":2}])")));
    }
    stream.poll({ { "b", "3" } });
    QVERIFY(client.next().contains(R"("epoch":"new1","seq":2)"));
}

void TestStreamSession::secondSubscribe_replacesTheFirst()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    const QByteArray filler = QByteArray(200, 'x');
    stream.poll({ { "a", QByteArray(R"({"pad":")" + filler + R"(","n":1})") } });
    StreamClient client(server);
    client.subscribe(R"("ref":1)");
    client.subscribe(R"("ref":2,"updates":"merge")");
    QCOMPARE(client.restOfTypes(),
             (QList<QByteArray> { "\"subscribed\"", "\"snapshot\"", "\"status\"", "\"subscribed\"",
                                  "\"snapshot\"", "\"status\"" }));
    stream.poll({ { "a", QByteArray(R"({"pad":")" + filler + R"(","n":2})") } });
    QVERIFY(client.next().contains(R"("merge":{"n":2})"));
    QVERIFY(client.restOfTypes().isEmpty());
    QCOMPARE(server.listener->subscribers("plain"), 1);
}

void TestStreamSession::status_comesOnChangesOfStateOnceASecond()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({});
    StreamClient client(server);
    client.subscribe();
    client.restOfTypes();
    stream.poll({});
    QVERIFY(client.restOfTypes().isEmpty());
    StreamStatus status = stream.status();
    status.state = StreamStatus::State::Failing;
    status.error = Error { QStringLiteral("http_500"), QStringLiteral("HTTP 500") };
    stream.setStatus(status);
    QVERIFY(client.next().contains(
        R"("state":"failing","stale":false,"error":{"code":"http_500","message":"HTTP 500"})"));
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
    StreamClient client(server);
    client.subscribe();
    client.restOfTypes();
    stream.close({ QStringLiteral("unknown_channel"), QStringLiteral("it was deleted") });
    QCOMPARE(client.next(),
             QByteArray(R"({"type":"error","code":"unknown_channel","message":"it was deleted"})"));
    QCOMPARE(client.next(), QByteArray(R"({"type":"unsubscribed","stream":"plain"})"));
    QCOMPARE(server.listener->subscribers("plain"), 0);
    client.subscribe();
    QCOMPARE(client.restOfTypes().first(), QByteArray("\"subscribed\""));
}

QTEST_GUILESS_MAIN(TestStreamSession)
#include "tst_streamsession.moc"
