#pragma once

#include "core/clock.h"
#include "core/serve/accesspolicy.h"
#include "core/serve/serveoptions.h"
#include "core/serve/streamfeeds.h"

#include <functional>

namespace restream {

/// What the connections share. The listener owns it and outlives them.
struct ServeContext
{
    Hub &hub;
    Clock &clock;
    const ServeOptions &options;
    StreamFeeds &feeds;
    const AccessPolicy *policy;
    /// Asks for the removal, from the event loop, of what has ended; also tells who counts clients and subscribers.
    std::function<void()> defer;
};

}
