#pragma once

#include "core/stream/jsontext.h"

#include <vector>

namespace restream {

/// What a list holds.
enum class ListKind { Empty, Objects, Rows, NumberRows, Scalars, Mixed };

ListKind kindOfList(const std::vector<JsonSlice> &elements);
/// Whether the members of an object are items: values that look alike, under names that are data.
bool isMap(const std::vector<JsonSlice::Member> &members);
/// Whether an object holds its properties in lists that run beside each other.
bool holdsColumns(const std::vector<JsonSlice::Member> &members);
/// How much a name says that items are below it: 2 of "items" or "features", -6 of "links" or "errors", else 0.
double itemsNameScore(const QByteArray &name);

}
