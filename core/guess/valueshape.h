#pragma once

#include "core/stream/jsontext.h"

#include <QByteArray>
#include <QtGlobal>

#include <optional>

namespace restream {

/// What a string or number looks like.
enum class ValueShape {
    None, ///< neither a string nor a number, or empty
    Integer,
    Decimal,
    Date,
    Uuid,
    Url,
    Code, ///< short, without blanks
    Words, ///< a few of them
    Prose ///< long
};

/// `name`: of the member, as a number is a date only where its name says so.
ValueShape shapeOf(const JsonSlice &value, const QByteArray &name);

/// The time that a value says, in ms since 1970 UTC: ISO 8601, RFC 2822, or seconds or milliseconds since 1970 in a member whose name speaks of time. A time
/// without a zone counts as UTC.
std::optional<qint64> timeOf(const JsonSlice &value, const QByteArray &name);

/// Whether a member's name speaks of an instant: "last_reported", "updatedAt", "ts".
bool namesATime(const QByteArray &name);
/// Whether a member's name speaks of how long ago or how long until: "seen", "age", "timeToStation".
bool namesAnAge(const QByteArray &name);

/// The words of a name, lower case: "lastUpdateTime" and "last_update_time" are last, update, time.
QByteArrayList nameWords(const QByteArray &name);

}
