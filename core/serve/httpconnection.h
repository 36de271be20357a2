#pragma once

#include "core/serve/httproutes.h"
#include "core/serve/itemsrequest.h"

#include <QTcpSocket>

#include <functional>
#include <memory>

namespace restream {

/// A connection that speaks HTTP/1.x, until it ends or becomes a WebSocket.
class HttpConnection final
{
public:
    /// Takes the socket for a WebSocket, from within a signal of it; the head, which had this Sec-WebSocket-Key, is read.
    using Upgrade = std::function<void(std::unique_ptr<QTcpSocket>, Route, const QByteArray &key)>;

    /// `full`: there are too many clients; whatever is asked for gets 503.
    HttpConnection(ServeContext &context, std::unique_ptr<QTcpSocket> socket, bool full,
                   Upgrade upgrade);
    ~HttpConnection();
    HttpConnection(const HttpConnection &) = delete;
    HttpConnection &operator=(const HttpConnection &) = delete;

    /// Ends it after the answer that is being written; one that waits for a request ends at once.
    void close();
    void sweep(qint64 nowMs); ///< Call it every second.
    [[nodiscard]] bool isGone() const { return m_state == State::Gone; }

    // Its owner's.
    size_t place = 0;
    bool isLeaving = false;

private:
    enum class State {
        Head, ///< a request is awaited
        Waiting, ///< for its answer
        Draining, ///< all is said; what comes is thrown away until the client ends
        Gone
    };

    void canRead();
    void serve();
    bool serveOne(); ///< false: no more for now
    void handle(const HttpRequestHead &request);
    [[nodiscard]] std::optional<HttpResponse> refuseAccess(const HttpRequestHead &request);
    void respond(const HttpResponse &response);
    void drain();
    void shutDownOnceWritten();
    void wrote();
    void end();

    QObject m_loop; ///< whose queued calls end with it
    ServeContext &m_context;
    std::unique_ptr<QTcpSocket> m_socket;
    Upgrade m_upgrade;
    std::unique_ptr<ItemsRequest> m_items;
    ResponseFrame m_frame; ///< of the request being answered
    qint64 m_sinceMs; ///< the state began, or the last progress
    qint64 m_unwritten = 0; ///< as of the last sweep
    State m_state = State::Head;
    bool m_full;
    bool m_first = true; ///< nothing was asked yet
    bool m_headBegun = false; ///< some of the next request has come
    bool m_closing = false;
    bool m_serving = false;
};

}
