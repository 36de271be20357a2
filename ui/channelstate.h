#pragma once

#include "core/stream/streamstatus.h"

#include <QString>

namespace restream {

/// How a channel is as a whole: the worst of its streams; Idle where none is in memory.
enum class ChannelState { Idle, Live, RateLimited, Failing, Paused };

/// "Idle", "Live", "Rate limited", "Failing", "Paused", in the user's language.
QString stateText(ChannelState state);
ChannelState channelState(StreamStatus::State state);

}
