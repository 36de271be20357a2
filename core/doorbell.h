#pragma once

#include <functional>
#include <memory>

namespace restream {

/// Lets any thread wake the event loop of the thread that made it.
///
/// On Linux an eventfd(2), whose hand-off ThreadSanitizer sees (Debian's Qt is not built for it); elsewhere one of Qt's posted events.
class Doorbell final
{
public:
    /// `onRing` is called on the making thread, from its event loop, once or more after a ring. It may destroy this.
    explicit Doorbell(std::function<void()> onRing);
    ~Doorbell(); ///< on the making thread; the caller sees to it that nobody rings any more
    Doorbell(const Doorbell &) = delete;
    Doorbell &operator=(const Doorbell &) = delete;

    void ring() const; ///< Any thread.

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}
