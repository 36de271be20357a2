#include "core/serve/descriptortransport.h"
#include "core/serve/websocketpeer.h"

#include <QTest>

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

using namespace restream;

namespace {

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
        peer.send(textFrame("more"), WebSocketPeer::Kind::Exempt);
    }
    void closing() override { }
    void gone() override { ++ends; }

    Outbox outbox;
    WebSocketPeer peer;
    int ends = 0;

private:
    int m_descriptor;
};

}

class TestWebSocketPeer : public QObject
{
    Q_OBJECT

private slots:
    void peerThatEndsWhenDrained_readsNoMore();
};

void TestWebSocketPeer::peerThatEndsWhenDrained_readsNoMore()
{
    std::array<int, 2> ends {};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    const auto [server, client] = ends;
    ServeLimits limits;
    limits.queue = 1024;
    BreaksWhenDrained owner(server, limits);
    owner.peer.start({});
    owner.peer.send(textFrame(QByteArray(500'000, 'x')), WebSocketPeer::Kind::Answer);
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
