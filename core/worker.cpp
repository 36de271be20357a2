#include "core/worker.h"

namespace restream {

Worker::Worker() : m_thread([this] { work(); })
{
}

Worker::~Worker()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
        m_queue.clear();
    }
    m_wakeUp.notify_one();
    m_thread.join();
}

void Worker::run(Work work)
{
    {
        const std::lock_guard lock(m_mutex);
        m_queue.push_back(std::move(work));
    }
    m_wakeUp.notify_one();
}

void Worker::work()
{
    for (;;) {
        Work next;
        {
            std::unique_lock lock(m_mutex);
            m_wakeUp.wait(lock, [this] { return m_ending || !m_queue.empty(); });
            if (m_ending)
                return;
            next = std::move(m_queue.front());
            m_queue.pop_front();
        }
        m_mailbox.post(next());
    }
}

}
