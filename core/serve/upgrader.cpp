#include "core/serve/upgrader.h"

#include <QWebSocket>

#include <fcntl.h>
#include <unistd.h>

#include <limits>

namespace restream {
namespace {

/// A QWebSocket doesn't show its socket: the two are brought together by what both know.
template<typename Socket>
QByteArray keyOf(const Socket &socket)
{
    return socket.peerAddress().toString().toLatin1() + ' ' + QByteArray::number(socket.peerPort())
        + ' ' + socket.localAddress().toString().toLatin1();
}

}

Upgrader::Upgrader(Upgraded upgraded)
    : m_upgraded(std::move(upgraded)),
      m_server(QString(), QWebSocketServer::NonSecureMode)
{
    m_server.setMaxPendingConnections(std::numeric_limits<int>::max());
    QObject::connect(&m_server, &QWebSocketServer::newConnection, &m_server,
                     [this] { newConnection(); });
}

Upgrader::~Upgrader()
{
    const auto pending = std::exchange(m_pending, {});
    for (const Pending &one : pending) {
        one.socket->disconnect();
        delete one.socket;
    }
}

void Upgrader::upgrade(std::unique_ptr<ClientSocket> socket, Route route, const QByteArray &key)
{
    ClientSocket *const raw = socket.release();
    const QByteArray name = keyOf(*raw);
    // QWebSocketServer has limits of its own, which a page's cookies may pass, and a QWebSocket eats what comes behind the head as soon as
    // it exists: they get to see the least head that there is, alone.
    const QByteArray head = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                            "Sec-WebSocket-Key: "
        + key + "\r\n\r\n";
    m_pending.insert(name, { raw, route, raw->readAll() });
    raw->setReadBufferSize(head.size());
    for (qsizetype i = head.size() - 1; i >= 0; --i)
        raw->ungetChar(head[i]);
    // Where the handshake fails, the server closes the socket and it goes with that.
    QObject::connect(raw, &QTcpSocket::disconnected, &m_server, [this, name, raw] {
        if (m_pending.value(name).socket == raw) {
            m_pending.remove(name);
            raw->deleteLater();
        }
    });
    raw->beginHandshake();
    m_server.handleConnection(raw);
}

void Upgrader::newConnection()
{
    while (QWebSocket *socket = m_server.nextPendingConnection()) {
        const auto pending = m_pending.constFind(keyOf(*socket));
        if (pending != m_pending.constEnd()) {
            const Pending one = m_pending.take(pending.key());
            takeOver(one);
            one.socket->deleteLater();
        }
        socket->abort();
        socket->deleteLater();
    }
}

void Upgrader::takeOver(const Pending &pending)
{
    ClientSocket &socket = *pending.socket;
    socket.endHandshake();
    socket.flush();
    const int descriptor = ::fcntl(int(socket.socketDescriptor()), F_DUPFD_CLOEXEC, 0);
    // The answer to a handshake fits into an empty send buffer; where it does not, the client is gone.
    if (descriptor >= 0 && socket.bytesToWrite() == 0)
        m_upgraded(descriptor, pending.early, pending.route);
    else if (descriptor >= 0)
        ::close(descriptor);
}

}
