#pragma once

#include "core/result.h"

#include <QString>
#include <QStringList>

namespace restream {

/// A command as a shell would take it apart.
struct ShellWords
{
    QStringList words;
    QStringList notes; ///< what a shell would have filled in or done besides, one sentence each
};

/// Splits a command line the way of POSIX shells ('…', "…", $'…', backslashes, line continuations, comments) or, where carets quote or continue
/// lines as in "Copy as cURL (cmd)", the way of cmd.exe and the C runtime below it. What follows a pipe, a semicolon or a redirection is left out and
/// noted; a variable stays as it is written and is noted. Pure. Error: `bad_command`, a quote that is not closed.
Result<ShellWords> splitShellWords(const QString &text);

}
