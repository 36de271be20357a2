#pragma once

#include "core/guess/valueshape.h"
#include "core/stream/jsonpointer.h"

#include <QHash>
#include <QString>

#include <map>
#include <vector>

namespace restream {

/// The members of one item by their pointers, down to the third level; a list is one value.
using FlatItem = QHash<QByteArray, JsonSlice>;

/// Of an object, or of a list whose places are members ("/0"); of anything else the value itself, as "". The text must outlive it.
FlatItem flattened(const JsonSlice &item);

/// What stands in one member throughout the items of all polls.
struct MemberProfile
{
    QByteArray pointer;
    QByteArray name; ///< the last token that says something: of "/guid/#text" it is guid
    int depth = 0; ///< 1: of the item itself
    qint64 items = 0; ///< looked at
    qint64 present = 0; ///< of these: a string or a number, not empty
    qint64 distinct = 0; ///< different values, summed over the polls
    std::map<ValueShape, qint64> shapes;

    [[nodiscard]] bool isEverywhere() const { return items > 0 && present == items; }
    [[nodiscard]] bool isUnique() const { return isEverywhere() && distinct == items; }
    [[nodiscard]] double uniqueness() const
    {
        return items > 0 ? double(distinct) / double(items) : 0;
    }
    /// Whether most of what is present has this shape.
    [[nodiscard]] bool isMostly(ValueShape shape) const;
    /// As it stands in id_field: a name, or a pointer.
    [[nodiscard]] QString field() const;
};

/// The profiles of all members, in the order in which the items show them first. Items that are compared stand in one inner list.
std::vector<MemberProfile> profileOf(const std::vector<std::vector<FlatItem>> &polls);

/// The last token of a pointer, unescaped, that says something; "" of an index.
QByteArray lastName(const QByteArray &pointer);

}
