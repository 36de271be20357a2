#pragma once

#include "core/poll/fetcher.h"
#include "core/poll/hostslots.h"

#include <functional>
#include <memory>

namespace restream {

/// Whom a Poller polls for: the stream, seen from below. Each `done` is called once, at once or later, on the engine thread.
class PollTarget
{
public:
    virtual ~PollTarget() = default;

    /// The keys that a call needs. `fresh`: not from a cache, because the last ones would not do.
    virtual void readKeys(bool fresh, std::function<void(Result<Keys>)> done) = 0;
    /// The place at the host that a call needs, as HostSlots::take().
    virtual std::unique_ptr<HostSlots::Slot> takeSlot(std::function<void()> granted) = 0;
    /// Asks for leave to make a call now. Gives 0, or the wall-clock time in ms at which to ask again.
    virtual void askLeave(const Keys &keys, std::function<void(Result<qint64>)> done) = 0;
    [[nodiscard]] virtual FetchRequest nextRequest() const = 0; ///< without the keys
    /// Takes a good answer in; says when it is kept, or why it can't be.
    virtual void take(FetchResult answer, std::function<void(Result<void>)> done) = 0;
    /// The server said wait until then (wall clock, ms); 0: no longer.
    virtual void keepNotBefore(qint64 whenMs) = 0;
    /// Anything that the Poller shows has changed.
    virtual void pollingChanged() = 0;
};

}
