#include "core/poll/hostresolver.h"

#include <QHostInfo>
#include <QObject>
#include <QtEndian>

#include <algorithm>
#include <array>

namespace restream {
namespace {

class SystemLookup final : public HostResolver::Lookup
{
public:
    SystemLookup(const QString &host, std::function<void(QList<QHostAddress>)> done)
        : m_id(QHostInfo::lookupHost(host, &m_context,
                                     [done = std::move(done)](const QHostInfo &info) {
                                         // The handler may destroy the lookup, and this function with it.
                                         const auto tell = done;
                                         tell(info.addresses());
                                     }))
    {
    }
    ~SystemLookup() override { QHostInfo::abortHostLookup(m_id); }

private:
    QObject m_context;
    int m_id;
};

class SystemResolver final : public HostResolver
{
public:
    std::unique_ptr<Lookup> resolve(const QString &host,
                                    std::function<void(QList<QHostAddress>)> done) override
    {
        return std::make_unique<SystemLookup>(host, std::move(done));
    }
};

struct Network
{
    quint32 address;
    int bits;
};

// RFC 6890 and the registry that follows it, less the documentation networks, which lead nowhere.
constexpr std::array privateNetworks {
    Network { 0x00000000, 8 }, // this network
    Network { 0x0a000000, 8 }, // private
    Network { 0x64400000, 10 }, // shared with the provider
    Network { 0x7f000000, 8 }, // loopback
    Network { 0xa9fe0000, 16 }, // link-local
    Network { 0xac100000, 12 }, // private
    Network { 0xc0000000, 24 }, // protocol assignments
    Network { 0xc0a80000, 16 }, // private
    Network { 0xc6120000, 15 }, // benchmarks
    Network { 0xe0000000, 3 }, // multicast, reserved, broadcast
};

bool isPublicV4(quint32 address)
{
    return std::none_of(
        privateNetworks.begin(), privateNetworks.end(), [&](const Network &network) {
            return (address >> (32 - network.bits)) == (network.address >> (32 - network.bits));
        });
}

bool isPublicV6(const Q_IPV6ADDR &address)
{
    const auto startsWith = [&](std::initializer_list<quint8> prefix) {
        return std::equal(prefix.begin(), prefix.end(), std::begin(address.c));
    };
    const auto embedded = [&](int offset) {
        return isPublicV4(qFromBigEndian<quint32>(&address.c[offset]));
    };

    if (startsWith({ 0, 0, 0, 0, 0, 0, 0, 0, 0,
                     0 })) // unspecified, loopback, IPv4-mapped, IPv4-compatible
        return embedded(12)
            && (startsWith({ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff })
                || startsWith({ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }));
    if (startsWith({ 0x00, 0x64, 0xff, 0x9b })) // NAT64: the well-known prefix, else a local one
        return startsWith({ 0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0 }) && embedded(12);
    if (startsWith({ 0x20, 0x02 })) // 6to4
        return embedded(2);
    if (startsWith({ 0x20, 0x01, 0x00, 0x00 })) // Teredo
        return false;
    return (address[0] & 0xe0) == 0x20; // 2000::/3 is all that is given out
}

}

std::unique_ptr<HostResolver> makeSystemResolver()
{
    return std::make_unique<SystemResolver>();
}

bool isPublicAddress(const QHostAddress &address)
{
    if (address.protocol() == QAbstractSocket::IPv4Protocol)
        return isPublicV4(address.toIPv4Address());
    return address.protocol() == QAbstractSocket::IPv6Protocol
        && isPublicV6(address.toIPv6Address());
}

}
