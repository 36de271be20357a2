#include "core/serve/accesspolicy.h"

#include <algorithm>

namespace restream {
namespace {

/// `host` without its port, lower case, brackets and a final dot dropped; nothing where it is malformed.
std::optional<QString> nameOf(QByteArrayView host)
{
    QByteArrayView name = host;
    QByteArrayView port;
    if (host.startsWith('[')) {
        const qsizetype end = host.indexOf(']');
        if (end < 0)
            return {};
        name = host.sliced(1, end - 1);
        port = host.sliced(end + 1);
    } else if (const qsizetype colon = host.indexOf(':'); colon >= 0) {
        name = host.first(colon);
        port = host.sliced(colon);
    }
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    if (!port.isEmpty()
        && (port.front() != ':' || port.size() > 6
            || !std::all_of(port.begin() + 1, port.end(), isDigit)))
        return {};
    QString text = QString::fromLatin1(name).toLower();
    if (text.endsWith(u'.'))
        text.chop(1);
    return text.isEmpty() ? std::nullopt : std::optional(text);
}

/// For one line of a log: what came from outside, shortened.
QString shown(QByteArrayView value)
{
    const QString text = QString::fromLatin1(value.first(std::min<qsizetype>(value.size(), 100)));
    return u'"' + text + u'"';
}

/// "http://localhost", "http://127.0.0.1", each with any port.
bool isLocalPage(QByteArrayView origin)
{
    for (const QByteArrayView start : { "http://localhost", "http://127.0.0.1" }) {
        if (!origin.startsWith(start))
            continue;
        const QByteArrayView rest = origin.sliced(start.size());
        if (rest.isEmpty())
            return true;
        return rest.size() > 1 && rest.size() <= 6 && rest.front() == ':'
            && std::all_of(rest.begin() + 1, rest.end(),
                           [](char c) { return c >= '0' && c <= '9'; });
    }
    return false;
}

}

AccessPolicy::AccessPolicy(const ServeOptions &options, const QString &machineName)
    : m_scheme(options.tls ? "https://" : "http://"),
      m_loopback(options.bind.isLoopback())
{
    m_names = options.hostNames;
    if (!machineName.isEmpty())
        m_names << machineName << machineName + QStringLiteral(".local");
    m_names << QStringLiteral("localhost");
    for (QString &name : m_names)
        name = name.toLower();
    for (const QString &origin : options.allowedOrigins)
        m_origins << origin.toLower();
}

bool AccessPolicy::allowsHost(QByteArrayView host, const QHostAddress &local) const
{
    const std::optional<QString> name = nameOf(host);
    if (!name)
        return false;
    if (m_names.contains(*name))
        return true;
    // QHostAddress also reads "127.1" and the like, which no browser sends: only the plain notation counts.
    const QHostAddress address(*name);
    if (address.isNull() || address.toString() != *name)
        return false;
    return address.isLoopback() || address.isEqual(local, QHostAddress::TolerantConversion);
}

bool AccessPolicy::allowsOrigin(QByteArrayView origin, QByteArrayView host) const
{
    const QByteArray page = origin.toByteArray().toLower();
    if (m_origins.contains(QString::fromLatin1(page)))
        return true;
    if (!host.isEmpty() && page == m_scheme + host.toByteArray().toLower())
        return true;
    return m_loopback && isLocalPage(page);
}

std::optional<Refusal> AccessPolicy::check(const HttpRequestHead &request,
                                           const QHostAddress &local, quint16 port) const
{
    const QByteArray host = request.header("host");
    if (!host.isNull() && !allowsHost(host, local)) {
        return Refusal { QStringLiteral("Host %1 is not a name of this server").arg(shown(host)),
                         QStringLiteral("use %1localhost:%2/ or the address itself")
                             .arg(QString::fromLatin1(m_scheme))
                             .arg(port) };
    }
    const QByteArray origin = request.header("origin");
    if (!origin.isNull() && !allowsOrigin(origin, host)) {
        return Refusal { QStringLiteral("Origin %1 is not allowed").arg(shown(origin)),
                         QStringLiteral("to allow it, start with --allow-origin %1")
                             .arg(QString::fromLatin1(origin.left(100))) };
    }
    return {};
}

}
