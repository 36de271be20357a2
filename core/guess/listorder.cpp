#include "core/guess/listorder.h"

#include <QSet>

#include <algorithm>

namespace restream {
namespace {

constexpr size_t fewestItems = 4;

/// An instant that lies ahead says when something ends, not when it came.
bool speaksOfTheFuture(const QByteArray &name)
{
    static const QSet<QByteArray> words { "expires",   "expiry",   "expected", "due",
                                          "end",       "ends",     "until",    "arrival",
                                          "departure", "deadline", "eta",      "forecast",
                                          "scheduled", "onset",    "live" };
    const QByteArrayList found = nameWords(name);
    return std::any_of(found.cbegin(), found.cend(),
                       [](const QByteArray &word) { return words.contains(word); });
}

struct Steps
{
    qint64 down = 0;
    qint64 up = 0;
    qint64 level = 0;
};

/// How the times of a member go from one item to the next. Nothing: they are not there.
std::optional<Steps> stepsOf(const std::vector<FlatItem> &items, const MemberProfile &profile)
{
    Steps steps;
    std::optional<qint64> last;
    qint64 missing = 0;
    for (const FlatItem &item : items) {
        const std::optional<qint64> time = timeOf(item.value(profile.pointer), profile.name);
        missing += time ? 0 : 1;
        if (time && last)
            ++(*time < *last ? steps.down : *time > *last ? steps.up : steps.level);
        if (time)
            last = time;
    }
    return missing * 10 > qint64(items.size()) ? std::nullopt : std::optional(steps);
}

Steps sum(const std::vector<IdentifiedItems> &polls, const MemberProfile &profile, bool &isThere)
{
    Steps all;
    for (const IdentifiedItems &poll : polls) {
        const std::optional<Steps> steps = stepsOf(poll.items, profile);
        isThere = isThere && steps;
        if (!steps)
            break;
        all.down += steps->down;
        all.up += steps->up;
        all.level += steps->level;
    }
    return all;
}

QHash<QByteArray, size_t> placesOf(const IdentifiedItems &poll)
{
    QHash<QByteArray, size_t> places;
    for (size_t i = 0; i < poll.ids.size(); ++i)
        places.insert(poll.ids[i], i);
    return places;
}

void compare(const IdentifiedItems &older, const IdentifiedItems &newer, Turnover &turnover)
{
    const QHash<QByteArray, size_t> now = placesOf(newer);
    const QHash<QByteArray, size_t> before = placesOf(older);
    size_t lastStayed = 0;
    bool any = false;
    for (size_t i = 0; i < older.ids.size(); ++i) {
        const auto found = now.constFind(older.ids[i]);
        if (found == now.cend())
            continue;
        turnover.orderChanged =
            turnover.orderChanged || (any && *found < now.value(older.ids[lastStayed]));
        lastStayed = i;
        any = true;
    }
    for (size_t i = 0; i < older.ids.size(); ++i) {
        if (now.contains(older.ids[i]))
            continue;
        ++turnover.gone;
        turnover.goneFromEnd += any && i > lastStayed ? 1 : 0;
    }
    for (const QByteArray &id : newer.ids)
        turnover.added += before.contains(id) ? 0 : 1;
}

/// What goes and comes back soon was never gone.
void countReturns(const std::vector<IdentifiedItems> &polls, Turnover &turnover)
{
    constexpr qint64 longestFlap = 2;
    QHash<QByteArray, qint64> lastSeen;
    for (size_t i = 0; i < polls.size(); ++i) {
        for (const QByteArray &id : polls[i].ids) {
            const auto seen = lastSeen.constFind(id);
            const qint64 gap = seen == lastSeen.cend() ? 0 : qint64(i) - *seen - 1;
            if (gap > 0 && gap <= longestFlap) {
                ++turnover.returned;
                turnover.longestGap = std::max(turnover.longestGap, int(gap));
            }
            lastSeen.insert(id, qint64(i));
        }
    }
}

}

std::optional<TimeOrder> timeOrderOf(const std::vector<IdentifiedItems> &polls)
{
    std::vector<IdentifiedItems> long_;
    std::copy_if(polls.begin(), polls.end(), std::back_inserter(long_),
                 [](const IdentifiedItems &poll) { return poll.items.size() >= fewestItems; });
    if (long_.empty())
        return {};
    const std::vector<MemberProfile> profiles = profileOf({ long_.front().items });
    for (const MemberProfile &profile : profiles) {
        if (!profile.isMostly(ValueShape::Date) || speaksOfTheFuture(profile.name))
            continue;
        bool isThere = true;
        const Steps steps = sum(long_, profile, isThere);
        const qint64 moves = steps.down + steps.up;
        // Where nearly all say the same time, their order says nothing.
        if (!isThere || moves < 3 || moves * 5 < steps.level)
            continue;
        if (steps.down * 100 >= moves * 97)
            return TimeOrder { profile.field(), true };
        if (steps.up * 100 >= moves * 97)
            return TimeOrder { profile.field(), false };
    }
    return {};
}

Turnover turnoverOf(const std::vector<IdentifiedItems> &polls)
{
    Turnover turnover;
    for (size_t i = 0; i + 1 < polls.size(); ++i)
        compare(polls[i], polls[i + 1], turnover);
    countReturns(polls, turnover);
    return turnover;
}

}
