#include "tests/serve/testserver.h"

#include "core/stream/jsontext.h"

#include <QTest>
#include <QUrl>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace restream {
namespace {

constexpr qsizetype tlsPortion = 16384;

ServeOptions withLimits(ServeOptions options, const ServeLimits &limits)
{
    options.limits = limits;
    options.port = 0;
    return options;
}

}

TestServer::TestServer(const ServeLimits &limits, const ServeOptions &options)
    : hub(clock),
      listener(std::make_unique<Listener>(hub, clock, withLimits(options, limits)))
{
    const Result<QString> bound = listener->listen();
    if (!bound)
        qFatal("%s", qPrintable(bound.error().message));
    url = *bound;
    port = quint16(QUrl(url).port());
}

WsClient::WsClient(const TestServer &server, const QString &path, const QString &origin)
    : m_socket(origin)
{
    QObject::connect(&m_socket, &QWebSocket::textMessageReceived, &m_socket,
                     [this](const QString &text) { m_messages << text.toUtf8(); });
    QObject::connect(&m_socket, &QWebSocket::connected, &m_socket, [this] { m_opened = true; });
    QObject::connect(&m_socket, &QWebSocket::disconnected, &m_socket, [this] { m_closed = true; });
    QSslConfiguration anyCertificate = QSslConfiguration::defaultConfiguration();
    anyCertificate.setPeerVerifyMode(QSslSocket::VerifyNone);
    m_socket.setSslConfiguration(anyCertificate);
    m_socket.open(QUrl(QStringLiteral("%1://127.0.0.1:%2%3")
                           .arg(server.isTls() ? QLatin1String("wss") : QLatin1String("ws"))
                           .arg(server.port)
                           .arg(path)));
}

bool WsClient::opens()
{
    return spinUntil([this] { return m_opened || m_closed; }, 5000) && m_opened && !next().isNull();
}

void WsClient::send(const QByteArray &message)
{
    m_socket.sendTextMessage(QString::fromUtf8(message));
}

QByteArray WsClient::next()
{
    const bool came = spinUntil([this] { return !m_messages.isEmpty() || m_closed; }, 5000);
    return came && !m_messages.isEmpty() ? m_messages.takeFirst() : QByteArray();
}

QByteArray WsClient::nextOf(const QByteArray &type)
{
    for (;;) {
        QByteArray message = next();
        if (message.isNull() || message.contains(QByteArray("type\":\"" + type + '"')))
            return message;
    }
}

bool WsClient::closes()
{
    return spinUntil([this] { return m_closed; }, 5000);
}

RawClient::RawClient(const TestServer &server, const QHostAddress &address)
{
    auto tls = server.isTls() ? std::make_unique<QSslSocket>() : nullptr;
    QSslSocket *const encrypted = tls.get();
    m_socket = tls ? std::unique_ptr<QTcpSocket>(std::move(tls)) : std::make_unique<QTcpSocket>();
    if (encrypted != nullptr)
        encrypted->setPeerVerifyMode(QSslSocket::VerifyNone);
    m_socket->connectToHost(address, server.port);
    bool connects = spinUntil([this] { return m_socket->state() == QTcpSocket::ConnectedState; });
    if (encrypted != nullptr) {
        encrypted->startClientEncryption();
        connects = connects && spinUntil([encrypted] { return encrypted->isEncrypted(); });
    }
    if (!connects)
        qWarning("no connection");
}

void RawClient::send(const QByteArray &bytes)
{
    m_socket->write(bytes);
    m_socket->flush();
}

bool RawClient::ends()
{
    return spinUntil([this] { return m_socket->state() == QTcpSocket::UnconnectedState; }, 5000);
}

void RawClient::breakOff()
{
    const linger atOnce { 1, 0 };
    ::setsockopt(int(m_socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &atOnce, sizeof(atOnce));
    m_socket->abort();
}

QByteArray RawClient::readToEnd()
{
    return ends() ? m_socket->readAll() : QByteArray();
}

QByteArray RawClient::readUntil(const QByteArray &marker)
{
    QByteArray got;
    const bool came = spinUntil(
        [&] {
            got += m_socket->readAll();
            return got.contains(marker);
        },
        5000);
    return came ? got : QByteArray();
}

bool spinUntil(const std::function<bool()> &done, int ms)
{
    QElapsedTimer timer;
    timer.start();
    while (!done()) {
        if (timer.hasExpired(ms))
            return false;
        QCoreApplication::processEvents();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    return true;
}

SlowClient::SlowClient(const TestServer &server)
    : m_descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    const int small = 4096;
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // The backlog takes the connection: nobody has to accept it for this to return.
    if (::connect(m_descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof(address)) < 0)
        qWarning("no connection");
    if (!server.isTls())
        return;
    m_tls = std::make_unique<QSslSocket>();
    m_tls->setPeerVerifyMode(QSslSocket::VerifyNone);
    m_tls->setReadBufferSize(small);
    m_tls->setSocketDescriptor(::dup(m_descriptor));
    m_tls->startClientEncryption();
    if (!spinUntil([this] { return m_tls->isEncrypted(); }))
        qWarning("no encryption");
}

SlowClient::~SlowClient()
{
    m_tls.reset();
    ::close(m_descriptor);
}

void SlowClient::send(const QByteArray &bytes)
{
    qsizetype sent = 0;
    const auto sendMore = [&] {
        sent += sendSome(QByteArrayView(bytes).sliced(sent));
        return sent == bytes.size();
    };
    if (!spinUntil(sendMore))
        qWarning("not all was sent");
}

qsizetype SlowClient::sendSome(QByteArrayView bytes)
{
    if (m_tls) {
        if (m_tls->encryptedBytesToWrite() > 0)
            return 0;
        const qint64 written =
            m_tls->write(bytes.data(), std::min<qsizetype>(bytes.size(), tlsPortion));
        m_tls->flush();
        return written;
    }
    const ssize_t sent =
        ::send(m_descriptor, bytes.data(), size_t(bytes.size()), MSG_NOSIGNAL | MSG_DONTWAIT);
    return std::max<qsizetype>(0, sent);
}

/// The socket reads ahead no more than its small buffer, whatever the event loop does.
bool SlowClient::readTls(QByteArray &got)
{
    got += m_tls->readAll();
    return m_tls->state() == QAbstractSocket::ConnectedState || m_tls->bytesAvailable() > 0;
}

bool SlowClient::readSome(QByteArray &got)
{
    if (m_tls)
        return readTls(got);
    std::array<char, 65536> buffer;
    for (;;) {
        const ssize_t size = ::recv(m_descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size > 0)
            got.append(buffer.data(), size);
        else
            return size < 0 && errno == EAGAIN;
    }
}

QByteArray SlowClient::readUntil(const QByteArray &marker)
{
    QByteArray got;
    qsizetype searched = 0;
    bool found = false;
    spinUntil([&] {
        const bool open = readSome(got);
        found = got.indexOf(marker, searched) >= 0;
        searched = std::max<qsizetype>(0, got.size() - marker.size());
        return found || !open;
    });
    return found ? got : QByteArray();
}

QByteArray SlowClient::readToEnd()
{
    QByteArray got;
    return spinUntil([&] { return !readSome(got); }) ? got : QByteArray();
}

QByteArray request(const TestServer &server, const QByteArray &path, const QByteArray &headers,
                   const QByteArray &method)
{
    return method + ' ' + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(server.port)
        + "\r\n" + headers + "\r\n";
}

QByteArray handshake(const TestServer &server, const QByteArray &path, const QByteArray &headers)
{
    return request(server, path,
                   "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       + headers);
}

QByteArray clientFrame(quint8 first, const QByteArray &payload)
{
    QByteArray frame(1, char(first));
    if (payload.size() < 126) {
        frame += char(0x80 | payload.size());
    } else {
        frame += char(0x80 | 126);
        frame += char(payload.size() >> 8);
        frame += char(payload.size() & 0xff);
    }
    frame += "\x01\x02\x03\x04";
    for (qsizetype i = 0; i < payload.size(); ++i)
        frame += char(payload[i] ^ (i % 4 + 1));
    return frame;
}

QByteArray bodyOf(const QByteArray &response)
{
    const qsizetype end = response.indexOf("\r\n\r\n");
    return end < 0 ? QByteArray() : response.mid(end + 4);
}

QByteArray headerOf(const QByteArray &response, const QByteArray &name)
{
    const QByteArray head = response.left(response.indexOf("\r\n\r\n"));
    for (const QByteArray &line : head.split('\n')) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0 && line.left(colon).compare(name, Qt::CaseInsensitive) == 0)
            return line.mid(colon + 1).trimmed();
    }
    return {};
}

int statusOf(const QByteArray &response)
{
    return response.startsWith("HTTP/1.1 ") ? response.mid(9, 3).toInt() : 0;
}

QByteArray memberOf(const QByteArray &json, const QByteArray &name)
{
    if (validateJson(json))
        return {};
    const JsonSlice member = JsonSlice(json).member(name);
    return member.isNull() ? QByteArray() : member.text().toByteArray();
}

}
