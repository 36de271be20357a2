#include "core/stream/diff.h"

#include "core/stream/jsonpointer.h"
#include "core/stream/jsonscan.h"

#include <algorithm>

namespace restream {
namespace {

Item itemOf(const PolledItem &polled)
{
    return jsonscan::isCompact(polled.raw) ? Item(polled.id, polled.raw)
                                           : Item(polled.id, compactJson(polled.raw));
}

/// One comparison of what is held with what a poll brought.
class Comparing final
{
public:
    Comparing(const ItemSet &held, const DiffRules &rules, qint64 poll)
        : m_held(held),
          m_rules(rules),
          m_poll(poll),
          m_fates(size_t(held.placeCount()), Fate::Missing)
    {
        for (size_t place = 0; place < m_fates.size(); ++place) {
            if (held.at(qsizetype(place)).isNull())
                m_fates[place] = Fate::None;
        }
    }

    Difference withPoll(const PolledItems &polled);
    Difference withSamePoll();

private:
    enum class Fate : quint8 {
        None, ///< the place is empty
        Present, ///< in this poll
        Missing, ///< not in it, and stays
        Removed
    };

    void compare(const PolledItems &polled);
    [[nodiscard]] bool isUnchanged(QByteArrayView held, QByteArrayView raw) const;
    void removeMissing();
    void removeBeyondLimit();
    void noteMissing();
    void noteOrder(const PolledItems &polled);
    static bool stays(Fate fate) { return fate == Fate::Present || fate == Fate::Missing; }
    [[nodiscard]] QByteArray idAt(size_t place) const
    {
        return m_held.at(qsizetype(place)).id().toByteArray();
    }
    [[nodiscard]] qint64 missingSince(size_t place) const
    {
        const qint64 since = m_held.missingSince(qsizetype(place));
        return since == 0 ? m_poll : since;
    }

    const ItemSet &m_held;
    const DiffRules &m_rules;
    const qint64 m_poll;
    std::vector<Fate> m_fates; ///< of each place
    JsonPlaces m_ignored;
    Difference m_result;
};

Difference Comparing::withPoll(const PolledItems &polled)
{
    std::vector<QByteArray> pointers;
    for (const QString &pointer : m_rules.ignore)
        pointers.push_back(pointer.toUtf8());
    m_ignored = JsonPlaces(pointers);
    compare(polled);
    removeMissing();
    removeBeyondLimit();
    noteMissing();
    if (m_rules.ordered)
        noteOrder(polled);
    return std::move(m_result);
}

Difference Comparing::withSamePoll()
{
    for (size_t i = 0; i < m_fates.size(); ++i) {
        if (m_fates[i] == Fate::Missing && m_held.missingSince(qsizetype(i)) == 0)
            m_fates[i] = Fate::Present;
    }
    removeMissing();
    noteMissing();
    return std::move(m_result);
}

void Comparing::compare(const PolledItems &polled)
{
    for (const PolledItem &item : polled.items) {
        const qsizetype place = item.place;
        if (place < 0) {
            m_result.changes.added.push_back(itemOf(item));
            continue;
        }
        m_fates[size_t(place)] = Fate::Present;
        if (const Item &held = m_held.at(place);
            !item.isHeld && !isUnchanged(held.text(), item.raw))
            m_result.changes.updated.emplace_back(held, itemOf(item));
        if (m_held.missingSince(place) != 0)
            m_result.missingSince.emplace_back(idAt(size_t(place)), 0);
    }
}

bool Comparing::isUnchanged(QByteArrayView held, QByteArrayView raw) const
{
    return sameTokens(held, raw) || equalExcept(held, raw, m_ignored);
}

void Comparing::removeMissing()
{
    if (m_rules.removal.mode == RemovalRule::Mode::Window)
        return;
    for (size_t i = 0; i < m_fates.size(); ++i) {
        if (m_fates[i] == Fate::Missing && m_poll - missingSince(i) + 1 >= m_rules.removal.after)
            m_fates[i] = Fate::Removed;
    }
}

void Comparing::removeBeyondLimit()
{
    const auto staying = std::count_if(m_fates.begin(), m_fates.end(), stays);
    const qint64 excess = staying + qint64(m_result.changes.added.size()) - m_rules.maxItems;
    if (excess <= 0)
        return;
    std::vector<size_t> missing;
    for (size_t i = 0; i < m_fates.size(); ++i) {
        if (m_fates[i] == Fate::Missing)
            missing.push_back(i);
    }
    std::stable_sort(missing.begin(), missing.end(),
                     [this](size_t a, size_t b) { return missingSince(a) < missingSince(b); });
    missing.resize(std::min(missing.size(), size_t(excess)));
    for (const size_t place : missing)
        m_fates[place] = Fate::Removed;
}

void Comparing::noteMissing()
{
    for (size_t i = 0; i < m_fates.size(); ++i) {
        if (m_fates[i] == Fate::Removed)
            m_result.changes.removed.push_back(idAt(i));
        else if (m_fates[i] == Fate::Missing && m_held.missingSince(qsizetype(i)) == 0)
            m_result.missingSince.emplace_back(idAt(i), m_poll);
    }
}

void Comparing::noteOrder(const PolledItems &polled)
{
    const bool window = m_rules.removal.mode == RemovalRule::Mode::Window;
    std::vector<QByteArrayView> wanted;
    wanted.reserve(m_fates.size() + polled.items.size());
    const auto takeMissing = [&](size_t from) {
        for (; from < m_fates.size() && m_fates[from] != Fate::Present; ++from) {
            if (m_fates[from] == Fate::Missing)
                wanted.push_back(m_held.at(qsizetype(from)).id());
        }
    };
    // What a snapshot lacks for a while keeps its place behind its neighbour, so that its return changes nothing.
    if (!window)
        takeMissing(0);
    for (const PolledItem &item : polled.items) {
        wanted.emplace_back(item.id);
        if (!window && item.place >= 0)
            takeMissing(size_t(item.place) + 1);
    }
    for (size_t i = 0; window && i < m_fates.size(); ++i) {
        if (m_fates[i] == Fate::Missing)
            wanted.push_back(m_held.at(qsizetype(i)).id());
    }

    size_t next = 0; // through what results without an order
    bool same = true;
    const auto expect = [&](QByteArrayView id) { same = same && wanted[next++] == id; };
    for (size_t i = 0; i < m_fates.size(); ++i) {
        if (stays(m_fates[i]))
            expect(m_held.at(qsizetype(i)).id());
    }
    for (const Item &item : m_result.changes.added)
        expect(item.id());
    if (same)
        return;
    std::vector<QByteArray> &order = m_result.changes.order.emplace();
    order.reserve(wanted.size());
    for (const QByteArrayView id : wanted)
        order.emplace_back(id.data(), id.size());
}

}

DiffRules diffRules(const ChannelDefinition &definition)
{
    return { definition.ignore, definition.removal, definition.ordered, definition.maxItems };
}

Difference diff(const PolledItems &polled, const DiffRules &rules, qint64 poll)
{
    return Comparing(polled.held, rules, poll).withPoll(polled);
}

Difference diffUnchanged(const ItemSet &held, const DiffRules &rules, qint64 poll)
{
    return Comparing(held, rules, poll).withSamePoll();
}

}
