#pragma once

#include "core/stream/jsonwalk.h"

#include <QStringList>

namespace restream {

/// How an item is identified: the channel's `id_field`, ready for use.
class ItemIds final
{
public:
    /// `fields`: names of members, or JSON Pointers (they begin with "/"); several make a composite id; none: the item's own text.
    explicit ItemIds(const QStringList &fields);

    /// Nothing: there is none, or it is neither a string nor a number. An empty string is an id like any other (some APIs give it to what is not
    /// numbered yet). May point into the text of `walk`.
    [[nodiscard]] std::optional<QByteArray> of(const JsonWalk &walk, JsonWalk::Place item) const;

private:
    std::vector<JsonPath> m_fields;
};

/// The `id_field`s that would do: members (also of objects in the items, as JSON Pointers) that are in every item, a string or a number, not
/// empty, and different everywhere. Those called like an id come first.
QStringList idCandidates(const std::vector<JsonSlice> &items);

}
