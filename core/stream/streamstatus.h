#pragma once

#include "core/poll/pollstate.h"
#include "core/result.h"

#include <QString>

#include <optional>

namespace restream {

/// How a stream is, as clients are told (docs/protocol.md §4, `status`). Times are wall clock, ms since 1970 UTC; 0: none.
struct StreamStatus
{
    using State = PollState;

    State state = State::Live;
    bool stale = false; ///< the last good poll is older than 3 intervals
    std::optional<Error> error;
    qint64 lastOkMs = 0;
    qint64 nextPollMs = 0;
    double intervalSeconds = 0;
    QString reason; ///< why the next poll is then; for people

    bool operator==(const StreamStatus &) const = default;
};

/// "live", "failing", "rate_limited", "paused".
const char *stateName(StreamStatus::State state);

}
