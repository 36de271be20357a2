#pragma once

#include "core/stream/storedstream.h"

#include <QHash>

namespace restream {

class StoreConnection;
class StreamTable;

/// The calls that count for quotas, in the database, inside the transaction that is open. Failures stick to the connection.
class CallTable final
{
public:
    CallTable(StoreConnection &connection, StreamTable &streams)
        : m_connection(connection),
          m_streams(streams)
    {
    }

    /// As StateStore::recordCall().
    qint64 record(const CallRequest &call);
    void dropUnused(qint64 beforeMs); ///< buckets in which nobody has said a rule since

private:
    qint64 bucket(const QByteArray &name);
    /// Notes what `call` says of its channel; gives the rules of all channels of the bucket.
    QList<QuotaRule> learnRules(qint64 bucket, const QByteArray &channel, const CallRequest &call);
    std::vector<qint64> earlierCalls(qint64 bucket, const QList<QuotaRule> &rules, qint64 nowMs);

    void forgetRules(const QByteArray &channel, qint64 nowMs);

    StoreConnection &m_connection;
    StreamTable &m_streams;
    QHash<QByteArray, qint64>
        m_forgotten; ///< channel without a quota → when that was last written down
};

}
