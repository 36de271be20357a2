#pragma once

#include "core/logbook.h"

namespace restream {

/// Sends the log to standard error, one line a message: time, category, level, text. $QT_MESSAGE_PATTERN gives another form,
/// $QT_LOGGING_RULES another choice. `keep`: gets each line besides, and outlives the application.
void installLogOutput(LogBook *keep = nullptr);

}
