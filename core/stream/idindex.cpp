#include "core/stream/idindex.h"

#include <QHashFunctions>

#include <bit>
#include <cstring>

namespace restream {

/// Seeded, as ids come from servers that may mean harm.
quint32 IdIndex::hashOf(QByteArrayView id)
{
    static const auto seed = static_cast<quint64>(QHashSeed::globalSeed());
    quint64 hash = seed ^ static_cast<quint64>(id.size());
    const auto mix = [&hash](quint64 word) {
        hash = (hash ^ word) * 0x9e3779b97f4a7c15;
        hash ^= hash >> 32;
    };
    const char *at = id.data();
    qsizetype left = id.size();
    for (; left > 8; at += 8, left -= 8) {
        quint64 word = 0;
        std::memcpy(&word, at, 8);
        mix(word);
    }
    quint64 last = 0;
    if (left > 0)
        std::memcpy(&last, at, static_cast<size_t>(left));
    mix(last);
    mix(seed);
    return static_cast<quint32>(hash);
}

size_t IdIndex::slotsFor(size_t count)
{
    return std::bit_ceil(std::max<size_t>(count * 4 / 3 + 1, 8));
}

void IdIndex::reserve(qsizetype count)
{
    const size_t slotCount = slotsFor(static_cast<size_t>(count));
    if (slotCount > m_slots.size())
        resize(slotCount);
}

void IdIndex::insert(QByteArrayView id, qsizetype place)
{
    if ((m_count + 1) * 4 > m_slots.size() * 3)
        resize(slotsFor(m_count + 1));
    put({ hashOf(id), static_cast<quint32>(place) });
}

void IdIndex::move(const std::vector<qsizetype> &places)
{
    size_t staying = 0;
    for (Slot &slot : m_slots) {
        if (slot.place != none) {
            const qsizetype place = places[slot.place];
            slot.place = place < 0 ? none : static_cast<quint32>(place);
            staying += place < 0 ? 0 : 1;
        }
    }
    // A slot that became free may end the search for an id behind it.
    if (staying != m_count)
        resize(slotsFor(staying));
}

/// Empties a slot; what it kept from its own slot moves up, as an empty one ends each search. Gives the place.
quint32 IdIndex::vacate(size_t slot)
{
    const quint32 place = m_slots[slot].place;
    for (size_t i = (slot + 1) & mask(); m_slots[i].place != none; i = (i + 1) & mask()) {
        const size_t ideal = m_slots[i].hash & mask();
        if (((i - ideal) & mask()) >= ((i - slot) & mask())) {
            m_slots[slot] = m_slots[i];
            slot = i;
        }
    }
    m_slots[slot] = Slot();
    --m_count;
    return place;
}

void IdIndex::put(Slot slot)
{
    size_t i = slot.hash & mask();
    while (m_slots[i].place != none)
        i = (i + 1) & mask();
    m_slots[i] = slot;
    ++m_count;
}

void IdIndex::resize(size_t slotCount)
{
    const std::vector<Slot> former = std::exchange(m_slots, std::vector<Slot>(slotCount));
    m_count = 0;
    for (const Slot &slot : former) {
        if (slot.place != none)
            put(slot);
    }
}

}
