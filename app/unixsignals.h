#pragma once

#include "app/wakepipe.h"

#include <functional>
#include <memory>

class QSocketNotifier;

namespace restream {

/// Calls `onEnd` from the event loop of the thread that made it when SIGTERM or SIGINT comes, once; the next such signal ends
/// the process as it would have without this. One at a time in a process.
class UnixSignals final
{
public:
    explicit UnixSignals(std::function<void()> onEnd);
    ~UnixSignals();
    UnixSignals(const UnixSignals &) = delete;
    UnixSignals &operator=(const UnixSignals &) = delete;

private:
    WakePipe m_wakePipe;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

}
