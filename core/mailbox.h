#pragma once

#include "core/doorbell.h"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace restream {

/// Hands work from any thread to the thread that made the mailbox, in order.
///
/// Built on a mutex rather than on Qt's queued signals, so that ThreadSanitizer, for which Debian's Qt is not built, sees the
/// hand-off. Made and destroyed on the receiving thread, which runs a Qt event loop.
class Mailbox final
{
public:
    using Task = std::function<void()>;

    Mailbox();
    ~Mailbox();
    Mailbox(const Mailbox &) = delete;
    Mailbox &operator=(const Mailbox &) = delete;

    /// A handle that other threads post through. It may outlive the mailbox: what is posted then is dropped.
    class Address final
    {
    public:
        Address() = default;
        /// Queues `task`; false when the mailbox is gone. Any thread.
        bool post(Task task) const;

    private:
        friend class Mailbox;
        struct Box;
        explicit Address(std::shared_ptr<Box> box) : m_box(std::move(box)) { }
        std::shared_ptr<Box> m_box;
    };

    [[nodiscard]] Address address() const { return Address(m_box); }
    bool post(Task task) const { return address().post(std::move(task)); }

private:
    void deliver();

    std::shared_ptr<Address::Box> m_box;
    Doorbell m_doorbell;
};

}
