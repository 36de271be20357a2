#pragma once

#include "core/result.h"

namespace restream {

/// Reads a key's value from `descriptor`: all that comes, less the end of the last line; from a terminal one line, asked for with `prompt` on
/// `promptDescriptor` and not shown while it is typed.
/// Errors: `no_value` (empty, several lines, control characters, no UTF-8, 64 KiB or more), `interrupted`.
Result<QString> readSecret(int descriptor, int promptDescriptor, const QString &prompt);

}
