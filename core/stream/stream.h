#pragma once

#include "core/config/params.h"
#include "core/stream/history.h"
#include "core/stream/itemset.h"
#include "core/stream/statestore.h"
#include "core/stream/streamstatus.h"

#include <QByteArray>

#include <vector>

namespace restream {

class Stream;

/// Told what happens to a stream, on the engine thread, after it was committed.
class StreamObserver
{
public:
    virtual ~StreamObserver() = default;

    /// The next changeset; stream.items() already holds its result.
    virtual void streamChanged(const Stream &stream, const ChangesetPtr &changes) = 0;
    /// Continuity was lost: a new epoch; what was seen before can't be followed up. stream.seq() is 0 until the next good poll.
    virtual void streamReset(const Stream &stream) = 0;
    /// Anything of stream.status() changed: at least once for each call that was made, after its streamChanged(). What of it is worth sending is the
    /// observer's business.
    virtual void streamStatusChanged(const Stream &stream) = 0;
    /// The channel was taken away or can no longer be polled with these params; no call on `stream` may follow.
    virtual void streamClosed(const Stream &stream, const Error &reason) = 0;
};

/// A channel with one set of params: the items that every client holds, and the changesets that led there.
class Stream
{
public:
    virtual ~Stream() = default;

    [[nodiscard]] const QByteArray &name() const { return m_name; } ///< canonical
    [[nodiscard]] const ChannelDefinition &definition() const { return m_definition; }
    [[nodiscard]] const Params &params() const { return m_params; }
    [[nodiscard]] const QByteArray &epoch() const { return m_epoch; }
    [[nodiscard]] qint64 seq() const { return m_seq; } ///< 0: never polled
    [[nodiscard]] qint64 timeMs() const { return m_timeMs; } ///< of the last changeset
    [[nodiscard]] const ItemSet &items() const { return m_items; }
    [[nodiscard]] const History &history() const { return m_history; }
    [[nodiscard]] const StreamStatus &status() const { return m_status; }

protected:
    Stream(ChannelDefinition definition, Params params);

    QByteArray m_name;
    ChannelDefinition m_definition;
    Params m_params;
    QByteArray m_epoch;
    qint64 m_seq = 0;
    qint64 m_timeMs = 0;
    ItemSet m_items;
    History m_history;
    StreamStatus m_status;
};

}
