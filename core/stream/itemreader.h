#pragma once

#include "core/config/channeldefinition.h"
#include "core/result.h"
#include "core/stream/itemset.h"

#include <QByteArrayView>
#include <QStringList>

#include <vector>

namespace restream {

/// An item of a body, before it is compared: its text still has the upstream's white space.
struct PolledItem
{
    QByteArray id; ///< may point into the body or a held item
    QByteArrayView raw; ///< a slice of the body
    qsizetype place = -1; ///< of the held item with this id; -1: it is new
    bool isHeld = false; ///< it is that item, token by token
};

/// The items of one body in the body's order, each id once.
struct PolledItems
{
    QByteArray body; ///< keeps the slices alive
    ItemSet held; ///< what it was read beside
    std::vector<PolledItem> items;
    qint64 withoutId = 0; ///< skipped: no id, or one that is neither string nor number
    qint64 duplicates = 0; ///< ids met again; the last one counts, at the first one's place
    qint64 beyondLimit = 0; ///< past max_items
};

/// Reads the items out of a JSON body as `definition` says (items, shape, id_field, max_items), beside those that are `held` of the same
/// ChannelDefinition::identity(): one that is held as it is costs a compare, and is not read again.
///
/// The body is checked whole against RFC 8259: UTF-8, no NaN, at most 1,024 deep.
/// Errors: `not_json` (with the byte offset), `empty_body`, `items_not_found` (names the path), `not_items`
/// (the place holds no list, or no object where shape is map), `needs_id_field` (with the members that would do).
Result<PolledItems> readItems(const QByteArray &body, const ChannelDefinition &definition,
                              const ItemSet &held = {});

}
