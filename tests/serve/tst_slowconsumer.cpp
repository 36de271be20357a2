#include "tests/serve/testcertificate.h"
#include "tests/serve/testserver.h"

#include <QTest>

using namespace restream;

namespace {

constexpr qint64 bound = 64 * 1024;

ServeLimits smallQueue()
{
    ServeLimits limits;
    limits.queue = bound;
    return limits;
}

/// Plain or with TLS, as the row of the whole test says.
ServeOptions transport()
{
    ServeOptions options;
    QFETCH_GLOBAL(bool, tls);
    if (tls)
        options.tls = testCertificate();
    return options;
}

QByteArray text(int n, qsizetype size = 30000)
{
    return R"({"n":)" + QByteArray::number(n) + R"(,"pad":")" + QByteArray(size, 'x') + R"("})";
}

/// Subscribes a client that reads no further than its first snapshot.
void subscribeSlow(const TestServer &server, SlowClient &client, const QByteArray &path)
{
    client.send(handshake(server, path));
    QVERIFY(!client.readUntil("ready").isNull());
    client.send(clientFrame(0x81, R"({"action":"subscribe","channel":"plain"})"));
    QVERIFY(!client.readUntil(R"("n":0)").isNull());
}

/// More than the kernel takes in for anybody.
constexpr int manyChanges = 250;

}

class TestSlowConsumer : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase_data();

    void stalledStreamClient_getsOneLaggedSnapshot();
    void stalledItemClient_isClosedWith4408();
    void othersNoticeNothing();
    void laggingClient_mayLeaveOrBeReset();
    void clientThatReadsNothing_isCutOff();
    void largeSnapshot_isExempt();
    void oneLargeMessageAlone_isExempt();
    void commandsOfAStalledClient_waitUnread();
    void statusOfAnAwaitedStream_isNotLost_data();
    void statusOfAnAwaitedStream_isNotLost();
};

void TestSlowConsumer::initTestCase_data()
{
    QTest::addColumn<bool>("tls");
    QTest::newRow("plain") << false;
    if (testCertificate())
        QTest::newRow("tls") << true;
}

void TestSlowConsumer::stalledStreamClient_getsOneLaggedSnapshot()
{
    TestServer server(smallQueue(), transport());
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", text(0) } });
    SlowClient client(server);
    subscribeSlow(server, client, "/v1/stream");
    for (int i = 1; i <= manyChanges; ++i) {
        stream.poll({ { "a", text(i) } });
        QCoreApplication::processEvents();
    }
    const QByteArray all = client.readUntil(R"("reason":"lagged")");
    QVERIFY(!all.isNull());
    const qsizetype lagged = all.indexOf(R"("reason":"lagged")");
    // What came before it is whole and without a gap; then comes the newest state at once.
    int expected = 2;
    for (qsizetype at = all.indexOf(R"("type":"changes")"); at >= 0;
         at = all.indexOf(R"("type":"changes")", at + 1)) {
        if (at > lagged)
            break;
        QVERIFY(all.mid(at, 100).contains(
            QByteArray(R"("seq":)" + QByteArray::number(expected) + ',')));
        ++expected;
    }
    QVERIFY(expected > 2 && expected < manyChanges);
    QVERIFY(all.mid(lagged - 120, 120)
                .contains(QByteArray(R"("seq":)" + QByteArray::number(manyChanges + 1) + ',')));
    stream.poll({ { "a", text(9999) } });
    const QByteArray after = client.readUntil(R"("n":9999)");
    QVERIFY(after.contains(QByteArray(R"("seq":)" + QByteArray::number(manyChanges + 2) + ',')));
    QVERIFY(!after.contains("lagged"));
}

void TestSlowConsumer::stalledItemClient_isClosedWith4408()
{
    TestServer server(smallQueue(), transport());
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", text(0) } });
    SlowClient client(server);
    subscribeSlow(server, client, "/channels");
    for (int i = 1; i <= manyChanges; ++i) {
        stream.poll({ { "a", text(i) } });
        QCoreApplication::processEvents();
    }
    const QByteArray all = client.readToEnd();
    QVERIFY(all.contains(QByteArray("\x88\x0f\x11\x38slow consumer")));
    QVERIFY(!all.contains(QByteArray(R"("n":)" + QByteArray::number(manyChanges))));
    QTRY_COMPARE(server.listener->subscribers("plain"), 0);
}

void TestSlowConsumer::othersNoticeNothing()
{
    TestServer server(smallQueue(), transport());
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", text(0) } });
    SlowClient slow(server);
    subscribeSlow(server, slow, "/v1/stream");
    WsClient quick(server, QStringLiteral("/v1/stream"));
    QVERIFY(quick.opens());
    quick.send(R"({"action":"subscribe","channel":"plain"})");
    QVERIFY(!quick.nextOf("status").isNull());
    for (int i = 1; i <= manyChanges; ++i) {
        stream.poll({ { "a", text(i) } });
        QVERIFY(memberOf(quick.next(), "seq") == QByteArray::number(i + 1));
    }
}

void TestSlowConsumer::laggingClient_mayLeaveOrBeReset()
{
    TestServer server(smallQueue(), transport());
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", text(0) } });
    SlowClient resets(server);
    subscribeSlow(server, resets, "/v1/stream");
    {
        SlowClient leaves(server);
        subscribeSlow(server, leaves, "/v1/stream");
        for (int i = 1; i <= manyChanges; ++i) {
            stream.poll({ { "a", text(i) } });
            QCoreApplication::processEvents();
        }
        leaves.send(clientFrame(0x81, R"({"action":"unsubscribe","channel":"plain","ref":1})"));
        QVERIFY(!leaves.readUntil(R"({"type":"unsubscribed","stream":"plain","ref":1})")
                     .contains("lagged"));
    }
    QTRY_COMPARE(server.listener->subscribers("plain"), 1);
    stream.reset("new1");
    stream.poll({ { "a", text(7777) } });
    const QByteArray all = resets.readUntil(R"("n":7777)");
    QVERIFY(all.contains(R"("epoch":"new1","seq":1,)"));
    QVERIFY(all.contains(R"("reason":"resync")"));
    QVERIFY(!all.contains(R"("reason":"lagged")"));
}

void TestSlowConsumer::clientThatReadsNothing_isCutOff()
{
    TestServer server(smallQueue(), transport());
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", text(0) } });
    SlowClient streams(server);
    SlowClient items(server);
    subscribeSlow(server, streams, "/v1/stream");
    subscribeSlow(server, items, "/channels");
    for (int i = 1; i <= manyChanges; ++i) {
        stream.poll({ { "a", text(i) } });
        QCoreApplication::processEvents();
    }
    server.clock.advance(55000);
    QCoreApplication::processEvents();
    QCOMPARE(server.listener->clients(), 2);
    server.clock.advance(16000);
    QTRY_COMPARE(server.listener->clients(), 0);
}

void TestSlowConsumer::largeSnapshot_isExempt()
{
    TestServer server(smallQueue(), transport());
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", text(0, 10'000'000) } });
    for (const char *path : { "/v1/stream", "/channels" }) {
        SlowClient client(server);
        subscribeSlow(server, client, path);
        stream.poll({ *stream.items().find("a"), { path, "{}" } });
        QVERIFY(!client
                     .readUntil(path == QByteArray("/channels") ? R"({"__restream_type":"new_item")"
                                                                : R"("type":"changes")")
                     .isNull());
    }
}

void TestSlowConsumer::oneLargeMessageAlone_isExempt()
{
    TestServer server(smallQueue(), transport());
    FakeStream &stream = server.hub.stream("plain");
    stream.poll({ { "a", text(0) } });
    SlowClient client(server);
    subscribeSlow(server, client, "/channels");
    stream.poll({ { "a", text(1, 10'000'000) } });
    stream.poll({ { "a", text(2, 100) } });
    QVERIFY(!client.readUntil(R"("n":2)").isNull());
}

void TestSlowConsumer::commandsOfAStalledClient_waitUnread()
{
    TestServer server(smallQueue(), transport());
    SlowClient client(server);
    client.send(handshake(server, "/v1/stream"));
    QVERIFY(!client.readUntil("ready").isNull());
    // Each answer holds the long ref: together more than the kernel and the queue take.
    const QByteArray ref(60000, 'r');
    QByteArray commands;
    for (int i = 0; i < 300; ++i)
        commands += clientFrame(
            0x81, R"({"action":"ping","ref":")" + ref + QByteArray::number(i) + R"("})");
    qsizetype sent = 0;
    int idle = 0;
    spinUntil([&] {
        const qsizetype now = client.sendSome(QByteArrayView(commands).sliced(sent));
        sent += now;
        idle = now > 0 ? 0 : idle + 1;
        return idle > 3000;
    });
    QVERIFY2(sent < commands.size(), "everything was read although no answer was");
    // Counted as it comes: to search megabytes again and again takes longer than all else.
    const QByteArray pong = R"({"type":"pong")";
    QByteArray tail;
    qsizetype answers = 0;
    QVERIFY(spinUntil([&] {
        sent += client.sendSome(QByteArrayView(commands).sliced(sent));
        const bool open = client.readSome(tail);
        answers += tail.count(pong);
        tail = tail.sliced(
            std::max<qsizetype>(tail.lastIndexOf(pong) + 1, tail.size() - pong.size() + 1));
        return answers == 300 || !open;
    }));
    QCOMPARE(answers, 300);
}

void TestSlowConsumer::statusOfAnAwaitedStream_isNotLost_data()
{
    QTest::addColumn<bool>("isReset");
    QTest::newRow("never polled") << false;
    QTest::newRow("begins a new epoch") << true;
}

void TestSlowConsumer::statusOfAnAwaitedStream_isNotLost()
{
    QFETCH(bool, isReset);
    TestServer server(smallQueue(), transport());
    FakeStream &stalls = server.hub.stream("plain");
    FakeStream &awaited = server.hub.stream("quakes?level=all&window=hour");
    FakeStream &fills = server.hub.stream("strict?n=1");
    stalls.poll({ { "a", text(0) } });
    fills.poll({ { "a", text(0, 1) } });
    if (isReset)
        awaited.poll({ { "a", "1" } });
    SlowClient client(server);
    subscribeSlow(server, client, "/v1/stream");
    client.send(clientFrame(0x81, R"({"action":"subscribe","channel":"quakes"})"));
    QVERIFY(!client.readUntil(R"({"type":"subscribed","stream":"quakes)").isNull());
    client.send(
        clientFrame(0x81, R"({"action":"subscribe","channel":"strict","params":{"n":"1"}})"));
    QVERIFY(!client.readUntil(R"({"type":"status","stream":"strict)").isNull());
    for (int i = 1; i <= manyChanges; ++i) {
        stalls.poll({ { "a", text(i) } });
        QCoreApplication::processEvents();
    }
    // Said, and thrown out of the queue by what another stream brings.
    StreamStatus paused = awaited.status();
    paused.state = StreamStatus::State::Paused;
    paused.error = Error { QStringLiteral("key_missing"), QStringLiteral("no key") };
    awaited.setStatus(paused);
    if (isReset)
        awaited.reset("new1");
    for (int i = 1; i <= 5; ++i)
        fills.poll({ { "a", text(i) } });
    QVERIFY(!client.readUntil("key_missing").isNull());
}

QTEST_GUILESS_MAIN(TestSlowConsumer)
#include "tst_slowconsumer.moc"
