#pragma once

#include "core/stream/idindex.h"

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace restream {

/// One item as every client holds it.
struct Item
{
    /// UTF-8; an upstream number is its JSON text. A lone surrogate is kept as WTF-8.
    QByteArray id;
    /// The upstream's own tokens, byte for byte, without the white space between them.
    QByteArray text;

    bool operator==(const Item &) const = default;
};

/// An item of a stream, with what removal needs to know of it.
struct HeldItem
{
    Item item;
    /// 0: it was in the last poll. Else the number of the poll (Stream::polls) in which it was first missing.
    qint64 missingSince = 0;

    bool operator==(const HeldItem &) const = default;
};

struct Changeset;

/// The items of a stream in their order, found by id. A plain value.
class ItemSet final
{
public:
    ItemSet() = default;
    explicit ItemSet(std::vector<HeldItem> items); ///< each id once

    [[nodiscard]] const std::vector<HeldItem> &items() const { return m_items; }
    [[nodiscard]] qsizetype size() const { return qsizetype(m_items.size()); }
    [[nodiscard]] bool isEmpty() const { return m_items.empty(); }
    /// The place of `id`, or -1.
    [[nodiscard]] qsizetype indexOf(QByteArrayView id) const
    {
        return m_index.find(id, [this](qsizetype place) -> const QByteArray & {
            return m_items[size_t(place)].item.id;
        });
    }
    /// Null when there is none.
    [[nodiscard]] const HeldItem *find(const QByteArray &id) const;
    /// Sum of the sizes of all ids and texts, in bytes.
    [[nodiscard]] qint64 bytes() const { return m_bytes; }

    /// Removes, updates in place, adds at the end and then, where the changeset carries one, takes its order.
    void apply(const Changeset &changes);
    /// Notes since which poll an item is missing; 0: it is back.
    void setMissingSince(const QByteArray &id, qint64 poll);

private:
    bool replace(const Item &item);
    void remove(const std::vector<QByteArray> &ids);
    void reorder(const std::vector<QByteArray> &ids);
    void rearrange(const std::vector<qsizetype> &places, qsizetype count);

    std::vector<HeldItem> m_items;
    IdIndex m_index;
    qint64 m_bytes = 0;
};

}
