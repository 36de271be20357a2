#pragma once

#include "app/commandline.h"
#include "app/console.h"
#include "app/exitcode.h"

namespace restream {

/// Does what the command line of restreamd asks for, whichever command but running the server; runs the event loop as needed.
ExitCode runCommand(const CommandLine &line, Console &console);

}
