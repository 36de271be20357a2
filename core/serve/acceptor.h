#pragma once

#include "core/result.h"

#include <QHostAddress>
#include <QTcpServer>

#include <deque>
#include <functional>
#include <vector>

namespace restream {

/// The listening sockets. Hands over what it accepted in small portions, so that a storm of clients does not hold up those there are.
class Acceptor final : public QObject
{
public:
    /// Gets the descriptor of a connection, which becomes its own.
    explicit Acceptor(std::function<void(qintptr)> accepted);
    ~Acceptor() override;

    /// Binds `address` and, where that is 127.0.0.1, ::1 too where there is one. Gives the port. Errors: port_in_use, bind_failed.
    Result<quint16> listen(const QHostAddress &address, quint16 port);
    void close();
    /// Accepts again after descriptors had run out. Call it every second.
    void resume();

private:
    class Server;

    Result<quint16> bind(const QHostAddress &address, quint16 port);
    Result<quint16> bindBoth(quint16 port);
    void arrived(qintptr descriptor);
    void handOver();

    std::function<void(qintptr)> m_accepted;
    std::vector<std::unique_ptr<Server>> m_servers;
    std::deque<qintptr> m_waiting;
};

}
