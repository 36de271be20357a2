#include "core/stream/streamstatus.h"

namespace restream {

const char *stateName(StreamStatus::State state)
{
    switch (state) {
    case StreamStatus::State::Live:
        return "live";
    case StreamStatus::State::Failing:
        return "failing";
    case StreamStatus::State::RateLimited:
        return "rate_limited";
    case StreamStatus::State::Paused:
        return "paused";
    }
    Q_UNREACHABLE();
}

}
