#pragma once

#include "core/stream/stream.h"

#include <optional>
#include <vector>

namespace restream {

/// A version of an item.
struct ItemVersion
{
    qint64 seq = 0; ///< of the changeset that made it; 0: it is older than the history
    qint64 timeMs = 0; ///< wall clock, ms since 1970 UTC; 0: as above
    std::optional<QByteArray> text; ///< nothing: it was removed

    bool operator==(const ItemVersion &) const = default;
};

/// What the stream's history and its present say of one item, oldest first. Empty: nothing. Pure.
std::vector<ItemVersion> itemHistory(const Stream &stream, const QByteArray &id);

}
