#include "core/guess/idguess.h"

#include <QSet>

#include <algorithm>

namespace restream {
namespace {

constexpr double unremarkable = 1.5;
constexpr double goodEnough = 4; ///< below it, several members together may be better

bool endsAsId(const QByteArray &name)
{
    const QByteArrayList words = nameWords(name);
    return !words.isEmpty()
        && (words.last() == "id" || words.last() == "uid" || words.last() == "guid"
            || words.last() == "uuid");
}

/// "objectid": an id, though nothing parts the words. "paid" is none.
bool endsAsIdUnparted(const QByteArray &lower)
{
    static const QSet<QByteArray> others { "paid",   "valid",  "void",    "grid",    "mid",
                                           "said",   "avoid",  "acid",    "invalid", "solid",
                                           "fluid",  "rapid",  "humid",   "bid",     "aid",
                                           "kid",    "covid",  "hybrid",  "ssid",    "prepaid",
                                           "unpaid", "liquid", "centroid" };
    return lower.endsWith("id") && lower.size() > 3 && !others.contains(lower);
}

double wholeNameScore(const QByteArray &lower)
{
    static const QHash<QByteArray, double> scores {
        { "id", 10 },       { "@id", 10 },       { "_id", 10 },       { "guid", 9.5 },
        { "uuid", 9.5 },    { "identifier", 9 }, { "urn", 8 },        { "uid", 8 },
        { "sha", 8 },       { "isbn", 8 },       { "ean", 8 },        { "mmsi", 8 },
        { "vin", 8 },       { "sku", 8 },        { "imei", 8 },       { "gtin", 8 },
        { "icao24", 7 },    { "slug", 6.5 },     { "key", 6 },        { "code", 6 },
        { "icao", 6 },      { "iata", 6 },       { "reference", 6 },  { "uri", 6 },
        { "permalink", 6 }, { "symbol", 5.5 },   { "ticker", 5.5 },   { "hex", 5 },
        { "ref", 5 },       { "number", 5 },     { "url", 5 },        { "link", 5 },
        { "href", 5 },      { "hash", 5 },       { "@rdf:about", 8 }, { "self", 4 },
        { "callsign", 4 },  { "no", 3 },         { "nr", 3 },         { "name", 3 },
        { "title", 1 },     { "label", 1 },      { "rank", -3 },      { "position", -3 },
        { "index", -3 },    { "row", -3 },       { "rownum", -4 },    { "order", -3 },
        { "cursor", -1 }
    };
    return scores.value(lower, unremarkable);
}

double wordScore(const QByteArray &word)
{
    static const QHash<QByteArray, double> scores {
        { "code", 4 }, { "key", 4 },  { "number", 4 }, { "slug", 4 },  { "no", 3 },
        { "nr", 3 },   { "num", 3 },  { "uri", 3 },    { "ref", 4 },   { "symbol", 4 },
        { "url", 2 },  { "link", 2 }, { "href", 2 },   { "name", 2.5 }
    };
    return scores.value(word, unremarkable);
}

double shapeScore(const MemberProfile &profile)
{
    if (profile.isMostly(ValueShape::Uuid))
        return 2;
    if (profile.isMostly(ValueShape::Code) || profile.isMostly(ValueShape::Integer))
        return 1;
    if (profile.isMostly(ValueShape::Url))
        return 0.5;
    if (profile.isMostly(ValueShape::Date))
        return -3;
    if (profile.isMostly(ValueShape::Decimal))
        return -8;
    if (profile.isMostly(ValueShape::Prose))
        return -5;
    return profile.isMostly(ValueShape::Words) ? -1 : 0;
}

/// Objects around what an item is about, which cost a reader nothing.
bool isWrapper(const QByteArray &token)
{
    static const QSet<QByteArray> wrappers { "properties", "attributes", "node",   "data",
                                             "_source",    "fields",     "item",   "document",
                                             "resource",   "metadata",   "snippet" };
    return wrappers.contains(token.toLower());
}

double depthScore(const MemberProfile &profile)
{
    const JsonPath path = parsePointer(profile.pointer).value_or(JsonPath());
    double score = 0;
    for (size_t i = 0; i + 1 < path.size(); ++i)
        score -= isWrapper(path[i]) ? 0.5 : path.back() == "#text" ? 0.2 : 2;
    // Of a list in places, what comes first is what the rest is about.
    if (const qsizetype place = path.empty() ? -1 : arrayIndex(path.back()); place >= 0)
        score += 1.5 - 0.5 * double(place);
    return score;
}

double memberScore(const MemberProfile &profile, const QByteArray &itemsName)
{
    return nameScore(profile.name, itemsName) + shapeScore(profile) + depthScore(profile);
}

/// The id that some members give an item; empty: they are not all there.
QByteArray idOf(const FlatItem &item, const QByteArrayList &pointers)
{
    QByteArrayList parts;
    for (const QByteArray &pointer : pointers) {
        const JsonSlice value = item.value(pointer);
        if (value.isNull())
            return {};
        parts << value.text().toByteArray();
    }
    return parts.join('|');
}

/// The share of members, those of the id apart, that are the same in both.
double likeness(const FlatItem &a, const FlatItem &b, const QByteArrayList &idPointers)
{
    qsizetype same = 0;
    for (auto it = a.cbegin(); it != a.cend(); ++it) {
        const bool isSame = b.contains(it.key()) && b.value(it.key()).text() == it.value().text();
        same += isSame && !idPointers.contains(it.key()) ? 1 : 0;
    }
    const qsizetype all = std::max(a.size(), b.size()) - idPointers.size();
    return all > 0 ? double(same) / double(all) : 1;
}

/// How much of the items of one poll an id finds again in the next, each as much as it is still like itself: an id that changes finds none, a mere
/// position finds others. -1: nothing to compare.
double stabilityOf(const std::vector<std::vector<FlatItem>> &polls, const QByteArrayList &pointers)
{
    constexpr size_t mostPairs = 8;
    constexpr size_t mostItems = 300;
    double sum = 0;
    double most = 0;
    size_t pairs = 0;
    for (size_t i = 0; i + 1 < polls.size() && pairs < mostPairs; ++i) {
        const std::vector<FlatItem> &older = polls[i];
        if (older.empty() || polls[i + 1].empty())
            continue;
        ++pairs;
        QHash<QByteArray, size_t> places;
        for (size_t k = 0; k < polls[i + 1].size(); ++k)
            places.insert(idOf(polls[i + 1][k], pointers), k);
        const size_t count = std::min(older.size(), mostItems);
        for (size_t k = 0; k < count; ++k) {
            const auto found = places.constFind(idOf(older[k], pointers));
            if (found != places.cend())
                sum += likeness(older[k], polls[i + 1][*found], pointers);
        }
        most += double(count);
    }
    return pairs > 0 ? sum / most : -1;
}

/// Whether the members together are different in each item.
bool identify(const std::vector<std::vector<FlatItem>> &polls, const QByteArrayList &pointers)
{
    return std::all_of(polls.begin(), polls.end(), [&](const std::vector<FlatItem> &items) {
        QSet<QByteArray> seen;
        return std::all_of(items.begin(), items.end(), [&](const FlatItem &item) {
            const qsizetype before = seen.size();
            seen.insert(idOf(item, pointers));
            return seen.size() > before;
        });
    });
}

/// A member that may be an id, or part of one.
struct Scored
{
    const MemberProfile *profile = nullptr;
    double score = 0;
};

void sortByScore(std::vector<Scored> &members)
{
    std::stable_sort(members.begin(), members.end(),
                     [](const Scored &a, const Scored &b) { return a.score > b.score; });
}

IdCandidate candidate(const std::vector<std::vector<FlatItem>> &polls,
                      const std::vector<const MemberProfile *> &members, double score)
{
    IdCandidate result;
    QByteArrayList pointers;
    for (const MemberProfile *member : members) {
        pointers << member->pointer;
        result.fields << member->field();
    }
    result.uniqueness = 1;
    result.stability = stabilityOf(polls, pointers);
    result.score = score;
    result.why = members.size() > 1
        ? QStringLiteral("no good single id; together they are different in each item")
        : QStringLiteral("different in each item");
    if (result.stability >= 0)
        result.why +=
            QStringLiteral(", and stays with it: %1 % of the items are the same in the next poll")
                .arg(qRound(100 * result.stability));
    return result;
}

/// Two or three members that are an id only together.
std::optional<IdCandidate> composite(const std::vector<std::vector<FlatItem>> &polls,
                                     const std::vector<MemberProfile> &profiles,
                                     const QByteArray &itemsName)
{
    constexpr size_t mostParts = 8;
    std::vector<Scored> parts;
    for (const MemberProfile &profile : profiles) {
        const bool mayBePart = profile.isEverywhere() && !profile.isUnique()
            && profile.distinct > qint64(polls.size()) && !profile.isMostly(ValueShape::Decimal)
            && !profile.isMostly(ValueShape::Prose) && profile.name.left(1) != "$";
        // Of two names that are alike, the one that tells more items apart.
        if (mayBePart)
            parts.push_back(
                { &profile, memberScore(profile, itemsName) + 2 * profile.uniqueness() });
    }
    sortByScore(parts);
    parts.resize(std::min(parts.size(), mostParts));
    for (size_t size = 2; size <= 3; ++size) {
        std::vector<bool> taken(parts.size(), false);
        std::fill_n(taken.begin(), std::min(size, parts.size()), true);
        do {
            std::vector<const MemberProfile *> members;
            QByteArrayList pointers;
            double sum = 0;
            for (size_t i = 0; i < parts.size(); ++i) {
                if (!taken[i])
                    continue;
                members.push_back(parts[i].profile);
                pointers << parts[i].profile->pointer;
                sum += parts[i].score;
            }
            if (members.size() == size && identify(polls, pointers))
                return candidate(polls, members, sum / double(size) - double(size) + 1);
        } while (std::prev_permutation(taken.begin(), taken.end()));
    }
    return {};
}

}

double nameScore(const QByteArray &name, const QByteArray &itemsName)
{
    // Serializers number the objects of one document with "$id".
    if (name.startsWith('$'))
        return -8;
    const QByteArray lower = name.toLower();
    const double whole = wholeNameScore(lower);
    if (whole != unremarkable)
        return whole;
    const QByteArrayList words = nameWords(name);
    if (words.isEmpty())
        return unremarkable;
    if (endsAsId(name)) {
        const bool isOwn =
            words.size() > 1 && itemsName.toLower().startsWith(words[words.size() - 2].left(5));
        return isOwn ? 9 : 7.5;
    }
    if (const double score = wordScore(words.last()); words.size() > 1 && score != unremarkable)
        return score;
    return endsAsIdUnparted(lower) ? 5 : unremarkable;
}

namespace {

/// What changes from poll to poll, or passes on to other items, is worse than what does so least; that items come and go is no candidate's fault.
void judgeStability(QList<IdCandidate> &candidates)
{
    constexpr double weight = 12;
    double best = -1;
    for (const IdCandidate &candidate : std::as_const(candidates))
        best = std::max(best, candidate.stability);
    for (IdCandidate &candidate : candidates)
        candidate.score -= best > 0 ? weight * (1 - candidate.stability / best) : 0;
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const IdCandidate &a, const IdCandidate &b) { return a.score > b.score; });
}

}

QList<IdCandidate> guessIds(const std::vector<std::vector<FlatItem>> &polls,
                            const QByteArray &itemsName)
{
    constexpr size_t mostCandidates = 12;
    const std::vector<MemberProfile> profiles = profileOf(polls);
    std::vector<Scored> unique;
    for (const MemberProfile &profile : profiles) {
        if (profile.isUnique())
            unique.push_back({ &profile, memberScore(profile, itemsName) });
    }
    sortByScore(unique);
    unique.resize(std::min(unique.size(), mostCandidates));
    QList<IdCandidate> candidates;
    for (const Scored &scored : unique)
        candidates.append(candidate(polls, { scored.profile }, scored.score));
    QList<IdCandidate> judged = candidates;
    judgeStability(judged);
    if (judged.isEmpty() || judged.first().score < goodEnough) {
        if (const auto found = composite(polls, profiles, itemsName))
            candidates.append(*found);
    }
    judgeStability(candidates);
    return candidates;
}

}
