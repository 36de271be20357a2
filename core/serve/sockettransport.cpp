#include "core/serve/sockettransport.h"

#include <QSslSocket>

#include <sys/socket.h>

namespace restream {
namespace {

constexpr qsizetype portion = 64 * 1024; ///< that is held at most, beside what TLS adds
/// A Qt socket whose buffer was full goes on only once it was asked for more than it had. With a record of TLS on top this stays below
/// what a peer asks for.
constexpr qint64 readBuffer = 32 * 1024;

/// What of `parts` is behind `offset`, at most one portion of it, in one piece: TLS makes a record of each write.
void gather(std::span<const QByteArrayView> parts, qint64 offset, QByteArray &out)
{
    out.resize(0);
    for (const QByteArrayView part : parts) {
        if (offset >= part.size()) {
            offset -= part.size();
            continue;
        }
        const QByteArrayView rest = part.sliced(offset);
        offset = 0;
        out.append(rest.first(std::min(rest.size(), portion - out.size())));
        if (out.size() == portion)
            return;
    }
}

}

qint64 unsentBytes(const QTcpSocket &socket)
{
    const auto *const tls = qobject_cast<const QSslSocket *>(&socket);
    return socket.bytesToWrite() + (tls != nullptr ? tls->encryptedBytesToWrite() : 0);
}

void onBytesSent(QTcpSocket &socket, QObject *receiver, const std::function<void()> &wrote)
{
    if (auto *const tls = qobject_cast<QSslSocket *>(&socket))
        QObject::connect(tls, &QSslSocket::encryptedBytesWritten, receiver, [wrote] { wrote(); });
    else
        QObject::connect(&socket, &QTcpSocket::bytesWritten, receiver, [wrote] { wrote(); });
}

SocketTransport::SocketTransport(std::unique_ptr<QTcpSocket> socket) : m_socket(std::move(socket))
{
    m_socket->setReadBufferSize(readBuffer);
}

SocketTransport::~SocketTransport()
{
    m_socket->disconnect();
    m_socket->abort();
    // Perhaps it is what calls.
    m_socket.release()->deleteLater();
}

bool SocketTransport::isOpen() const
{
    return m_socket->state() == QAbstractSocket::ConnectedState;
}

void SocketTransport::start(Owner &owner)
{
    m_owner = &owner;
    QObject::connect(m_socket.get(), &QTcpSocket::readyRead, &m_loop, [this] { canRead(); });
    QObject::connect(m_socket.get(), &QTcpSocket::disconnected, &m_loop, [this] { ended(); });
    onBytesSent(*m_socket, &m_loop, [this] { sent(); });
    // What came before is not told again.
    QMetaObject::invokeMethod(
        &m_loop, [this] { isOpen() ? canRead() : ended(); }, Qt::QueuedConnection);
}

void SocketTransport::canRead()
{
    qint64 before = -1;
    while (m_reading && m_socket->bytesAvailable() > 0 && m_socket->bytesAvailable() != before) {
        before = m_socket->bytesAvailable();
        m_owner->canRead();
    }
}

void SocketTransport::sent()
{
    m_progress = true;
    if (m_writing && !m_inCall)
        m_owner->canWrite();
}

void SocketTransport::ended()
{
    if (m_inCall)
        return;
    canRead();
    if (m_reading)
        m_owner->canRead();
    else if (m_writing)
        m_owner->canWrite();
}

qint64 SocketTransport::read(char *to, qint64 size)
{
    if (m_socket->bytesAvailable() == 0)
        return isOpen() ? 0 : -1;
    return m_socket->read(to, size);
}

qint64 SocketTransport::write(std::span<const QByteArrayView> parts)
{
    static thread_local QByteArray bytes;
    if (!isOpen())
        return -1;
    if (unsentBytes(*m_socket) > 0)
        return 0;
    qint64 left = std::exchange(m_held, 0);
    m_inCall = true;
    for (gather(parts, left, bytes); !bytes.isEmpty(); gather(parts, left, bytes)) {
        const bool written = m_socket->write(bytes) == bytes.size();
        m_socket->flush();
        if (!written || !isOpen()) {
            left = -1;
            break;
        }
        if (unsentBytes(*m_socket) > 0) {
            m_held = bytes.size();
            break;
        }
        m_progress = true;
        left += bytes.size();
    }
    m_inCall = false;
    return left;
}

void SocketTransport::setReading(bool on)
{
    if (on && !m_reading) {
        // What is in its buffer already is not told again.
        QMetaObject::invokeMethod(
            &m_loop, [this] { isOpen() ? canRead() : ended(); }, Qt::QueuedConnection);
    }
    m_reading = on;
}

void SocketTransport::shutDown()
{
    // No close_notify: with it the socket would end altogether. That nothing is cut off is known by the close frame.
    ::shutdown(int(m_socket->socketDescriptor()), SHUT_WR);
}

int SocketTransport::number() const
{
    return int(m_socket->socketDescriptor());
}

}
