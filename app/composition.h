#pragma once

#include "app/commandline.h"
#include "core/engine.h"

#include <memory>

namespace restream {

/// The folder of the catalog inside the programs.
QString catalogFolder();
/// The user's channels in a config folder.
QString userChannelsFolder(const QString &configFolder);

/// What the engine is made of, by what the command line says: the one place where fetchers and core meet.
EngineOptions engineOptions(const CommandLine &line);

}
