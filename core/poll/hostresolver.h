#pragma once

#include <QHostAddress>
#include <QList>
#include <QString>

#include <functional>
#include <memory>

namespace restream {

/// Finds the addresses of a host. An interface, so that tests need no DNS.
class HostResolver
{
public:
    /// A question under way; destroying it drops the answer.
    class Lookup
    {
    public:
        virtual ~Lookup() = default;
    };

    virtual ~HostResolver() = default;

    /// Calls `done` later, once, on this thread: the addresses in the order to try, none where the name isn't known.
    [[nodiscard]] virtual std::unique_ptr<Lookup>
    resolve(const QString &host, std::function<void(QList<QHostAddress>)> done) = 0;
};

/// Asks the operating system (QHostInfo).
std::unique_ptr<HostResolver> makeSystemResolver();

/// False for what leads into the own machine or network or to nobody in particular: loopback, link-local, private, unique local,
/// shared (RFC 6598), unspecified, multicast, reserved; also where such an IPv4 address stands inside an IPv6 one.
bool isPublicAddress(const QHostAddress &address);

}
