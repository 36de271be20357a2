#include "core/guess/changeguess.h"

#include "core/guess/listorder.h"

#include <QSet>

#include <algorithm>

namespace restream {
namespace {

QString percent(qint64 part, qint64 all)
{
    return QString::number(all > 0 ? qRound(100 * double(part) / double(all)) : 0)
        % QLatin1String(" %");
}

/// Whether a member may move although nothing happened: it is a time or an age.
bool mayMoveByItself(const QByteArray &pointer, const JsonSlice &value)
{
    const QByteArray name = lastName(pointer);
    return namesATime(name) || namesAnAge(name) || shapeOf(value, name) == ValueShape::Date;
}

/// The members in which two states of an item differ.
QByteArrayList differences(const FlatItem &older, const FlatItem &newer)
{
    QByteArrayList changed;
    for (auto it = newer.cbegin(); it != newer.cend(); ++it) {
        const auto before = older.constFind(it.key());
        if (before == older.cend() || before->text() != it->text())
            changed << it.key();
    }
    for (auto it = older.cbegin(); it != older.cend(); ++it) {
        if (!newer.contains(it.key()))
            changed << it.key();
    }
    return changed;
}

/// How items that stayed changed from poll to poll.
struct Updates
{
    qint64 compared = 0;
    std::vector<QByteArrayList> changes; ///< of those that changed
    QHash<QByteArray, qint64> byMember;
    QSet<QByteArray> movable; ///< members that may move by themselves
};

Updates updatesOf(const std::vector<IdentifiedItems> &polls)
{
    constexpr size_t mostChanges = 20000;
    Updates updates;
    for (size_t i = 0; i + 1 < polls.size() && updates.changes.size() < mostChanges; ++i) {
        QHash<QByteArray, size_t> places;
        for (size_t k = 0; k < polls[i].ids.size(); ++k)
            places.insert(polls[i].ids[k], k);
        qint64 compared = 0;
        const size_t before = updates.changes.size();
        for (size_t k = 0; k < polls[i + 1].ids.size(); ++k) {
            const auto found = places.constFind(polls[i + 1].ids[k]);
            if (found == places.cend())
                continue;
            ++compared;
            const FlatItem &newer = polls[i + 1].items[k];
            const QByteArrayList changed = differences(polls[i].items[*found], newer);
            for (const QByteArray &pointer : changed) {
                ++updates.byMember[pointer];
                if (mayMoveByItself(pointer, newer.value(pointer)))
                    updates.movable.insert(pointer);
            }
            if (!changed.isEmpty())
                updates.changes.push_back(changed);
        }
        // A poll that brought the same as the last says nothing about what moves with each.
        updates.compared += updates.changes.size() > before ? compared : 0;
    }
    return updates;
}

void guessIgnore(const std::vector<IdentifiedItems> &polls, ChangeGuess &guess)
{
    const Updates updates = updatesOf(polls);
    QSet<QByteArray> restless;
    for (auto it = updates.byMember.cbegin(); it != updates.byMember.cend(); ++it) {
        if (updates.movable.contains(it.key()) && it.value() * 2 >= updates.compared)
            restless.insert(it.key());
    }
    const auto idle = std::count_if(
        updates.changes.begin(), updates.changes.end(), [&restless](const QByteArrayList &changed) {
            return std::all_of(changed.cbegin(), changed.cend(),
                               [&](const QByteArray &member) { return restless.contains(member); });
        });
    if (restless.isEmpty() || idle * 5 < qint64(updates.changes.size()))
        return;
    QStringList pointers;
    for (const QByteArray &pointer : std::as_const(restless))
        pointers << QString::fromUtf8(pointer);
    pointers.sort();
    guess.ignore = pointers;
    guess.ignoreWhy = QStringLiteral("%1 of the updates between the polls changed nothing else")
                          .arg(percent(idle, qint64(updates.changes.size())));
}

/// Of one poll only the names can tell, and the same time in all items.
void suggestIgnore(const std::vector<IdentifiedItems> &polls, const QStringList &idField,
                   ChangeGuess &guess)
{
    static const QSet<QByteArray> words { "reported", "fetched", "refreshed", "checked",
                                          "synced",   "seen",    "fetch" };
    if (polls.empty() || !guess.ignore.isEmpty())
        return;
    for (const MemberProfile &profile : profileOf({ polls.front().items })) {
        const QByteArrayList name = nameWords(profile.name);
        const bool isNamed = namesAnAge(profile.name)
            || (namesATime(profile.name) && name.contains("last"))
            || std::any_of(name.cbegin(), name.cend(),
                           [](const QByteArray &word) { return words.contains(word); });
        const bool isOne =
            profile.items > 2 && profile.distinct == 1 && profile.isMostly(ValueShape::Date);
        const bool isScalar = profile.isMostly(ValueShape::Date)
            || profile.isMostly(ValueShape::Integer) || profile.isMostly(ValueShape::Decimal);
        if (idField.contains(profile.field()) || !isScalar || (!isNamed && !isOne))
            continue;
        guess.mayIgnore.append(
            { QString::fromUtf8(profile.pointer),
              isOne ? QStringLiteral("the same time in all items: it may move with each poll")
                    : QStringLiteral("by its name it may move although nothing else does") });
    }
}

QString agree(qint64 count, const QString &noun)
{
    return QString::number(count) % u' ' % noun % (count == 1 ? QString() : u"s"_qs);
}

void guessRemoval(const std::vector<IdentifiedItems> &polls, const ListFacts &facts,
                  ChangeGuess &guess)
{
    using Mode = RemovalRule::Mode;
    const std::optional<TimeOrder> order = facts.isList ? timeOrderOf(polls) : std::nullopt;
    const Turnover turnover = turnoverOf(polls);
    const bool isSeries = order && facts.idField == QStringList { order->field };
    const bool grows = polls.size() > 2 && turnover.added > 2 && turnover.gone == 0;
    const bool fromMidst = turnover.gone > 2 && turnover.goneFromEnd * 2 < turnover.gone;
    guess.removal.mode = Mode::Snapshot;
    if (facts.isFeed || ((order && order->newestFirst) && !grows && !fromMidst) || isSeries) {
        guess.removal.mode = Mode::Window;
        guess.removalWhy = isSeries
            ? QStringLiteral("a time series by %1, so what goes missing has only left the window")
                  .arg(order->field)
            : order && order->newestFirst
            ? QStringLiteral("newest first by %1: a feed, so what goes missing has scrolled out")
                  .arg(order->field)
            : QStringLiteral("a feed by its format, so what goes missing has scrolled out");
    } else if (turnover.returned > 1 && turnover.returned * 10 >= turnover.gone) {
        guess.removal.after = turnover.longestGap + 1;
        guess.removalWhy =
            QStringLiteral("%1 went missing and came back within %2: only longer absence is an end")
                .arg(agree(turnover.returned, QStringLiteral("item")),
                     agree(turnover.longestGap + 1, QStringLiteral("poll")));
    } else if (order && order->newestFirst) {
        guess.removalWhy = grows
            ? QStringLiteral("newest first, but %1 came and none went: the whole list, which grows")
                  .arg(agree(turnover.added, QStringLiteral("item")))
            : QStringLiteral("newest first, but what went missing stood in its midst: taken away, "
                             "not scrolled out");
    } else {
        guess.removalWhy =
            QStringLiteral("a set of what is there now, so what goes missing is gone");
    }
}

void guessOrder(const std::vector<IdentifiedItems> &polls, const ListFacts &facts,
                ChangeGuess &guess)
{
    const bool byTime = timeOrderOf(polls).has_value();
    guess.ordered = facts.isList && facts.namedAsRanking && !byTime;
    if (guess.ordered)
        guess.orderedWhy = QStringLiteral("by its URL a ranking, in which places are news");
    else if (byTime)
        guess.orderedWhy = QStringLiteral("the order follows from the items' times");
    else if (facts.isList && turnoverOf(polls).orderChanged)
        guess.orderedWhy = QStringLiteral(
            "items changed places between the polls; true where the order is a ranking");
    else
        guess.orderedWhy = QStringLiteral("nothing says that the order means something");
}

}

ChangeGuess guessChanges(const std::vector<IdentifiedItems> &polls, const ListFacts &facts)
{
    ChangeGuess guess;
    guessIgnore(polls, guess);
    suggestIgnore(polls, facts.idField, guess);
    guessRemoval(polls, facts, guess);
    guessOrder(polls, facts, guess);
    return guess;
}

}
