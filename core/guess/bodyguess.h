#pragma once

#include "core/guess/bodyscan.h"
#include "core/guess/changeguess.h"
#include "core/guess/guessparts.h"

#include <optional>
#include <vector>

namespace restream {

/// Where the items are, and what identifies them.
struct BodyGuess
{
    QList<ItemsCandidate> items; ///< the best first; that one is meant below
    QList<IdCandidate> ids; ///< the best first; empty: the items need none, or there is none
    QString columns; ///< as in BodyScan
};

/// What somebody has decided already.
struct GivenPlace
{
    std::optional<QString> items;
    std::optional<ChannelDefinition::Shape> shape;
    QStringList idField; ///< empty: not decided
};

/// Pure. `bodies`: valid JSON, the oldest first, at least one.
BodyGuess guessBody(const std::vector<JsonSlice> &bodies, const GivenPlace &given);

/// The items of each body that `definition` finds there, with their ids. A body that it can't read gives none.
std::vector<IdentifiedItems> identifiedItems(const std::vector<QByteArray> &bodies,
                                             const ChannelDefinition &definition);

}
