#include "core/mailbox.h"

namespace restream {

struct Mailbox::Address::Box
{
    std::mutex mutex;
    std::vector<Task> tasks;
    const Doorbell *doorbell = nullptr; ///< null: the mailbox is gone
};

bool Mailbox::Address::post(Task task) const
{
    if (!m_box)
        return false;
    const std::lock_guard lock(m_box->mutex);
    if (m_box->doorbell == nullptr)
        return false;
    m_box->tasks.push_back(std::move(task));
    if (m_box->tasks.size() == 1)
        m_box->doorbell->ring();
    return true;
}

Mailbox::Mailbox() : m_box(std::make_shared<Address::Box>()), m_doorbell([this] { deliver(); })
{
    m_box->doorbell = &m_doorbell;
}

Mailbox::~Mailbox()
{
    std::vector<Task> dropped;
    const std::lock_guard lock(m_box->mutex);
    m_box->doorbell = nullptr;
    dropped.swap(m_box->tasks);
}

void Mailbox::deliver()
{
    // A task may destroy this mailbox; the box outlives it here.
    const auto box = m_box;
    std::vector<Task> tasks;
    {
        const std::lock_guard lock(box->mutex);
        tasks.swap(box->tasks);
    }
    for (const Task &task : tasks)
        task();
}

}
