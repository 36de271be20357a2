#pragma once

#include <QByteArrayView>

#include <optional>
#include <vector>

namespace restream {

/// Finds ids in a list that its owner keeps. Holds places and hashes alone, 8 bytes a slot, so that neither growth nor removal looks at an id again.
/// (QHash<QByteArray, …> spends 118 ns on the hash of 10 bytes, and polls mostly consist of ids that are looked up.)
class IdIndex final
{
public:
    void reserve(qsizetype count);

    [[nodiscard]] qsizetype size() const { return qsizetype(m_count); }

    /// The place of `id`, or -1. `idAt(place)` gives the id at a place of the owner's list.
    template<typename IdAt>
    [[nodiscard]] qsizetype find(QByteArrayView id, IdAt idAt) const
    {
        const std::optional<size_t> slot = slotOf(id, idAt);
        return slot ? qsizetype(m_slots[*slot].place) : -1;
    }

    /// `id`, which is not in it yet, is at `place`.
    void insert(QByteArrayView id, qsizetype place);
    /// Forgets `id`; gives the place that it had, or -1.
    template<typename IdAt>
    qsizetype remove(QByteArrayView id, IdAt idAt)
    {
        const std::optional<size_t> slot = slotOf(id, idAt);
        return slot ? qsizetype(vacate(*slot)) : -1;
    }
    /// Each id is now at the place that `places` gives for its former one; negative: it is gone.
    void move(const std::vector<qsizetype> &places);

private:
    static constexpr quint32 none = 0xffffffff;
    struct Slot
    {
        quint32 hash = 0;
        quint32 place = none;
    };

    template<typename IdAt>
    [[nodiscard]] std::optional<size_t> slotOf(QByteArrayView id, IdAt idAt) const
    {
        if (m_slots.empty())
            return {};
        const quint32 hash = hashOf(id);
        for (size_t i = hash & mask(); m_slots[i].place != none; i = (i + 1) & mask()) {
            if (m_slots[i].hash == hash && idAt(qsizetype(m_slots[i].place)) == id)
                return i;
        }
        return {};
    }

    static quint32 hashOf(QByteArrayView id);
    static size_t slotsFor(size_t count);
    [[nodiscard]] size_t mask() const { return m_slots.size() - 1; }
    void put(Slot slot);
    quint32 vacate(size_t slot);
    void resize(size_t slotCount);

    std::vector<Slot> m_slots; ///< as many as a power of two, at most three quarters of them taken
    size_t m_count = 0;
};

}
