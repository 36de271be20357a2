#pragma once

#include "core/mailbox.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace restream {

/// A thread for work that would hold up its owner's. Made and destroyed on the owner's thread, which runs a Qt event loop.
class Worker final
{
public:
    /// Runs on the worker's thread; what it returns runs afterwards on the owner's.
    using Work = std::function<std::function<void()>()>;

    Worker();
    ~Worker(); ///< waits for the work under way; drops the rest
    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;

    /// In the order of the calls. Owner's thread.
    void run(Work work);

private:
    void work();

    Mailbox m_mailbox;
    std::mutex m_mutex;
    std::condition_variable m_wakeUp;
    std::deque<Work> m_queue;
    bool m_ending = false;
    std::thread m_thread;
};

}
