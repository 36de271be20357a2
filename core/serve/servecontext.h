#pragma once

#include "core/clock.h"
#include "core/serve/accesspolicy.h"
#include "core/serve/outbox.h"
#include "core/serve/serveoptions.h"
#include "core/serve/streamfeeds.h"

#include <functional>

namespace restream {

class HttpConnection;
class Session;

/// What the connections share. The listener owns it and outlives them.
struct ServeContext
{
    Hub &hub;
    Clock &clock;
    const ServeOptions &options;
    StreamFeeds &feeds;
    const AccessPolicy *policy;
    Outbox &outbox;
    /// Asks for a look, from the event loop, at which feeds are still needed; also tells who counts clients and subscribers.
    std::function<void()> defer;
    /// Takes note that one has ended or is closing: it is seen to from the event loop.
    std::function<void(Session &)> sessionLeaves;
    std::function<void(HttpConnection &)> leaves;
};

}
