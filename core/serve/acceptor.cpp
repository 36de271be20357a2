#include "core/serve/acceptor.h"

#include "core/logging.h"
#include "core/serve/hostandport.h"

#include <unistd.h>

namespace restream {
namespace {

constexpr int backlog = 4096;
constexpr int portion = 64; ///< connections that are taken in before others get a turn
constexpr int portTries = 16;

}

class Acceptor::Server final : public QTcpServer
{
public:
    explicit Server(Acceptor &owner) : m_owner(owner)
    {
        setListenBacklogSize(backlog);
        setMaxPendingConnections(backlog);
    }

    bool paused = false;

protected:
    void incomingConnection(qintptr descriptor) override { m_owner.arrived(descriptor); }

private:
    Acceptor &m_owner;
};

Acceptor::Acceptor(std::function<void(qintptr)> accepted) : m_accepted(std::move(accepted))
{
}

Acceptor::~Acceptor()
{
    close();
}

void Acceptor::close()
{
    m_servers.clear();
    for (const qintptr descriptor : m_waiting)
        ::close(int(descriptor));
    m_waiting.clear();
}

Result<quint16> Acceptor::bind(const QHostAddress &address, quint16 port)
{
    auto server = std::make_unique<Server>(*this);
    if (!server->listen(address, port)) {
        switch (server->serverError()) {
        case QAbstractSocket::AddressInUseError:
            return Error { QStringLiteral("port_in_use"),
                           QStringLiteral("%1 is in use by another program; choose another port, "
                                          "or end that program.")
                               .arg(hostAndPort(address, port)) };
        case QAbstractSocket::SocketAddressNotAvailableError:
        case QAbstractSocket::UnsupportedSocketOperationError:
            return Error { QStringLiteral("no_such_address"), {} };
        default:
            return Error { QStringLiteral("bind_failed"),
                           QStringLiteral("%1 can't be listened on: %2.")
                               .arg(hostAndPort(address, port), server->errorString()) };
        }
    }
    Server *const raw = server.get();
    QObject::connect(raw, &QTcpServer::acceptError, this, [raw] {
        if (!raw->paused) {
            qCWarning(logServe).noquote()
                << "no more connections for now:" << raw->errorString()
                << "(a higher limit of open files, LimitNOFILE, lets more clients in)";
        }
        raw->paused = true;
    });
    const quint16 bound = server->serverPort();
    m_servers.push_back(std::move(server));
    return bound;
}

Result<quint16> Acceptor::bindBoth(quint16 port)
{
    Result<quint16> v4 = bind(QHostAddress(QHostAddress::LocalHost), port);
    if (!v4)
        return v4;
    Result<quint16> v6 = bind(QHostAddress(QHostAddress::LocalHostIPv6), *v4);
    if (!v6 && v6.error().code == QStringLiteral("port_in_use")) {
        m_servers.clear();
        return v6;
    }
    // A machine without IPv6 is served on IPv4 alone.
    return v4;
}

Result<quint16> Acceptor::listen(const QHostAddress &address, quint16 port)
{
    Result<quint16> bound = Error {};
    const bool isLocal = address == QHostAddress(QHostAddress::LocalHost);
    // A free port of one address family may be taken in the other.
    for (int tries = port == 0 ? portTries : 1; tries > 0 && !bound; --tries)
        bound = isLocal ? bindBoth(port) : bind(address, port);
    if (!bound && bound.error().code == QStringLiteral("no_such_address")) {
        return Error {
            QStringLiteral("bind_failed"),
            QStringLiteral("%1 is not an address of this machine.").arg(address.toString())
        };
    }
    return bound;
}

void Acceptor::resume()
{
    for (const auto &server : m_servers) {
        if (std::exchange(server->paused, false))
            server->resumeAccepting();
    }
}

void Acceptor::arrived(qintptr descriptor)
{
    m_waiting.push_back(descriptor);
    if (m_waiting.size() == 1) {
        QMetaObject::invokeMethod(
            this, [this] { handOver(); }, Qt::QueuedConnection);
    }
}

void Acceptor::handOver()
{
    for (int i = 0; i < portion && !m_waiting.empty(); ++i) {
        const qintptr descriptor = m_waiting.front();
        m_waiting.pop_front();
        m_accepted(descriptor);
    }
    if (!m_waiting.empty()) {
        QMetaObject::invokeMethod(
            this, [this] { handOver(); }, Qt::QueuedConnection);
    }
}

}
