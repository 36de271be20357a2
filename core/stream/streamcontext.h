#pragma once

#include "core/clock.h"
#include "core/poll/fetcher.h"
#include "core/poll/hostslots.h"
#include "core/stream/statestore.h"
#include "core/worker.h"

#include <functional>

namespace restream {

/// What all streams share; what it refers to outlives them. Engine thread.
struct StreamContext
{
    Clock &clock;
    StateStore &store;
    Worker &worker; ///< takes in the bodies that would hold up the engine
    FetcherFactory fetchers;
    /// Reads the keys of a channel; `fresh`: past any cache.
    std::function<void(const QString &channel, const QStringList &names, bool fresh,
                       std::function<void(Result<Keys>)> done)>
        readKeys;
    std::function<double()> random; ///< [0, 1)
    HostTable hosts = {};
};

}
