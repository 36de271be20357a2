#pragma once

#include "core/config/channeldefinition.h"
#include "core/poll/fetcher.h"
#include "core/stream/changeset.h"

#include <QByteArray>

#include <utility>
#include <vector>

namespace restream {

/// A stream as it is kept over restarts.
struct StoredStream
{
    QByteArray name; ///< canonical
    QByteArray epoch;
    QByteArray identity; ///< ChannelDefinition::identity() that the items were polled under
    qint64 seq = 0;
    qint64 timeMs = 0; ///< of changeset `seq`
    qint64 polls = 0; ///< good polls so far that count for `removal.after`
    qint64 lastOkMs = 0; ///< wall clock; 0: never
    qint64 lastCallMs = 0; ///< wall clock, never later than at loading; 0: never
    qint64 notBeforeMs = 0; ///< the server said wait until, at most 1 hour from loading; 0: nothing
    Validators validators;
    std::vector<HeldItem> items; ///< in their order
    /// Ascending seq, contiguous, the last is `seq`; may be empty.
    std::vector<ChangesetPtr> history;
};

/// What one good poll leaves behind; written in one transaction.
struct StreamCommit
{
    QByteArray name;
    QByteArray identity;
    qint64 polls = 0;
    qint64 lastOkMs = 0;
    Validators validators;
    ChangesetPtr changes; ///< null: nothing changed
    std::vector<std::pair<QByteArray, qint64>> missingSince; ///< as in Difference
    qint64 dropHistoryBefore = 0; ///< changesets with a smaller seq are dropped
};

/// A call about to be made.
struct CallRequest
{
    QByteArray stream; ///< canonical name
    qint64 nowMs = 0; ///< wall clock
    QByteArray bucket; ///< quotaBucket(); empty: no quota
    QList<QuotaRule> quota;
};

}
