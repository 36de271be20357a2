#pragma once

#include <QHostAddress>
#include <QString>

namespace restream {

/// "127.0.0.1:7999", "[::1]:7999": as it stands in a URL (RFC 3986 §3.2.2) and in logs.
inline QString hostAndPort(const QHostAddress &address, quint16 port)
{
    const QString text = address.toString();
    const bool isV6 = address.protocol() == QAbstractSocket::IPv6Protocol;
    return (isV6 ? u'[' + text + u']' : text) + u':' + QString::number(port);
}

}
