#pragma once

#include "core/config/channeldefinition.h"
#include "core/stream/changeset.h"

#include <deque>
#include <optional>
#include <vector>

namespace restream {

/// The last changesets of a stream, bounded by the channel's `history`: what a client may resume from.
class History final
{
public:
    explicit History(HistoryBounds bounds) : m_bounds(bounds) { }

    void setBounds(HistoryBounds bounds) { m_bounds = bounds; }
    /// Appends; `changes->seq` follows the last one's.
    void append(ChangesetPtr changes);
    /// Drops what is past a bound at `nowMs` (wall clock).
    void prune(qint64 nowMs);
    void clear();

    /// Every changeset after `seq`, ascending, up to `current`; nothing where one of them is no longer held or `seq` is beyond `current`.
    [[nodiscard]] std::optional<std::vector<ChangesetPtr>> since(qint64 seq, qint64 current) const;
    /// The smallest seq held; 0: none.
    [[nodiscard]] qint64 first() const
    {
        return m_changesets.empty() ? 0 : m_changesets.front()->seq;
    }
    [[nodiscard]] qint64 bytes() const { return m_bytes; }
    [[nodiscard]] qsizetype size() const { return qsizetype(m_changesets.size()); }

private:
    HistoryBounds m_bounds;
    std::deque<ChangesetPtr> m_changesets;
    qint64 m_bytes = 0;
};

}
