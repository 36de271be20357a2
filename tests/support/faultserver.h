#pragma once

#include <QByteArray>
#include <QList>
#include <QSslConfiguration>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>

#include <functional>
#include <memory>
#include <optional>

namespace restream {

/// A request as it came over the wire.
struct WireRequest
{
    QByteArray head; ///< up to the blank line
    [[nodiscard]] QByteArray target() const { return head.split(' ').value(1); }
    [[nodiscard]] QByteArray header(const QByteArray &name) const; ///< empty: not there
};

/// An HTTP server on 127.0.0.1 that answers whatever a test wants, byte by byte, and so can be wrong in every way.
class FaultServer final
{
public:
    using Handler = std::function<void(QTcpSocket &, const WireRequest &)>;

    /// `tls`: its certificate and key; nothing: plain HTTP.
    explicit FaultServer(Handler handler, std::optional<QSslConfiguration> tls = {});
    ~FaultServer();
    FaultServer(const FaultServer &) = delete;
    FaultServer &operator=(const FaultServer &) = delete;

    [[nodiscard]] quint16 port() const { return m_server->serverPort(); }
    /// http(s)://127.0.0.1:PORT/TAIL
    [[nodiscard]] QUrl url(const QString &tail = {}) const;
    [[nodiscard]] const QList<WireRequest> &requests() const { return m_requests; }
    [[nodiscard]] qsizetype connections() const { return m_connections; }

    /// A whole response with Content-Length.
    static QByteArray response(const QByteArray &body,
                               const QByteArray &headers = "Content-Type: application/json\r\n",
                               const QByteArray &status = "200 OK");
    /// Sends these bytes to each request and leaves the connection open.
    static Handler always(const QByteArray &bytes);
    /// Sends these bytes to each request and closes; `hard`: with a reset.
    static Handler thenClose(const QByteArray &bytes, bool hard = false);

private:
    void accept(QTcpSocket *socket);

    Handler m_handler;
    bool m_tls;
    std::unique_ptr<QTcpServer> m_server;
    QList<WireRequest> m_requests;
    qsizetype m_connections = 0;
};

/// `data` as a gzip stream.
QByteArray gzipped(const QByteArray &data);

}
