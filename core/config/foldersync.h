#pragma once

#include <QString>

namespace restream {

/// Writes what was renamed into or deleted from `folder` to the disk: without it that may be lost with the power. False: it can't be. Blocks.
bool syncFolder(const QString &folder);

}
