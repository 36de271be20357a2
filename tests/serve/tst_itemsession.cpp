#include "tests/serve/testserver.h"

#include <QTest>

using namespace restream;

namespace {

/// A client of /channels that has said hello.
class Client final
{
public:
    explicit Client(const TestServer &server) : m_socket(server, QStringLiteral("/channels"))
    {
        if (!m_socket.opens())
            qFatal("no connection");
    }

    void send(const QByteArray &message) { m_socket.send(message); }
    QByteArray next() { return m_socket.next(); }
    /// All messages up to the answer to a nonsense sent now.
    QList<QByteArray> rest()
    {
        send(R"({"action":"rest"})");
        QList<QByteArray> messages;
        for (;;) {
            const QByteArray message = next();
            if (message.isNull() || message.contains("unknown_action"))
                return messages;
            messages << message;
        }
    }

private:
    WsClient m_socket;
};

const QByteArray subscribe = R"({"action":"subscribe","channel":"plain"})";
const QByteArray acknowledged = R"({"__restream_type":"subscribe","channel":"plain"})";
const QByteArray ended = R"({"__restream_type":"unsubscribe","channel":"plain"})";

QByteArray tail(qint64 seq)
{
    return R"(,"__restream_channel":"plain","__restream_stream":"plain","__restream_seq":)"
        + QByteArray::number(seq);
}

}

class TestItemSession : public QObject
{
    Q_OBJECT

private slots:
    void subscriber_getsAcknowledgementSnapshotAndChanges();
    void itemsThatAreNoObjects_travelInAMember();
    void duplicateSubscribe_changesNothing();
    void params_makeTheStream();
    void action_isCaseInsensitive();
    void unsubscribe_isAlwaysAcknowledged();
    void unsubscribeAll_isAcknowledgedForEach();
    void neverPolled_getsItemsWithTheFirstPoll();
    void newEpoch_removesWhatIsGoneAndSendsTheRest();
    void missingKey_isSaidOnceForEachChange();
    void takenAwayStream_isSaid();
    void error_hasCodeAndMessage();
    void loading_keepsTheOrderOfCommands();
};

void TestItemSession::subscriber_getsAcknowledgementSnapshotAndChanges()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", R"({"id":"a","n":1.10})" }, { "b", "{}" } });
    Client client(server);
    client.send(subscribe);
    QCOMPARE(client.next(), acknowledged);
    QCOMPARE(client.next(),
             QByteArray(R"({"id":"a","n":1.10,"__restream_type":"new_item")" + tail(1)
                        + R"(,"__restream_snapshot":true})"));
    QCOMPARE(client.next(),
             QByteArray(R"({"__restream_type":"new_item")" + tail(1)
                        + R"(,"__restream_snapshot":true})"));
    stream.poll({ { "a", R"({"id":"a","n":2})" }, { "c", R"({"id":"c"})" } });
    QCOMPARE(client.next(),
             QByteArray(R"({"id":"c","__restream_type":"new_item")" + tail(2) + '}'));
    QCOMPARE(client.next(),
             QByteArray(R"({"id":"a","n":2,"__restream_type":"updated_item","__restream_diff":)"
                        R"([{"op":"replace","path":"/n","value":2}])"
                        + tail(2) + '}'));
    QCOMPARE(
        client.next(),
        QByteArray(R"({"__restream_type":"removed_item","__restream_id":"b")" + tail(2) + '}'));
    QVERIFY(client.rest().isEmpty());
}

void TestItemSession::itemsThatAreNoObjects_travelInAMember()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "x", "\"x\"" } });
    Client client(server);
    client.send(subscribe);
    client.next();
    QCOMPARE(client.next(),
             QByteArray(R"({"__restream_item":"x","__restream_type":"new_item")" + tail(1)
                        + R"(,"__restream_snapshot":true})"));
    stream.poll({ { "x", "[1]" } });
    QVERIFY(client.next().startsWith(
        R"({"__restream_item":[1],"__restream_type":"updated_item","__restream_diff":[)"));
}

void TestItemSession::duplicateSubscribe_changesNothing()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", "{}" } });
    Client client(server);
    client.send(subscribe);
    client.send(subscribe);
    QCOMPARE(client.rest().size(), 2);
    stream.poll({});
    QCOMPARE(client.rest().size(), 1);
}

void TestItemSession::params_makeTheStream()
{
    TestServer server;
    server.hub.stream("quakes?level=2.5&window=hour").poll({ { "a", "{}" } });
    Client client(server);
    client.send(R"({"action":"subscribe","channel":"quakes","params":{"level":2.5}})");
    QCOMPARE(client.next(), QByteArray(R"({"__restream_type":"subscribe","channel":"quakes"})"));
    QCOMPARE(memberOf(client.next(), "__restream_stream"),
             QByteArray(R"("quakes?level=2.5&window=hour")"));
}

void TestItemSession::action_isCaseInsensitive()
{
    const TestServer server;
    Client client(server);
    client.send(R"({"action":"SUBSCRIBE","channel":"plain"})");
    QCOMPARE(client.next(), acknowledged);
    client.send(R"({"action":"Unsubscribe-All"})");
    QCOMPARE(client.next(), ended);
}

void TestItemSession::unsubscribe_isAlwaysAcknowledged()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    Client client(server);
    client.send(R"({"action":"unsubscribe","channel":"plain"})");
    QCOMPARE(client.next(), ended);
    client.send(subscribe);
    QCOMPARE(client.next(), acknowledged);
    client.send(R"({"action":"unsubscribe","channel":"plain","params":{}})");
    QCOMPARE(client.next(), ended);
    stream.poll({ { "a", "{}" } });
    QVERIFY(client.rest().isEmpty());
    QTRY_COMPARE(server.hub.observers("plain"), 0);
}

void TestItemSession::unsubscribeAll_isAcknowledgedForEach()
{
    const TestServer server;
    Client client(server);
    client.send(R"({"action":"unsubscribe_all"})");
    QVERIFY(client.rest().isEmpty());
    client.send(subscribe);
    client.send(R"({"action":"subscribe","channel":"quakes"})");
    client.send(R"({"action":"subscribe","channel":"quakes","params":{"window":"day"}})");
    QCOMPARE(client.rest().size(), 3);
    client.send(R"({"action":"unsubscribe_all"})");
    const QList<QByteArray> messages = client.rest();
    QCOMPARE(messages.size(), 3);
    QCOMPARE(messages.count(ended), 1);
    QCOMPARE(messages.count(QByteArray(R"({"__restream_type":"unsubscribe","channel":"quakes"})")),
             2);
}

void TestItemSession::neverPolled_getsItemsWithTheFirstPoll()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    Client client(server);
    client.send(subscribe);
    QCOMPARE(client.rest(), (QList<QByteArray> { acknowledged }));
    stream.poll({ { "a", "{}" } });
    QCOMPARE(client.next(),
             QByteArray(R"({"__restream_type":"new_item")" + tail(1)
                        + R"(,"__restream_snapshot":true})"));
    QVERIFY(client.rest().isEmpty());
}

void TestItemSession::newEpoch_removesWhatIsGoneAndSendsTheRest()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", "{}" }, { "b", "{}" } });
    Client client(server);
    client.send(subscribe);
    QCOMPARE(client.rest().size(), 3);
    stream.poll({ { "b", "{}" }, { "c", "{}" } });
    QCOMPARE(client.rest().size(), 2);
    stream.reset("new1");
    Client late(server);
    late.send(subscribe);
    QCOMPARE(late.rest().size(), 1);
    stream.poll({ { "c", "{}" }, { "d", "{}" } });
    const QList<QByteArray> messages = client.rest();
    QCOMPARE(messages.size(), 3);
    QCOMPARE(
        messages.at(0),
        QByteArray(R"({"__restream_type":"removed_item","__restream_id":"b")" + tail(1) + '}'));
    QVERIFY(messages.at(1).contains("new_item")
            && messages.at(1).endsWith(R"("__restream_snapshot":true})"));
    QVERIFY(messages.at(2).contains("new_item"));
    // Who held nothing of the old epoch is told of no removal.
    QCOMPARE(late.rest().size(), 2);
    stream.poll({ { "d", "{}" } });
    QCOMPARE(memberOf(client.next(), "__restream_id"), QByteArray("\"c\""));
}

void TestItemSession::missingKey_isSaidOnceForEachChange()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    StreamStatus status;
    status.state = StreamStatus::State::Paused;
    status.error = Error { QStringLiteral("key_missing"), QStringLiteral("add the key") };
    stream.setStatus(status);
    Client client(server);
    client.send(subscribe);
    QCOMPARE(client.next(), acknowledged);
    QCOMPARE(
        client.next(),
        QByteArray(R"({"__restream_type":"error","message":"add the key","code":"key_missing"})"));
    status.nextPollMs = 5;
    stream.setStatus(status);
    QVERIFY(client.rest().isEmpty());
    stream.setStatus({});
    server.clock.advance(2000);
    stream.setStatus(status);
    server.clock.advance(2000);
    QCOMPARE(client.rest().size(), 1);
}

void TestItemSession::takenAwayStream_isSaid()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    Client client(server);
    client.send(subscribe);
    QCOMPARE(client.next(), acknowledged);
    stream.close({ QStringLiteral("unknown_channel"), QStringLiteral("gone") });
    QCOMPARE(
        client.next(),
        QByteArray(R"({"__restream_type":"error","message":"gone","code":"unknown_channel"})"));
    QCOMPARE(client.next(), ended);
}

void TestItemSession::error_hasCodeAndMessage()
{
    const TestServer server;
    Client client(server);
    client.send("nonsense");
    const QByteArray error = client.next();
    QVERIFY(error.startsWith(R"({"__restream_type":"error","message":"The message is not JSON)"));
    QCOMPARE(memberOf(error, "code"), QByteArray("\"bad_message\""));
    client.send(R"({"action":"subscribe","channel":"nope"})");
    QCOMPARE(memberOf(client.next(), "code"), QByteArray("\"unknown_channel\""));
}

void TestItemSession::loading_keepsTheOrderOfCommands()
{
    TestServer server;
    server.hub.holdsLoading = true;
    Client client(server);
    client.send(subscribe);
    client.send(subscribe);
    client.send(R"({"action":"unsubscribe","channel":"plain"})");
    client.send(subscribe);
    client.send(R"({"action":"unsubscribe_all"})");
    client.send(subscribe);
    QVERIFY(client.rest().isEmpty());
    server.hub.load();
    QCOMPARE(client.rest(),
             (QList<QByteArray> { acknowledged, ended, acknowledged, ended, acknowledged }));
    QCOMPARE(server.listener->subscribers("plain"), 1);
}

QTEST_GUILESS_MAIN(TestItemSession)
#include "tst_itemsession.moc"
