#include "core/stream/itemset.h"

#include "core/stream/changeset.h"

namespace restream {
namespace {

constexpr qsizetype nowhere = -1;

}

auto ItemSet::Data::idAt() const
{
    return [this](qsizetype place) { return items[size_t(place)].id(); };
}

ItemSet::ItemSet(const std::vector<HeldItem> &items)
{
    m_data->items.reserve(items.size());
    m_data->index.reserve(qsizetype(items.size()));
    for (const HeldItem &held : items) {
        m_data->add(held.item);
        m_data->setMissingSince(placeCount() - 1, held.missingSince);
    }
}

ItemSet::Iterator ItemSet::begin() const
{
    const std::vector<Item> &items = m_data->items;
    return { items.data(), items.data() + items.size() };
}

ItemSet::Iterator ItemSet::end() const
{
    const std::vector<Item> &items = m_data->items;
    return { items.data() + items.size(), items.data() + items.size() };
}

qsizetype ItemSet::placeOf(QByteArrayView id) const
{
    return m_data->index.find(id, m_data->idAt());
}

const Item *ItemSet::find(QByteArrayView id) const
{
    const qsizetype place = placeOf(id);
    return place < 0 ? nullptr : &at(place);
}

void ItemSet::setMissingSince(QByteArrayView id, qint64 poll)
{
    const qsizetype place = placeOf(id);
    if (place >= 0)
        m_data->setMissingSince(place, poll);
}

void ItemSet::apply(const Changeset &changes)
{
    if (changes.isEmpty())
        return;
    Data &data = *m_data;
    for (const QByteArray &id : changes.removed)
        data.remove(id);
    data.closeUp();
    for (const Update &update : changes.updated)
        data.replace(update.after);
    if (changes.added.size() > data.items.size()) // the first ones: no growth in steps
        data.items.reserve(data.items.size() + changes.added.size());
    for (const Item &item : changes.added) {
        if (!data.replace(item))
            data.add(item);
    }
    if (changes.order)
        data.reorder(*changes.order);
}

bool ItemSet::Data::replace(const Item &item)
{
    const qsizetype place = index.find(item.id(), idAt());
    if (place < 0)
        return false;
    Item &held = items[size_t(place)];
    bytes += item.bytes() - held.bytes();
    held = item;
    return true;
}

void ItemSet::Data::add(const Item &item)
{
    index.insert(item.id(), qsizetype(items.size()));
    bytes += item.bytes();
    items.push_back(item);
    if (!missingSince.empty())
        missingSince.push_back(0);
}

void ItemSet::Data::remove(QByteArrayView id)
{
    const qsizetype place = index.remove(id, idAt());
    if (place < 0)
        return;
    bytes -= items[size_t(place)].bytes();
    items[size_t(place)] = Item();
    setMissingSince(place, 0);
}

void ItemSet::Data::setMissingSince(qsizetype place, qint64 poll)
{
    if (missingSince.empty()) {
        if (poll == 0)
            return;
        missingSince.resize(items.size());
    }
    qint64 &since = missingSince[size_t(place)];
    missing += qsizetype(poll != 0) - qsizetype(since != 0);
    since = poll;
    if (missing == 0)
        missingSince = {};
}

/// Closes the gaps between items where there are many; each then has cost its share.
void ItemSet::Data::closeUp()
{
    const auto empty = qsizetype(items.size()) - index.size();
    if (empty * 4 <= qsizetype(items.size()))
        return;
    std::vector<qsizetype> places(items.size(), nowhere);
    qsizetype next = 0;
    for (size_t i = 0; i < items.size(); ++i) {
        if (!items[i].isNull())
            places[i] = next++;
    }
    rearrange(places, next);
}

void ItemSet::Data::reorder(const std::vector<QByteArray> &ids)
{
    std::vector<qsizetype> places(items.size(), nowhere);
    qsizetype next = 0;
    for (const QByteArray &id : ids) {
        const qsizetype place = index.find(id, idAt());
        if (place >= 0 && places[size_t(place)] == nowhere)
            places[size_t(place)] = next++;
    }
    for (size_t i = 0; i < items.size(); ++i) {
        if (places[i] == nowhere && !items[i].isNull())
            places[i] = next++;
    }
    rearrange(places, next);
}

/// Moves each item to the place that `places` gives for its present one. `count` places remain.
void ItemSet::Data::rearrange(const std::vector<qsizetype> &places, qsizetype count)
{
    const auto moved = [&places, count](auto &from) {
        std::remove_reference_t<decltype(from)> to(static_cast<size_t>(count));
        for (size_t i = 0; i < from.size(); ++i) {
            if (places[i] != nowhere)
                to[size_t(places[i])] = std::move(from[i]);
        }
        from = std::move(to);
    };
    moved(items);
    if (!missingSince.empty())
        moved(missingSince);
    index.move(places);
}

}
