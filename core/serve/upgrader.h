#pragma once

#include "core/serve/clientsocket.h"
#include "core/serve/httproutes.h"

#include <QHash>
#include <QWebSocketServer>

#include <functional>
#include <memory>

namespace restream {

/// Lets QWebSocketServer make the handshake, then takes the connection out of its hands: a QWebSocket costs 16 kB a client, accepts
/// unmasked frames and can't send a frame that is already encoded.
class Upgrader final
{
public:
    /// Gets a descriptor of the connection, which becomes its own, and what the client has sent behind its handshake.
    using Upgraded = std::function<void(int descriptor, const QByteArray &early, Route)>;

    explicit Upgrader(Upgraded upgraded);
    ~Upgrader();
    Upgrader(const Upgrader &) = delete;
    Upgrader &operator=(const Upgrader &) = delete;

    /// The head of the request was found good and is read; `key` is its Sec-WebSocket-Key.
    void upgrade(std::unique_ptr<ClientSocket> socket, Route route, const QByteArray &key);
    [[nodiscard]] qsizetype pending() const { return m_pending.size(); }

private:
    struct Pending
    {
        ClientSocket *socket;
        Route route;
        QByteArray early;
    };

    void newConnection();
    void takeOver(const Pending &pending);

    Upgraded m_upgraded;
    QWebSocketServer m_server;
    QHash<QByteArray, Pending> m_pending; ///< by the peer's address and port
};

}
