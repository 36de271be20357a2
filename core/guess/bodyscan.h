#pragma once

#include "core/guess/guessparts.h"
#include "core/stream/jsontext.h"

#include <vector>

namespace restream {

/// What of bodies could be items.
struct BodyScan
{
    QList<ItemsCandidate> candidates; ///< the best first; the whole body as one item is among them
    QString
        columns; ///< JSON Pointer to lists that run beside each other, one for each property; null: there are none
};

/// Looks for lists, maps and rows in consecutive bodies. Pure; the slices are valid JSON.
BodyScan scanBodies(const std::vector<JsonSlice> &bodies);

/// The items at a candidate's place, in order; of a map its values. None where it is not there.
std::vector<JsonSlice> itemsAt(const JsonSlice &body, const ItemsCandidate &place, size_t most);

/// Whether a body reports an error instead of what was asked for ({"error": …}, {"success": false}).
bool reportsError(const JsonSlice &body);

}
