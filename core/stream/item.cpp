#include "core/stream/item.h"

#include "core/stream/changeset.h"

namespace restream {

ItemSet::ItemSet(std::vector<HeldItem> items) : m_items(std::move(items))
{
    m_index.reserve(size());
    qsizetype place = 0;
    for (const HeldItem &held : m_items) {
        m_bytes += held.item.id.size() + held.item.text.size();
        m_index.insert(held.item.id, place++);
    }
}

const HeldItem *ItemSet::find(const QByteArray &id) const
{
    const qsizetype place = indexOf(id);
    return place < 0 ? nullptr : &m_items[size_t(place)];
}

void ItemSet::setMissingSince(const QByteArray &id, qint64 poll)
{
    const qsizetype place = indexOf(id);
    if (place >= 0)
        m_items[size_t(place)].missingSince = poll;
}

void ItemSet::apply(const Changeset &changes)
{
    remove(changes.removed);
    for (const Update &update : changes.updated)
        replace({ update.id, update.after });
    m_items.reserve(m_items.size() + changes.added.size());
    for (const Item &item : changes.added) {
        if (replace(item))
            continue;
        m_index.insert(item.id, size());
        m_bytes += item.id.size() + item.text.size();
        m_items.push_back({ item, 0 });
    }
    if (changes.order)
        reorder(*changes.order);
}

bool ItemSet::replace(const Item &item)
{
    const qsizetype place = indexOf(item.id);
    if (place < 0)
        return false;
    HeldItem &held = m_items[size_t(place)];
    m_bytes += item.text.size() - held.item.text.size();
    held.item.text = item.text;
    return true;
}

void ItemSet::remove(const std::vector<QByteArray> &ids)
{
    if (ids.empty())
        return;
    constexpr qsizetype gone = -1;
    std::vector<qsizetype> places(m_items.size(), 0);
    for (const QByteArray &id : ids) {
        const qsizetype place = indexOf(id);
        if (place < 0 || places[size_t(place)] == gone)
            continue;
        const Item &item = m_items[size_t(place)].item;
        m_bytes -= item.id.size() + item.text.size();
        places[size_t(place)] = gone;
    }
    qsizetype next = 0;
    for (qsizetype &place : places) {
        if (place != gone)
            place = next++;
    }
    rearrange(places, next);
}

void ItemSet::reorder(const std::vector<QByteArray> &ids)
{
    constexpr qsizetype unnamed = -1;
    std::vector<qsizetype> places(m_items.size(), unnamed);
    qsizetype next = 0;
    for (const QByteArray &id : ids) {
        const qsizetype place = indexOf(id);
        if (place >= 0 && places[size_t(place)] == unnamed)
            places[size_t(place)] = next++;
    }
    for (qsizetype &place : places) {
        if (place == unnamed)
            place = next++;
    }
    rearrange(places, next);
}

/// Moves each item to the place that `places` gives for its present one; negative: it goes. `count` items stay.
void ItemSet::rearrange(const std::vector<qsizetype> &places, qsizetype count)
{
    std::vector<HeldItem> items(static_cast<size_t>(count));
    for (size_t i = 0; i < places.size(); ++i) {
        if (places[i] >= 0)
            items[size_t(places[i])] = std::move(m_items[i]);
    }
    m_items = std::move(items);
    m_index.move(places);
}

}
