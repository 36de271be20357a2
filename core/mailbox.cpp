#include "core/mailbox.h"

#include <QSocketNotifier>

#include <sys/eventfd.h>
#include <unistd.h>

namespace restream {

struct Mailbox::Address::Box
{
    Box() : wakeUp(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { }
    ~Box() { ::close(wakeUp); }
    Box(const Box &) = delete;
    Box &operator=(const Box &) = delete;

    std::mutex mutex;
    std::vector<Task> tasks;
    bool open = true;
    const int wakeUp;
};

bool Mailbox::Address::post(Task task) const
{
    if (!m_box)
        return false;
    const std::lock_guard lock(m_box->mutex);
    if (!m_box->open)
        return false;
    m_box->tasks.push_back(std::move(task));
    if (m_box->tasks.size() == 1)
        ::eventfd_write(m_box->wakeUp, 1);
    return true;
}

Mailbox::Mailbox()
    : m_box(std::make_shared<Address::Box>()),
      m_notifier(std::make_unique<QSocketNotifier>(m_box->wakeUp, QSocketNotifier::Read))
{
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(),
                     [this] { deliver(); });
}

Mailbox::~Mailbox()
{
    std::vector<Task> dropped;
    const std::lock_guard lock(m_box->mutex);
    m_box->open = false;
    dropped.swap(m_box->tasks);
}

void Mailbox::deliver()
{
    // A task may destroy this mailbox; the box outlives it here.
    const auto box = m_box;
    std::vector<Task> tasks;
    {
        const std::lock_guard lock(box->mutex);
        eventfd_t count = 0;
        ::eventfd_read(box->wakeUp, &count);
        tasks.swap(box->tasks);
    }
    for (const Task &task : tasks)
        task();
}

}
