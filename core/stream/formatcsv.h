#pragma once

#include "core/config/channeldefinition.h"
#include "core/result.h"

#include <QByteArray>

namespace restream {

/// CSV (RFC 4180, UTF-8) with a header row as a JSON list of objects, by the rules of docs/channel.md, "CSV". `csv` has the delimiter, and whether
/// what is a number in JSON becomes one. At most `maxJson` bytes of JSON (names are repeated in each row). Linear in time. Pure.
/// Errors: `not_csv` with line and column, `too_large`.
Result<QByteArray> csvToJson(const QByteArray &text, const CsvDefinition &csv, qint64 maxJson);

}
