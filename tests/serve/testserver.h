#pragma once

#include "core/serve/listener.h"
#include "tests/serve/fakehub.h"

#include <QSslSocket>
#include <QTcpSocket>
#include <QWebSocket>

#include <functional>

namespace restream {

/// A listener on a free port, over a fake hub and clock.
class TestServer final
{
public:
    explicit TestServer(const ServeLimits &limits = {}, const ServeOptions &options = {});
    /// Whether clients speak TLS to it; those below do by themselves.
    [[nodiscard]] bool isTls() const { return url.startsWith(QLatin1String("https")); }

    FakeClock clock;
    FakeHub hub;
    std::unique_ptr<Listener> listener;
    quint16 port = 0;
    QString url;
};

/// A WebSocket client that keeps what it gets.
class WsClient final
{
public:
    WsClient(const TestServer &server, const QString &path, const QString &origin = {});

    bool opens(); ///< waits for it, and for the first message, which it takes
    void send(const QByteArray &message);
    QByteArray next(); ///< waits for a message and takes it; null: none came
    QByteArray nextOf(const QByteArray &type); ///< passes over messages of other types
    bool closes(); ///< waits for it
    [[nodiscard]] int closeCode() const { return int(m_socket.closeCode()); }
    [[nodiscard]] QWebSocket &socket() { return m_socket; }

private:
    QWebSocket m_socket;
    QList<QByteArray> m_messages;
    bool m_opened = false;
    bool m_closed = false;
};

/// A client that says what it wants, byte by byte.
class RawClient final
{
public:
    explicit RawClient(const TestServer &server,
                       const QHostAddress &address = QHostAddress(QHostAddress::LocalHost));

    void send(const QByteArray &bytes);
    /// Everything until the server ends the connection.
    QByteArray readToEnd();
    /// Waits until so many bytes, or `marker`, came; takes all that is there.
    QByteArray readUntil(const QByteArray &marker);
    bool ends(); ///< waits for the server to end the connection
    void breakOff(); ///< ends it as a crash does: what the server writes from now on fails
    [[nodiscard]] QTcpSocket &socket() { return *m_socket; }

private:
    std::unique_ptr<QTcpSocket> m_socket;
};

/// A client that reads only when it is told to, into a small buffer.
class SlowClient final
{
public:
    explicit SlowClient(const TestServer &server);
    ~SlowClient();
    SlowClient(const SlowClient &) = delete;
    SlowClient &operator=(const SlowClient &) = delete;

    void send(const QByteArray &bytes);
    qsizetype sendSome(QByteArrayView bytes); ///< what fits without waiting
    /// Reads until `marker` came; what came before it too. Null: it did not come.
    QByteArray readUntil(const QByteArray &marker);
    /// Reads until the server ended the connection.
    QByteArray readToEnd();
    [[nodiscard]] bool readSome(QByteArray &got); ///< what is there; false: the end

private:
    [[nodiscard]] bool readTls(QByteArray &got);

    int m_descriptor;
    std::unique_ptr<QSslSocket> m_tls; ///< over the descriptor; null: plain
};

/// Runs the event loop until `done`, without the naps of QTest::qWaitFor(); false: it never was.
bool spinUntil(const std::function<bool()> &done, int ms = 10000);

/// `GET path` with further header lines, each with its CRLF.
QByteArray request(const TestServer &server, const QByteArray &path, const QByteArray &headers = {},
                   const QByteArray &method = "GET");
/// The head of a WebSocket handshake.
QByteArray handshake(const TestServer &server, const QByteArray &path,
                     const QByteArray &headers = {});
/// A client's frame, masked.
QByteArray clientFrame(quint8 first, const QByteArray &payload);
QByteArray bodyOf(const QByteArray &response);
QByteArray headerOf(const QByteArray &response, const QByteArray &name);
int statusOf(const QByteArray &response);

/// A member of a JSON object as written; null where there is none.
QByteArray memberOf(const QByteArray &json, const QByteArray &name);

}
