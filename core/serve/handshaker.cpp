#include "core/serve/handshaker.h"

#include <QTcpSocket>
#include <QWebSocket>

#include <limits>

namespace restream {
namespace {

/// QWebSocketServer lets every page read what it says and tells what it is made with: those two lines are taken out.
QByteArray cleaned(QByteArray head)
{
    for (const QByteArray &name :
         { QByteArrayLiteral("\r\nAccess-Control-Allow-"), QByteArrayLiteral("\r\nServer:") }) {
        for (qsizetype at = head.indexOf(name); at >= 0; at = head.indexOf(name, at))
            head.remove(at, head.indexOf("\r\n", at + 2) - at);
    }
    return head;
}

}

/// A connection that holds a request and keeps what is written to it.
class Handshaker::MemorySocket final : public QTcpSocket
{
public:
    MemorySocket(const QByteArray &request, Answered answered, QObject *parent)
        : QTcpSocket(parent),
          m_answered(std::move(answered))
    {
        setSocketState(ConnectedState);
        setOpenMode(ReadWrite);
        QObject::connect(this, &QIODevice::aboutToClose, this, [this] { finish(); });
        for (qsizetype i = request.size() - 1; i >= 0; --i)
            ungetChar(request[i]);
    }

protected:
    qint64 readData(char *, qint64) override { return 0; }
    qint64 writeData(const char *data, qint64 size) override
    {
        m_written.append(data, size);
        if (m_written.endsWith("\r\n\r\n"))
            finish();
        return size;
    }

private:
    void finish()
    {
        if (!m_answered)
            return;
        const QByteArray answer =
            m_written.startsWith("HTTP/1.1 101 ") ? cleaned(m_written) : QByteArray();
        // The server is in the midst of it.
        QMetaObject::invokeMethod(
            this,
            [this, answer, answered = std::exchange(m_answered, {})] {
                deleteLater();
                answered(answer);
            },
            Qt::QueuedConnection);
    }

    QByteArray m_written;
    Answered m_answered;
};

Handshaker::Handshaker() : m_server(QString(), QWebSocketServer::NonSecureMode)
{
    m_server.setMaxPendingConnections(std::numeric_limits<int>::max());
    QObject::connect(&m_server, &QWebSocketServer::newConnection, &m_server,
                     [this] { dropWebSockets(); });
}

Handshaker::~Handshaker() = default;

void Handshaker::answer(const QByteArray &key, Answered answered)
{
    // Its own limits, which a page's cookies may pass, are not ours: it gets to see the least head that there is.
    const QByteArray request = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                               "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                               "Sec-WebSocket-Key: "
        + key + "\r\n\r\n";
    m_server.handleConnection(new MemorySocket(request, std::move(answered), &m_sockets));
}

/// A QWebSocket costs 16 kB a client, accepts unmasked frames and can't send a frame that is already encoded: none is kept.
void Handshaker::dropWebSockets()
{
    while (QWebSocket *socket = m_server.nextPendingConnection()) {
        socket->disconnect();
        socket->deleteLater();
    }
}

}
