#include "tests/support/faultserver.h"

#include <QSslServer>

#include <sys/socket.h>
#include <zlib.h>

namespace restream {

QByteArray WireRequest::header(const QByteArray &name) const
{
    for (const QByteArray &line : head.split('\n')) {
        if (line.toLower().startsWith(QByteArray(name.toLower() + ':')))
            return line.mid(name.size() + 1).trimmed();
    }
    return {};
}

FaultServer::FaultServer(Handler handler, std::optional<QSslConfiguration> tls)
    : m_handler(std::move(handler)),
      m_tls(tls.has_value())
{
    if (tls) {
        auto server = std::make_unique<QSslServer>();
        server->setSslConfiguration(*tls);
        m_server = std::move(server);
    } else {
        m_server = std::make_unique<QTcpServer>();
    }
    QObject::connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, m_server.get(),
                     [this] {
                         while (QTcpSocket *socket = m_server->nextPendingConnection())
                             accept(socket);
                     });
    if (!m_server->listen(QHostAddress::LocalHost))
        qFatal("no port on 127.0.0.1");
}

FaultServer::~FaultServer() = default;

QUrl FaultServer::url(const QString &tail) const
{
    return QUrl(QStringLiteral("%1://127.0.0.1:%2/%3")
                    .arg(m_tls ? QStringLiteral("https") : QStringLiteral("http"),
                         QString::number(port()), tail));
}

void FaultServer::accept(QTcpSocket *socket)
{
    ++m_connections;
    QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    const auto take = [this, socket] {
        for (;;) {
            const qsizetype end = socket->peek(65536).indexOf("\r\n\r\n");
            if (end < 0)
                return;
            m_requests.append({ socket->read(end + 4) });
            m_handler(*socket, m_requests.constLast());
        }
    };
    QObject::connect(socket, &QTcpSocket::readyRead, socket, take);
    take();
}

QByteArray FaultServer::response(const QByteArray &body, const QByteArray &headers,
                                 const QByteArray &status)
{
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n"
        + headers + "\r\n" + body;
}

FaultServer::Handler FaultServer::always(const QByteArray &bytes)
{
    return [bytes](QTcpSocket &socket, const WireRequest &) { socket.write(bytes); };
}

FaultServer::Handler FaultServer::thenClose(const QByteArray &bytes, bool hard)
{
    return [bytes, hard](QTcpSocket &socket, const WireRequest &) {
        socket.write(bytes);
        socket.flush();
        if (hard) {
            const linger reset { 1, 0 };
            ::setsockopt(int(socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &reset,
                         sizeof reset);
            socket.abort();
        } else {
            socket.disconnectFromHost();
        }
    };
}

QByteArray gzipped(const QByteArray &data)
{
    z_stream stream = {};
    constexpr int gzip = 16;
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + gzip, 8,
                     Z_DEFAULT_STRATEGY)
        != Z_OK)
        qFatal("no zlib");
    QByteArray input = data;
    QByteArray result(qsizetype(deflateBound(&stream, uLong(input.size()))), Qt::Uninitialized);
    stream.next_in = reinterpret_cast<Bytef *>(input.data());
    stream.avail_in = uInt(input.size());
    stream.next_out = reinterpret_cast<Bytef *>(result.data());
    stream.avail_out = uInt(result.size());
    deflate(&stream, Z_FINISH);
    result.truncate(qsizetype(stream.total_out));
    deflateEnd(&stream);
    return result;
}

}
