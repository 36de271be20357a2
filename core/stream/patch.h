#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace restream {

/// RFC 6902 operations (a JSON array) that turn `before` into `after`, made of slices of `after`.
/// Nothing where an object with duplicate members is in either, or where it would be longer than `after`.
/// Both are valid compact JSON.
std::optional<QByteArray> jsonPatch(QByteArrayView before, QByteArrayView after);

/// RFC 7396 merge patch that turns `before` into `after`.
/// Nothing where the new value puts a null into anything that the merge would add or replace, where either has duplicate members,
/// or where it would be longer than `after`.
std::optional<QByteArray> mergePatch(QByteArrayView before, QByteArrayView after);

/// The same as jsonPatch without its bound on length: what `__restream_diff` carries. A whole replacement
/// (`[{"op":"replace","path":"","value":…}]`) where members are duplicate.
QByteArray itemDiff(QByteArrayView before, QByteArrayView after);

}
