#pragma once

#include "core/stream/item.h"
#include "core/stream/jsontext.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace restream {

/// A column of the table of items.
struct Column
{
    enum class Kind {
        Id,
        Member, ///< what `pointer` leads to
        Whole ///< the item itself: one that has no members
    };

    Kind kind = Kind::Member;
    QByteArray pointer; ///< RFC 6901
    QString title; ///< "properties.mag"
    bool numeric = false;

    bool operator==(const Column &) const = default;
};

constexpr size_t mostColumns = 12;

/// The columns that tell the items apart best: the id, then members in the items' own order. Left out are those that are mostly absent, long, the same
/// everywhere or a link, as far as there are better ones. Pure.
std::vector<Column> chooseColumns(const std::vector<Item> &items);

/// What a cell shows: numbers, true and false as written; a string's content on one line; nothing for null and for what is not there; else the JSON text.
QString cellText(const JsonSlice &value);

}
