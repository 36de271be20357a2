#include "core/stream/diff.h"

#include "core/stream/jsonpointer.h"

#include <algorithm>

namespace restream {
namespace {

/// One comparison of what is held with what a poll brought.
class Comparing final
{
public:
    Comparing(const ItemSet &held, const DiffRules &rules, qint64 poll)
        : m_held(held.items()),
          m_set(held),
          m_rules(rules),
          m_poll(poll),
          m_fates(m_held.size(), Fate::Missing)
    {
    }

    Difference withPoll(const PolledItems &polled);
    Difference withSamePoll();

private:
    enum class Fate : quint8 {
        Present, ///< in this poll
        Missing, ///< not in it, and stays
        Removed
    };

    void compare(const PolledItems &polled);
    [[nodiscard]] bool isUnchanged(const QByteArray &held, QByteArrayView raw) const;
    void removeMissing();
    void removeBeyondLimit();
    void noteMissing();
    void noteOrder(const PolledItems &polled);
    [[nodiscard]] qint64 missingSince(size_t place) const
    {
        return m_held[place].missingSince == 0 ? m_poll : m_held[place].missingSince;
    }

    const std::vector<HeldItem> &m_held;
    const ItemSet &m_set;
    const DiffRules &m_rules;
    const qint64 m_poll;
    std::vector<Fate> m_fates; ///< of each held item
    std::vector<qsizetype> m_places; ///< where each polled item is held; -1: it is new
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
    for (size_t i = 0; i < m_held.size(); ++i) {
        if (m_held[i].missingSince == 0)
            m_fates[i] = Fate::Present;
    }
    removeMissing();
    noteMissing();
    return std::move(m_result);
}

void Comparing::compare(const PolledItems &polled)
{
    m_places.reserve(polled.items.size());
    size_t guess = 0; // bodies mostly keep their order: behind the last item comes the next one
    for (const PolledItem &item : polled.items) {
        const bool guessed = guess < m_held.size() && m_held[guess].item.id == item.id;
        const qsizetype place = guessed ? qsizetype(guess) : m_set.indexOf(item.id);
        m_places.push_back(place);
        if (place < 0) {
            m_result.changes.added.push_back({ item.id, compactJson(item.raw) });
            continue;
        }
        guess = size_t(place) + 1;
        m_fates[size_t(place)] = Fate::Present;
        const HeldItem &held = m_held[size_t(place)];
        if (!isUnchanged(held.item.text, item.raw))
            m_result.changes.updated.push_back({ item.id, held.item.text, compactJson(item.raw) });
        if (held.missingSince != 0)
            m_result.missingSince.emplace_back(item.id, 0);
    }
}

bool Comparing::isUnchanged(const QByteArray &held, QByteArrayView raw) const
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
    const auto staying = std::count_if(m_fates.begin(), m_fates.end(),
                                       [](Fate fate) { return fate != Fate::Removed; });
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
            m_result.changes.removed.push_back(m_held[i].item.id);
        else if (m_fates[i] == Fate::Missing && m_held[i].missingSince == 0)
            m_result.missingSince.emplace_back(m_held[i].item.id, m_poll);
    }
}

void Comparing::noteOrder(const PolledItems &polled)
{
    const bool window = m_rules.removal.mode == RemovalRule::Mode::Window;
    std::vector<QByteArray> wanted;
    wanted.reserve(m_held.size() + polled.items.size());
    const auto takeMissing = [&](size_t from) {
        for (; from < m_held.size() && m_fates[from] != Fate::Present; ++from) {
            if (m_fates[from] == Fate::Missing)
                wanted.push_back(m_held[from].item.id);
        }
    };
    // What a snapshot lacks for a while keeps its place behind its neighbour, so that its return changes nothing.
    if (!window)
        takeMissing(0);
    for (size_t i = 0; i < polled.items.size(); ++i) {
        wanted.push_back(polled.items[i].id);
        if (!window && m_places[i] >= 0)
            takeMissing(size_t(m_places[i]) + 1);
    }
    for (size_t i = 0; window && i < m_held.size(); ++i) {
        if (m_fates[i] == Fate::Missing)
            wanted.push_back(m_held[i].item.id);
    }

    size_t next = 0; // through what results without an order
    bool same = true;
    const auto expect = [&](const QByteArray &id) { same = same && wanted[next++] == id; };
    for (size_t i = 0; i < m_held.size(); ++i) {
        if (m_fates[i] != Fate::Removed)
            expect(m_held[i].item.id);
    }
    for (const Item &item : m_result.changes.added)
        expect(item.id);
    if (!same)
        m_result.changes.order = std::move(wanted);
}

}

DiffRules diffRules(const ChannelDefinition &definition)
{
    return { definition.ignore, definition.removal, definition.ordered, definition.maxItems };
}

Difference diff(const ItemSet &held, const PolledItems &polled, const DiffRules &rules, qint64 poll)
{
    return Comparing(held, rules, poll).withPoll(polled);
}

Difference diffUnchanged(const ItemSet &held, const DiffRules &rules, qint64 poll)
{
    return Comparing(held, rules, poll).withSamePoll();
}

}
