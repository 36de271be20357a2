#pragma once

namespace restream {

/// How the polling of a stream goes (docs/protocol.md §4, "States").
enum class PollState {
    Live, ///< the last poll was good, or there was none yet
    Failing, ///< it was not; asked again later
    RateLimited, ///< the server said wait
    Paused ///< nothing is asked until a person acts
};

}
