#include "core/poll/hostslots.h"

#include <utility>

namespace restream {

HostSlots::Slot::~Slot()
{
    if (!isHeld()) {
        m_host->m_waiting.erase(m_place);
        return;
    }
    if (m_host->m_waiting.empty()) {
        --m_host->m_held;
        return;
    }
    Slot *next = m_host->m_waiting.front();
    m_host->m_waiting.pop_front();
    // It may destroy that slot, and this function with it.
    const auto granted = std::exchange(next->m_granted, nullptr);
    granted();
}

std::unique_ptr<HostSlots::Slot> HostSlots::take(std::function<void()> granted)
{
    std::unique_ptr<Slot> slot(new Slot(shared_from_this()));
    if (m_held < most) {
        ++m_held;
    } else {
        slot->m_granted = std::move(granted);
        slot->m_place = m_waiting.insert(m_waiting.end(), slot.get());
    }
    return slot;
}

std::shared_ptr<HostSlots> HostTable::slotsOf(const QString &host)
{
    if (std::shared_ptr<HostSlots> known = m_hosts.value(host).lock())
        return known;
    m_hosts.removeIf([](QHash<QString, std::weak_ptr<HostSlots>>::iterator one) {
        return one.value().expired();
    });
    auto made = std::make_shared<HostSlots>();
    m_hosts.insert(host, made);
    return made;
}

}
