#include "tests/serve/streamclient.h"

#include <QTest>

using namespace restream;

class TestStreamCommands : public QObject
{
    Q_OBJECT

private slots:
    void unsubscribe_endsTheData();
    void unsubscribeAll_answersForEach();
    void list_givesTheChannels();
    void auth_isNoError();
    void errors_leaveTheConnectionOpen_data();
    void errors_leaveTheConnectionOpen();
    void loading_keepsTheOrderOfCommands();
    void loadingThatFails_isAnsweredWithTheRef();
    void leavingWhileLoading_isSafe();
    void unsubscribeAll_whileLoading();
};

void TestStreamCommands::unsubscribe_endsTheData()
{
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({});
    StreamClient client(server);
    client.subscribe();
    client.restOfTypes();
    client.send(R"({"action":"unsubscribe","channel":"plain","ref":"u"})");
    QCOMPARE(client.next(), QByteArray(R"({"type":"unsubscribed","stream":"plain","ref":"u"})"));
    stream.poll({ { "a", "1" } });
    QVERIFY(client.restOfTypes().isEmpty());
    client.send(R"({"action":"unsubscribe","channel":"plain","ref":"again"})");
    QCOMPARE(client.next(),
             QByteArray(R"({"type":"unsubscribed","stream":"plain","ref":"again"})"));
    QTRY_COMPARE(server.hub.observers("plain"), 0);
}

void TestStreamCommands::unsubscribeAll_answersForEach()
{
    TestServer server;
    StreamClient client(server);
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

void TestStreamCommands::list_givesTheChannels()
{
    const TestServer server;
    StreamClient client(server);
    client.send(R"({"action":"list","ref":"l"})");
    const QByteArray answer = client.next();
    QCOMPARE(memberOf(answer, "type"), QByteArray("\"channels\""));
    QVERIFY(memberOf(answer, "channels").startsWith(R"([{"name":"plain",)"));
    QCOMPARE(memberOf(answer, "ref"), QByteArray("\"l\""));
}

void TestStreamCommands::auth_isNoError()
{
    const TestServer server;
    StreamClient client(server);
    client.send(R"({"action":"auth","token":"x"})");
    QVERIFY(client.restOfTypes().isEmpty());
}

void TestStreamCommands::errors_leaveTheConnectionOpen_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("code");
    const auto row = [](const char *name, const QByteArray &message, const char *code) {
        QTest::newRow(name) << message << QByteArray(code);
    };
    row("bad json", "{", "bad_message");
    row("unknown action", R"({"action":"x"})", "unknown_action");
    row("unknown channel", R"({"action":"subscribe","channel":"constructor"})", "unknown_channel");
    row("unknown channel to leave", R"({"action":"unsubscribe","channel":"nope"})",
        "unknown_channel");
    row("missing param", R"({"action":"subscribe","channel":"strict"})", "missing_param");
    row("unknown param", R"({"action":"subscribe","channel":"plain","params":{"__proto__":1}})",
        "unknown_param");
    row("bad param", R"({"action":"subscribe","channel":"quakes","params":{"window":"year"}})",
        "bad_param");
    row("nested param", R"({"action":"subscribe","channel":"quakes","params":{"level":{"a":1}}})",
        "bad_param");
    row("huge param",
        R"({"action":"subscribe","channel":"quakes","params":{"level":")" + QByteArray(2000, 'x')
            + R"("}})",
        "too_large");
}

void TestStreamCommands::errors_leaveTheConnectionOpen()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, code);
    const TestServer server;
    StreamClient client(server);
    client.send(message);
    const QByteArray error = client.next();
    QCOMPARE(memberOf(error, "type"), QByteArray("\"error\""));
    QCOMPARE(memberOf(error, "code"), QByteArray('"' + code + '"'));
    QVERIFY(client.restOfTypes().isEmpty());
}

void TestStreamCommands::loading_keepsTheOrderOfCommands()
{
    TestServer server;
    server.hub.stream("plain").poll({ { "a", "1" } });
    server.hub.holdsLoading = true;
    StreamClient client(server);
    client.subscribe(R"("ref":1)");
    client.send(R"({"action":"unsubscribe","channel":"plain","ref":2})");
    client.subscribe(R"("ref":3,"snapshot":false)");
    client.subscribe(R"("ref":4)");
    QVERIFY(client.restOfTypes().isEmpty());
    server.hub.load();
    QList<QByteArray> refs;
    for (const char *type : { "subscribed", "snapshot", "status", "unsubscribed", "subscribed",
                              "status", "subscribed", "snapshot", "status" }) {
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

void TestStreamCommands::loadingThatFails_isAnsweredWithTheRef()
{
    TestServer server;
    server.hub.holdsLoading = true;
    StreamClient client(server);
    client.subscribe(R"("ref":1)");
    client.restOfTypes();
    server.hub.load(Error { QStringLiteral("too_many_streams"), QStringLiteral("20 are polled") });
    QCOMPARE(
        client.next(),
        QByteArray(
            R"({"type":"error","code":"too_many_streams","message":"20 are polled","ref":1})"));
    server.hub.holdsLoading = false;
    client.subscribe(R"("ref":2)");
    QCOMPARE(client.next(), subscribedAt(0, R"(,"ref":2)"));
}

void TestStreamCommands::leavingWhileLoading_isSafe()
{
    TestServer server;
    server.hub.holdsLoading = true;
    {
        StreamClient client(server);
        client.subscribe();
        client.restOfTypes();
        QCOMPARE(server.hub.observeCalls, 1);
    }
    QTRY_COMPARE(server.listener->clients(), 0);
    server.hub.load();
    QCOMPARE(server.hub.observers("plain"), 0);
    StreamClient next(server);
    next.subscribe();
    next.restOfTypes();
    server.hub.load();
    QCOMPARE(next.next(), subscribedAt(0));
}

void TestStreamCommands::unsubscribeAll_whileLoading()
{
    TestServer server;
    server.hub.holdsLoading = true;
    StreamClient client(server);
    client.subscribe(R"("ref":1)");
    client.send(R"({"action":"unsubscribe_all","ref":2})");
    client.send(R"({"action":"unsubscribe_all","ref":3})");
    QCOMPARE(client.next(), QByteArray(R"({"type":"unsubscribed","stream":null,"ref":3})"));
    server.hub.load();
    QCOMPARE(client.next(), subscribedAt(0, R"(,"ref":1)"));
    QCOMPARE(client.next(), QByteArray(R"({"type":"unsubscribed","stream":"plain","ref":2})"));
    QVERIFY(client.restOfTypes().isEmpty());
}

QTEST_GUILESS_MAIN(TestStreamCommands)
#include "tst_streamcommands.moc"
