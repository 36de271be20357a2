#include "core/serve/descriptortransport.h"
#include "core/serve/websocketpeer.h"

#include <QTest>

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

using namespace restream;

using Kind = WebSocketPeer::Kind;

namespace {

/// A connection that takes as much as the test lets it.
class FakeTransport final : public Transport
{
public:
    void start(Owner &given) override { owner = &given; }
    qint64 read(char *, qint64) override { return 0; }
    qint64 write(std::span<const QByteArrayView> parts) override
    {
        if (broken)
            return -1;
        ++writes;
        qint64 size = 0;
        for (const QByteArrayView part : parts) {
            const qint64 fits = std::min<qint64>(part.size(), room - size);
            sent += part.first(fits);
            size += fits;
        }
        room -= size;
        return size;
    }
    [[nodiscard]] qint64 held() const override { return 0; }
    void setReading(bool on) override { reading = on; }
    void setWriting(bool on) override { writing = on; }
    void shutDown() override { isShutDown = true; }
    [[nodiscard]] bool takeProgress() override { return false; }
    [[nodiscard]] int number() const override { return 0; }

    Owner *owner = nullptr;
    QByteArray sent;
    qint64 room = 1 << 30;
    int writes = 0;
    bool reading = true;
    bool writing = false;
    bool isShutDown = false;
    bool broken = false;
};

ServeLimits boundOf(qint64 queue)
{
    ServeLimits limits;
    limits.queue = queue;
    return limits;
}

/// A peer on a fake connection.
class Peer final : public WebSocketPeer::Owner
{
public:
    explicit Peer(Outbox &outbox, qint64 bound = 1000)
        : limits(boundOf(bound)),
          transport(new FakeTransport),
          peer(std::unique_ptr<Transport>(transport), limits, outbox, *this)
    {
        peer.start({});
    }

    void messageReceived(const QByteArray &, bool) override { }
    bool framesReceived(int) override { return true; }
    void drained() override { ++drains; }
    void closing() override { ++closings; }
    void gone() override { ++ends; }
    bool data(const QByteArray &bytes) { return peer.send(bytes, Kind::Data); }

    const ServeLimits limits;
    FakeTransport *transport; ///< the peer's
    WebSocketPeer peer;
    int drains = 0;
    int closings = 0;
    int ends = 0;
};

/// Its connection breaks while it answers that the queue is empty.
class BreaksWhenDrained final : public WebSocketPeer::Owner
{
public:
    BreaksWhenDrained(int descriptor, const ServeLimits &limits)
        : peer(std::make_unique<DescriptorTransport>(descriptor), limits, outbox, *this),
          m_descriptor(descriptor)
    {
    }

    void messageReceived(const QByteArray &, bool) override { }
    bool framesReceived(int) override { return true; }
    void drained() override
    {
        ::shutdown(m_descriptor, SHUT_WR);
        peer.send(textFrame("more"), Kind::Exempt);
    }
    void closing() override { }
    void gone() override { ++ends; }

    Outbox outbox;
    WebSocketPeer peer;
    int ends = 0;

private:
    int m_descriptor;
};

void endTurn()
{
    QCoreApplication::sendPostedEvents();
}

}

class TestWebSocketPeer : public QObject
{
    Q_OBJECT

private slots:
    void messagesOfOneTurn_leaveInOneWrite();
    void eachPeer_sendsItsOwn();
    void peerThatEndsInItsTurn_isForgotten();
    void manyMessages_leaveInFewWrites();
    void whatDoesNotFit_waitsAndIsShared();
    void bound_isMeasuredAgainstWhatTheConnectionLeft();
    void moreThanTheBoundInOneTurn_isOfferedFirst();
    void oneLargeMessage_mayBeLargerThanTheBound();
    void manyAnswers_stopTheReading();
    void isIdle_asksTheConnection();
    void close_sendsWhatWasGathered();
    void close_dropsWhatWaitsButNotHalfAFrame();
    void brokenConnection_endsOnce();
    void peerThatWasSilentLong_isNotTakenForStalled();
    void peerThatEndsWhenDrained_readsNoMore();
};

void TestWebSocketPeer::messagesOfOneTurn_leaveInOneWrite()
{
    Outbox outbox;
    Peer one(outbox);
    QVERIFY(one.data("first"));
    one.peer.send("second", Kind::Answer);
    one.peer.send("third", Kind::Exempt);
    QCOMPARE(one.transport->writes, 0);
    endTurn();
    QCOMPARE(one.transport->writes, 1);
    QCOMPARE(one.transport->sent, QByteArray("firstsecondthird"));
    endTurn();
    QCOMPARE(one.transport->writes, 1);
    QVERIFY(one.data("fourth"));
    endTurn();
    QCOMPARE(one.transport->writes, 2);
    QCOMPARE(one.drains, 0);
}

void TestWebSocketPeer::eachPeer_sendsItsOwn()
{
    Outbox outbox;
    std::vector<std::unique_ptr<Peer>> peers;
    for (int i = 0; i < 20; ++i)
        peers.push_back(std::make_unique<Peer>(outbox));
    const QByteArray shared = "shared";
    for (const auto &peer : peers)
        QVERIFY(peer->data(shared));
    QVERIFY(peers[7]->data("more"));
    endTurn();
    for (size_t i = 0; i < peers.size(); ++i) {
        QCOMPARE(peers[i]->transport->writes, 1);
        QCOMPARE(peers[i]->transport->sent, i == 7 ? "sharedmore" : shared);
    }
}

void TestWebSocketPeer::peerThatEndsInItsTurn_isForgotten()
{
    Outbox outbox;
    Peer first(outbox);
    auto second = std::make_unique<Peer>(outbox);
    Peer third(outbox);
    QVERIFY(first.data("1"));
    QVERIFY(second->data("2"));
    QVERIFY(third.data("3"));
    second.reset();
    endTurn();
    QCOMPARE(first.transport->sent, QByteArray("1"));
    QCOMPARE(third.transport->sent, QByteArray("3"));
}

void TestWebSocketPeer::manyMessages_leaveInFewWrites()
{
    Outbox outbox;
    Peer one(outbox, 100'000);
    QByteArray all;
    for (int i = 0; i < 1000; ++i) {
        QVERIFY(one.data(QByteArray::number(i)));
        all += QByteArray::number(i);
    }
    endTurn();
    QCOMPARE(one.transport->sent, all);
    QVERIFY(one.transport->writes <= 1000 / int(SendQueue::mostParts) + 1);
}

void TestWebSocketPeer::whatDoesNotFit_waitsAndIsShared()
{
    Outbox outbox;
    Peer one(outbox);
    const QByteArray frame(100, 'x');
    one.transport->room = 150;
    for (int i = 0; i < 3; ++i)
        QVERIFY(one.data(frame));
    endTurn();
    QCOMPARE(one.transport->sent.size(), 150);
    QVERIFY(one.transport->writing);
    QVERIFY(!one.peer.isIdle());
    QVERIFY(!frame.isDetached());
    const int writes = one.transport->writes;
    QVERIFY(one.data(frame));
    endTurn();
    QCOMPARE(one.transport->writes, writes);
    one.transport->room = 1000;
    one.transport->owner->canWrite();
    QCOMPARE(one.transport->sent, QByteArray(400, 'x'));
    QVERIFY(!one.transport->writing);
    QCOMPARE(one.drains, 1);
}

void TestWebSocketPeer::bound_isMeasuredAgainstWhatTheConnectionLeft()
{
    Outbox outbox;
    Peer one(outbox);
    one.transport->room = 350;
    for (int i = 0; i < 3; ++i)
        QVERIFY(one.data(QByteArray(300, 'x')));
    // Of 900 bytes 350 have left; the frame that is cut counts whole.
    QVERIFY(!one.data(QByteArray(401, 'x')));
    QVERIFY(one.data(QByteArray(400, 'x')));
    QVERIFY(!one.data("x"));
    one.peer.send("answer", Kind::Answer);
    int dropped = 0;
    one.peer.dropData([&dropped](void *) { ++dropped; });
    QCOMPARE(dropped, 0);
    one.transport->room = 1000;
    one.transport->owner->canWrite();
    QCOMPARE(one.transport->sent, QByteArray(600, 'x') + "answer");
}

void TestWebSocketPeer::moreThanTheBoundInOneTurn_isOfferedFirst()
{
    Outbox outbox;
    Peer one(outbox);
    for (int i = 0; i < 20; ++i)
        QVERIFY(one.data(QByteArray(300, 'x')));
    endTurn();
    QCOMPARE(one.transport->sent.size(), 6000);
    QVERIFY(one.peer.isIdle());
}

void TestWebSocketPeer::oneLargeMessage_mayBeLargerThanTheBound()
{
    Outbox outbox;
    Peer one(outbox);
    one.transport->room = 100;
    QVERIFY(one.data(QByteArray(5000, 'x')));
    QVERIFY(one.data(QByteArray(900, 'y')));
    QVERIFY(!one.data(QByteArray(200, 'z')));
    one.transport->room = 1 << 30;
    one.transport->owner->canWrite();
    QCOMPARE(one.transport->sent, QByteArray(5000, 'x') + QByteArray(900, 'y'));
}

void TestWebSocketPeer::manyAnswers_stopTheReading()
{
    Outbox outbox;
    Peer one(outbox);
    one.transport->room = 0;
    one.peer.send(QByteArray(800, 'a'), Kind::Answer);
    endTurn();
    QVERIFY(one.transport->reading);
    one.peer.send(QByteArray(800, 'a'), Kind::Answer);
    QVERIFY(!one.transport->reading);
    one.transport->room = 1000;
    one.transport->owner->canWrite();
    QVERIFY(!one.transport->reading);
    one.transport->room = 200;
    one.transport->owner->canWrite();
    QVERIFY(one.transport->reading);
    QCOMPARE(one.drains, 0);
}

void TestWebSocketPeer::isIdle_asksTheConnection()
{
    Outbox outbox;
    Peer one(outbox);
    QVERIFY(one.data("fits"));
    QVERIFY(one.peer.isIdle());
    QCOMPARE(one.transport->sent, QByteArray("fits"));
    one.transport->room = 3;
    QVERIFY(one.data("does not"));
    QVERIFY(!one.peer.isIdle());
}

void TestWebSocketPeer::close_sendsWhatWasGathered()
{
    Outbox outbox;
    Peer one(outbox);
    QVERIFY(one.data("last"));
    one.peer.close(1001, "bye");
    QCOMPARE(one.transport->sent, "last" + closeFrame(1001, "bye"));
    QVERIFY(one.transport->isShutDown);
    QCOMPARE(one.closings, 1);
    QVERIFY(one.data("too late"));
    endTurn();
    QCOMPARE(one.transport->sent, "last" + closeFrame(1001, "bye"));
}

void TestWebSocketPeer::close_dropsWhatWaitsButNotHalfAFrame()
{
    Outbox outbox;
    Peer one(outbox);
    one.transport->room = 6;
    QVERIFY(one.data("12345"));
    QVERIFY(one.data("abcde"));
    one.peer.send("dropped", Kind::Answer);
    one.peer.close(1001, "bye");
    QVERIFY(!one.transport->isShutDown);
    one.transport->room = 1000;
    one.transport->owner->canWrite();
    QCOMPARE(one.transport->sent, "12345abcde" + closeFrame(1001, "bye"));
    QVERIFY(one.transport->isShutDown);
}

void TestWebSocketPeer::brokenConnection_endsOnce()
{
    Outbox outbox;
    Peer one(outbox);
    QVERIFY(one.data("x"));
    one.transport->broken = true;
    endTurn();
    QCOMPARE(one.ends, 1);
    QVERIFY(one.data("y"));
    endTurn();
    one.peer.close(1001, {});
    QCOMPARE(one.ends, 1);
    QCOMPARE(one.closings, 0);
}

void TestWebSocketPeer::peerThatWasSilentLong_isNotTakenForStalled()
{
    Outbox outbox;
    Peer one(outbox);
    one.peer.sweep(0);
    QVERIFY(one.data("gathered"));
    one.peer.sweep(one.limits.stalledMs + 1);
    QCOMPARE(one.ends, 0);
    QVERIFY(one.transport->sent.startsWith("gathered"));
}

void TestWebSocketPeer::peerThatEndsWhenDrained_readsNoMore()
{
    std::array<int, 2> ends {};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    const auto [server, client] = ends;
    const ServeLimits limits = boundOf(1024);
    BreaksWhenDrained owner(server, limits);
    owner.peer.start({});
    owner.peer.send(textFrame(QByteArray(500'000, 'x')), Kind::Answer);
    QVERIFY(!owner.peer.isIdle());
    std::array<char, 65536> buffer;
    const auto readAll = [&, from = client] {
        while (::read(from, buffer.data(), buffer.size()) > 0) { }
        return owner.ends > 0;
    };
    QTRY_VERIFY(readAll());
    QCOMPARE(owner.ends, 1);
    QCOMPARE(::write(client, "unread", 6), 6);
    QCoreApplication::processEvents();
    int unread = 0;
    QCOMPARE(::ioctl(server, FIONREAD, &unread), 0);
    QCOMPARE(unread, 6);
    ::close(client);
}

QTEST_GUILESS_MAIN(TestWebSocketPeer)
#include "tst_websocketpeer.moc"
