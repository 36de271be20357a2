#pragma once

#include "core/result.h"
#include "core/stream/storedstream.h"

#include <QHash>

namespace restream {

class StoreConnection;

/// The streams in the database: their items and changesets. Failures of the database stick to the connection; what is not
/// as it must be comes back as an error and leaves the transaction sound.
class StreamTable final
{
public:
    explicit StreamTable(StoreConnection &connection) : m_connection(connection) { }

    /// Makes the stream where it is missing, in transactions of its own.
    Result<StoredStream> load(const QByteArray &name, qint64 nowMs);

    // All others run inside the transaction that is open.

    Result<void> commit(const StreamCommit &commit);
    Result<QByteArray> reset(const QByteArray &name, const QByteArray &identity, qint64 nowMs);
    void resetAll();
    void noteCall(const QByteArray &name, qint64 nowMs); ///< makes the stream where it is missing
    void setNotBefore(const QByteArray &name, qint64 whenMs, qint64 nowMs);
    void dropUnused(qint64 beforeMs);

private:
    void ensure(const QByteArray &name, qint64 nowMs);
    void reset(qint64 stream, const QByteArray &epoch, const QByteArray &identity);
    qint64 writeItems(qint64 stream, qint64 nextPlace, const Changeset &changes);
    void writeOrder(qint64 stream, const std::vector<QByteArray> &order);
    std::vector<HeldItem> items(qint64 stream);
    std::vector<ChangesetPtr> history(qint64 stream, qint64 seq);

    void dropHistory(qint64 stream, qint64 seq, const StreamCommit &commit);

    /// What the caller goes on from.
    struct Given
    {
        QByteArray epoch; ///< a database that was made anew while running has another one
        qint64 firstKept = 1; ///< of its changesets
    };

    StoreConnection &m_connection;
    QHash<QByteArray, Given> m_given; ///< by name
};

}
