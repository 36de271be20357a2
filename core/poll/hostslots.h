#pragma once

#include <QHash>
#include <QString>

#include <functional>
#include <list>
#include <memory>

namespace restream {

/// Bounds the calls that are under way to one host: the others wait for their turn, first come, first served. One thread.
class HostSlots final : public std::enable_shared_from_this<HostSlots>
{
public:
    static constexpr int most = 4;

    /// A place, or the wait for one; destroying it gives up either.
    class Slot final
    {
    public:
        ~Slot();
        Slot(const Slot &) = delete;
        Slot &operator=(const Slot &) = delete;
        [[nodiscard]] bool isHeld() const { return !m_granted; } ///< false: it waits

    private:
        friend class HostSlots;
        explicit Slot(std::shared_ptr<HostSlots> host) : m_host(std::move(host)) { }

        std::shared_ptr<HostSlots> m_host;
        std::function<void()> m_granted; ///< while it waits
        std::list<Slot *>::iterator m_place;
    };

    /// Where no place is free now, `granted` is called once it is: later, while the Slot that held it is destroyed.
    [[nodiscard]] std::unique_ptr<Slot> take(std::function<void()> granted);

private:
    int m_held = 0;
    std::list<Slot *> m_waiting;
};

/// The HostSlots of all hosts that somebody calls. One thread.
class HostTable final
{
public:
    /// Those of `host`, any text that tells hosts apart; shared with whoever else has them.
    [[nodiscard]] std::shared_ptr<HostSlots> slotsOf(const QString &host);

private:
    QHash<QString, std::weak_ptr<HostSlots>> m_hosts;
};

}
