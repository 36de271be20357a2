#pragma once

#include "core/result.h"

#include <QHostAddress>

#include <functional>
#include <memory>
#include <vector>

namespace restream {

/// The listening sockets. Accepts in small portions, so that a storm of clients does not hold up those there are, and pauses before
/// descriptors run out: polls and the database need some, too.
class Acceptor final
{
public:
    /// Gets the descriptor of a connection, which does not block and becomes its own.
    explicit Acceptor(std::function<void(int)> accepted);
    ~Acceptor();
    Acceptor(const Acceptor &) = delete;
    Acceptor &operator=(const Acceptor &) = delete;

    /// Binds `address` and, where that is 127.0.0.1, ::1 too where there is one. Gives the port. Errors: port_in_use, bind_failed.
    Result<quint16> listen(const QHostAddress &address, quint16 port);
    void close();
    /// Accepts again after a pause where there are descriptors now. Call it when one may have been freed, and every second.
    void resume();
    [[nodiscard]] bool isPaused() const { return m_paused; }

private:
    struct Server;

    Result<quint16> bind(const QHostAddress &address, quint16 port);
    Result<quint16> bindBoth(quint16 port);
    void accept(const Server &server);
    void pause(const QString &reason);
    void setAccepting(bool on);
    [[nodiscard]] int reserveBegins() const;

    std::function<void(int)> m_accepted;
    std::vector<std::unique_ptr<Server>> m_servers;
    bool m_paused = false;
    bool m_said = false; ///< why, since all who waited were let in last
};

}
