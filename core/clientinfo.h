#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace restream {

/// A connection that subscribes or may.
struct ClientInfo
{
    quint64 id = 0; ///< of this run
    QString address; ///< "192.168.1.20:51234"
    QString userAgent; ///< as it says itself; empty: nothing
    QString protocol; ///< "changesets", "item messages"
    QList<QByteArray> streams; ///< subscribed, canonical names
    qint64 messages = 0; ///< sent
    qint64 bytes = 0; ///< sent
    qint64 queued = 0; ///< bytes that wait for it
    qint64 sinceMs = 0;

    bool operator==(const ClientInfo &) const = default;
};

/// A request that was turned away because of who asked, or from where.
struct RefusalInfo
{
    qint64 timeMs = 0; ///< the latest
    QString address; ///< without the port
    QString what; ///< "Origin", "Host"
    QString value; ///< as sent, cut to 200 characters
    QString reason; ///< a sentence
    int times = 1;

    bool operator==(const RefusalInfo &) const = default;
};

}
