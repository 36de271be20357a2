#pragma once

#include "core/result.h"

namespace restream {

/// What the programs end with (docs and --help name them).
enum class ExitCode { Ok = 0, Failed = 1, Usage = 2, DataInUse = 3, PortInUse = 4 };

/// The one that says `error` to whoever started the program.
inline ExitCode exitCodeFor(const Error &error)
{
    if (error.code == QLatin1String("data_in_use"))
        return ExitCode::DataInUse;
    if (error.code == QLatin1String("port_in_use"))
        return ExitCode::PortInUse;
    return ExitCode::Failed;
}

}
