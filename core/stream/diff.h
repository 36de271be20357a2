#pragma once

#include "core/stream/changeset.h"
#include "core/stream/itemreader.h"
#include "core/stream/itemset.h"

#include <QStringList>

namespace restream {

/// What of a channel's definition a comparison needs.
struct DiffRules
{
    QStringList ignore; ///< JSON Pointers into the item; a change there alone is no update
    RemovalRule removal;
    bool ordered = false;
    qint64 maxItems = 10000;
};

DiffRules diffRules(const ChannelDefinition &definition);

/// What a poll changed, not yet numbered, and which items are newly missing or back.
struct Difference
{
    Changeset changes; ///< seq and timeMs are 0
    /// Id → poll number, 0: back; only of items that stay.
    std::vector<std::pair<QByteArray, qint64>> missingSince;
};

/// Compares what poll number `poll` (1 is the first) brought with what it was read beside. Pure.
/// An item equal to the held one as JSON (docs/protocol.md §1) stays as it was.
Difference diff(const PolledItems &polled, const DiffRules &rules, qint64 poll);

/// The same for a poll that brought the same as the last one (304, an unchanged body): only items that have now been
/// missing long enough are removed.
Difference diffUnchanged(const ItemSet &held, const DiffRules &rules, qint64 poll);

}
