#pragma once

#include "app/console.h"
#include "app/exitcode.h"

#include <QStringList>

namespace restream {

/// restreamd check: reads each definition, prints every problem as a line of its own, then how many there were on the error side.
/// `catalogFolder` and `userFolder` hold the channels that a definition may refer to.
ExitCode checkDefinitions(const QStringList &paths, const QString &catalogFolder,
                          const QString &userFolder, Console &console);

}
