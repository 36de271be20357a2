#pragma once

#include "core/config/channeldefinition.h"
#include "core/stream/itemids.h"
#include "core/stream/itemset.h"

namespace restream {

/// Recognises the items that a stream holds already in the next body, mostly the one behind the last, so that each costs one compare.
class KnownItems final : public KnownValues
{
public:
    /// What is known of a value of the body that may be an item.
    struct Value
    {
        quint32 offset = 0; ///< in the body
        bool isHeld = false; ///< it is the text of a held item
        qsizetype place = -1; ///< of the held item with its id; -1: there is none
        std::optional<QByteArray> id; ///< where it is not held, as ItemIds::of() gives it
    };

    /// Items of `definition`, of which `held` are held, in `body`; `path` leads to the items, `ids` are those of `definition`. All outlive it.
    KnownItems(const ItemSet &held, const ChannelDefinition &definition, const JsonPath &path,
               const ItemIds &ids, QByteArrayView body, const JsonSkips &skips);

    /// False: nothing can be recognised, as an item does not tell its id or none is held.
    [[nodiscard]] bool isUseful() const { return m_useful; }
    /// In the body's order.
    [[nodiscard]] std::vector<Value> takeValues() { return std::move(m_values); }

    const char *endOf(const char *at, const char *end, QByteArrayView name) override;
    void wasRead(JsonWalk::Place value) override;

private:
    const char *matchByName(const char *at, const char *end, QByteArrayView name);
    const char *matchNext(const char *at, const char *end);
    const char *match(qsizetype place, const char *at, const char *end);

    const ItemSet &m_held;
    const ItemIds &m_ids;
    const char *const m_begin;
    const JsonWalk m_walk;
    const bool m_byName; ///< the id is the member's name, and not told by the item
    const bool m_useful;
    qsizetype m_next = 0; ///< the place of the item that is expected next
    std::vector<Value> m_values;
};

}
