#pragma once

#include <QByteArray>
#include <QWebSocketServer>

#include <functional>
#include <memory>

namespace restream {

/// Lets QWebSocketServer answer handshakes (RFC 6455 §4.2.2), each on a socket that is only in memory: the connection itself, plain or TLS, stays in our hands, and
/// the answer leaves together with what is said first. Engine thread.
class Handshaker final
{
public:
    /// Gets the answer, whole; empty: QWebSocketServer refuses.
    using Answered = std::function<void(const QByteArray &answer)>;

    Handshaker();
    ~Handshaker(); ///< what waits is not answered
    Handshaker(const Handshaker &) = delete;
    Handshaker &operator=(const Handshaker &) = delete;

    /// The answer to a request that was found good and has this Sec-WebSocket-Key. Calls `answered` once, later.
    void answer(const QByteArray &key, Answered answered);

private:
    class MemorySocket;

    void dropWebSockets();

    QWebSocketServer m_server;
    QObject m_sockets; ///< parent of those that wait
};

}
