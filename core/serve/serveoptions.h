#pragma once

#include <QByteArray>
#include <QHostAddress>
#include <QList>
#include <QSslConfiguration>
#include <QStringList>
#include <QtGlobal>

#include <optional>

namespace restream {

/// The limits of docs/protocol.md §4; times in ms, sizes in bytes.
struct ServeLimits
{
    int clients = 20000;
    int subscriptionsPerClient = 1000;
    qint64 message = 64 * 1024; ///< of a client
    double messagesPerSecond = 200;
    int messageBurst = 2000;
    int floodMessages = 20000; ///< in floodMs: close 4429
    qint64 floodMs = 10000;
    qint64 queue = 1024 * 1024; ///< waiting for one subscriber
    qint64 head = 16 * 1024; ///< of an HTTP request
    qint64 headMs = 10000;
    qint64 stalledMs = 60000; ///< a client that reads nothing
    qint64 pingMs = 50000; ///< silence after which a WebSocket is pinged
};

struct ServeOptions
{
    /// LocalHost: ::1 too, where there is one.
    QHostAddress bind = QHostAddress(QHostAddress::LocalHost);
    quint16 port = 7999; ///< 0: a free one
    QStringList allowedOrigins; ///< "https://example.org", "null"
    QStringList hostNames; ///< further names that Host may say
    std::optional<QSslConfiguration> tls; ///< certificate and key; nothing: plain
    ServeLimits limits;
};

}
