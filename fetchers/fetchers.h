#pragma once

#include "core/clock.h"
#include "core/poll/fetcher.h"

namespace restream {

/// Makes the fetcher that a definition asks for: http (all share one HttpClient) or replay. Call it, and what it gives, on the engine thread.
/// `clock` outlives all of them.
FetcherFactory makeFetcherFactory(Clock &clock);

}
