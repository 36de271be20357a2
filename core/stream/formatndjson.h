#pragma once

#include "core/result.h"

#include <QByteArray>

namespace restream {

/// NDJSON (UTF-8) as a JSON list: each line is an element, its text untouched; blank lines are skipped. Each line is checked by itself, so that what
/// is broken over two lines is no item. Linear in time. Pure. Error: `not_ndjson`, with line and column (in bytes).
Result<QByteArray> ndjsonToJson(const QByteArray &text);

}
