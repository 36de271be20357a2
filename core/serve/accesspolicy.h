#pragma once

#include "core/serve/httprequesthead.h"
#include "core/serve/serveoptions.h"

#include <QHostAddress>
#include <QString>

#include <optional>

namespace restream {

/// Why a request is turned away, and what would let it in.
struct Refusal
{
    QString reason;
    QString remedy;
};

/// Who may connect (docs/protocol.md §6): the rules for Host and Origin. Pure.
class AccessPolicy final
{
public:
    /// `machineName`: the host's own name, which is allowed with and without ".local".
    AccessPolicy(const ServeOptions &options, const QString &machineName);

    /// Nothing: it may come in. `local` and `port` are what the client connected to.
    [[nodiscard]] std::optional<Refusal> check(const HttpRequestHead &request,
                                               const QHostAddress &local, quint16 port) const;
    /// Whether `host` ("name", "name:port", "[::1]:port") is a name of this server.
    [[nodiscard]] bool allowsHost(QByteArrayView host, const QHostAddress &local) const;
    /// Whether a page of `origin` may talk to the server that it called `host`.
    [[nodiscard]] bool allowsOrigin(QByteArrayView origin, QByteArrayView host) const;

private:
    QStringList m_names; ///< lower case
    QStringList m_origins; ///< lower case
    QByteArray m_scheme; ///< of this server's own pages
    bool m_loopback;
};

}
