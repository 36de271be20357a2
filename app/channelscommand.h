#pragma once

#include "app/console.h"
#include "app/exitcode.h"
#include "core/config/configstore.h"

namespace restream {

/// One line a channel in aligned columns: name, interval, keys needed ("-": none), description.
QStringList channelLines(const ChannelSet &set);
/// "45s", "5min", "2h", "1d": the largest unit that says it whole.
QString intervalText(double seconds);

/// restreamd channels: the lines, and what could not be read on the error side.
ExitCode listChannels(const ChannelSet &set, Console &console);

/// The channel of that name. Error: `unknown_channel`, with what is wrong with its file or the name that was probably meant.
Result<ChannelDefinition> findChannel(const ChannelSet &set, const QString &name);

}
