#include "core/serve/acceptor.h"

#include "core/logging.h"
#include "core/serve/descriptors.h"
#include "core/serve/hostandport.h"

#include <QSocketNotifier>
#include <QTcpServer>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace restream {
namespace {

constexpr int backlog = 4096;
constexpr int portion = 64; ///< connections that are taken in before others get a turn
constexpr int portTries = 16;
constexpr int mostReserved = 64; ///< descriptors that are left to others

/// Errors of accept() that are one connection's alone (accept(2)).
bool isConnectionsOwn(int error)
{
    constexpr std::array own { EINTR,       ECONNABORTED, ENETDOWN, EPROTO,
                               ENOPROTOOPT, EHOSTDOWN,    ENONET,   EHOSTUNREACH,
                               ENETUNREACH, EOPNOTSUPP,   EPERM };
    return std::find(own.begin(), own.end(), error) != own.end();
}

}

/// QTcpServer binds, and says well why it can't; it would accept all who wait at once.
struct Acceptor::Server
{
    QTcpServer server;
    std::unique_ptr<QSocketNotifier> arrivals;
};

Acceptor::Acceptor(std::function<void(int)> accepted) : m_accepted(std::move(accepted))
{
}

Acceptor::~Acceptor() = default;

void Acceptor::close()
{
    m_servers.clear();
}

Result<quint16> Acceptor::bind(const QHostAddress &address, quint16 port)
{
    auto server = std::make_unique<Server>();
    QTcpServer &tcp = server->server;
    tcp.setListenBacklogSize(backlog);
    if (!tcp.listen(address, port)) {
        switch (tcp.serverError()) {
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
                               .arg(hostAndPort(address, port), tcp.errorString()) };
        }
    }
    tcp.pauseAccepting();
    server->arrivals =
        std::make_unique<QSocketNotifier>(tcp.socketDescriptor(), QSocketNotifier::Read);
    QObject::connect(server->arrivals.get(), &QSocketNotifier::activated, server->arrivals.get(),
                     [this, raw = server.get()] { accept(*raw); });
    const quint16 bound = tcp.serverPort();
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

/// A new descriptor is the lowest free one: from this number on there are too few left.
int Acceptor::reserveBegins() const
{
    const int limit = descriptorLimit();
    return limit - std::min(mostReserved, limit / 4);
}

void Acceptor::accept(const Server &server)
{
    const auto listening = int(server.server.socketDescriptor());
    const int reserve = reserveBegins();
    for (int i = 0; i < portion && !m_paused; ++i) {
        const int descriptor = ::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        const int error = errno;
        if (descriptor >= 0) {
            m_accepted(descriptor);
            if (descriptor >= reserve)
                pause(QStringLiteral("%1 files may be open at once, and nearly all are")
                          .arg(descriptorLimit()));
        } else if (error == EAGAIN) {
            m_said = false;
            return;
        } else if (!isConnectionsOwn(error)) {
            pause(QString::fromStdString(std::generic_category().message(error)));
        }
    }
}

void Acceptor::pause(const QString &reason)
{
    m_paused = true;
    setAccepting(false);
    if (std::exchange(m_said, true))
        return;
    qCWarning(logServe).noquote().nospace()
        << "no more clients are let in for now: " << reason
        << "; it goes on once some have left. A higher limit of open files (LimitNOFILE= of the "
           "service, or ulimit -n) lets more in";
}

void Acceptor::setAccepting(bool on)
{
    for (const auto &server : m_servers)
        server->arrivals->setEnabled(on);
}

void Acceptor::resume()
{
    if (!m_paused || m_servers.empty())
        return;
    const auto listening = int(m_servers.front()->server.socketDescriptor());
    const int next = ::fcntl(listening, F_DUPFD_CLOEXEC, 0);
    if (next < 0)
        return;
    ::close(next);
    if (next >= reserveBegins())
        return;
    m_paused = false;
    setAccepting(true);
}

}
