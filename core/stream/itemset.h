#pragma once

#include "core/stream/idindex.h"
#include "core/stream/item.h"

#include <QSharedDataPointer>

#include <vector>

namespace restream {

struct Changeset;

/// The items of a stream in their order, found by id. A value that is cheap to copy.
///
/// An item has a place, which grows along the order. A removed one leaves its place empty, so that removal costs nothing for those that
/// stay; when a quarter is empty, they close up.
class ItemSet final
{
public:
    class Iterator;

    ItemSet() = default;
    explicit ItemSet(const std::vector<HeldItem> &items); ///< each id once

    [[nodiscard]] Iterator begin() const;
    [[nodiscard]] Iterator end() const;
    [[nodiscard]] qsizetype size() const { return m_data->index.size(); }
    [[nodiscard]] bool isEmpty() const { return size() == 0; }
    /// Places are below it.
    [[nodiscard]] qsizetype placeCount() const { return qsizetype(m_data->items.size()); }
    /// Item::isNull(): the place is empty.
    [[nodiscard]] const Item &at(qsizetype place) const { return m_data->items[size_t(place)]; }
    /// The place of `id`, or -1.
    [[nodiscard]] qsizetype placeOf(QByteArrayView id) const;
    /// Null when there is none; until the next change.
    [[nodiscard]] const Item *find(QByteArrayView id) const;
    /// As HeldItem::missingSince.
    [[nodiscard]] qint64 missingSince(qsizetype place) const
    {
        return m_data->missingSince.empty() ? 0 : m_data->missingSince[size_t(place)];
    }
    /// Sum of the sizes of all ids and texts, in bytes.
    [[nodiscard]] qint64 bytes() const { return m_data->bytes; }

    /// Removes, updates in place, adds at the end and then, where the changeset carries one, takes its order.
    void apply(const Changeset &changes);
    /// Notes since which poll an item is missing; 0: it is back.
    void setMissingSince(QByteArrayView id, qint64 poll);

private:
    struct Data : QSharedData
    {
        std::vector<Item> items; ///< null: the place is empty
        std::vector<qint64> missingSince; ///< of each place; empty: none is missing
        qsizetype missing = 0;
        qint64 bytes = 0;
        IdIndex index;

        [[nodiscard]] auto idAt() const;
        bool replace(const Item &item);
        void add(const Item &item);
        void remove(QByteArrayView id);
        void setMissingSince(qsizetype place, qint64 poll);
        void reorder(const std::vector<QByteArray> &ids);
        void closeUp();
        void rearrange(const std::vector<qsizetype> &places, qsizetype count);
    };

    QSharedDataPointer<Data> m_data { new Data };
};

/// Goes from item to item, past empty places.
class ItemSet::Iterator final
{
public:
    Iterator(const Item *at, const Item *end) : m_at(at), m_end(end) { skipEmpty(); }

    const Item &operator*() const { return *m_at; }
    Iterator &operator++()
    {
        ++m_at;
        skipEmpty();
        return *this;
    }
    bool operator==(const Iterator &other) const { return m_at == other.m_at; }

private:
    void skipEmpty()
    {
        while (m_at != m_end && m_at->isNull())
            ++m_at;
    }

    const Item *m_at;
    const Item *m_end;
};

}
