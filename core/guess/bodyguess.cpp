#include "core/guess/bodyguess.h"

#include "core/guess/idguess.h"
#include "core/stream/itemreader.h"

#include <algorithm>

namespace restream {
namespace {

using Shape = ChannelDefinition::Shape;

constexpr size_t mostItems = 5000; ///< of a poll are looked at
constexpr size_t mostPolls = 24;

std::vector<std::vector<FlatItem>> flatItems(const std::vector<JsonSlice> &bodies,
                                             const ItemsCandidate &place)
{
    std::vector<std::vector<FlatItem>> polls;
    for (const JsonSlice &body : bodies) {
        std::vector<FlatItem> flat;
        for (const JsonSlice &item : itemsAt(body, place, mostItems))
            flat.push_back(flattened(item));
        if (!flat.empty())
            polls.push_back(std::move(flat));
        if (polls.size() == mostPolls)
            break;
    }
    return polls;
}

bool needsId(const ItemsCandidate &place)
{
    const bool isPlain = !place.samples.isEmpty() && !place.samples.first().startsWith(u'{')
        && !place.samples.first().startsWith(u'[');
    return place.shape == Shape::Array && !isPlain;
}

QList<IdCandidate> idsOf(const std::vector<JsonSlice> &bodies, const ItemsCandidate &place)
{
    if (!needsId(place) || place.count == 0)
        return {};
    return guessIds(flatItems(bodies, place), lastName(place.pointer.toUtf8()));
}

/// Lists of things have something that tells them apart.
double idBonus(const ItemsCandidate &place, const QList<IdCandidate> &ids)
{
    constexpr double good = 4;
    if (!needsId(place) || place.count == 0)
        return 0;
    if (ids.isEmpty())
        return -2;
    return ids.first().score >= good ? 1.5 : 0;
}

void takeGiven(const std::vector<JsonSlice> &bodies, const GivenPlace &given,
               QList<ItemsCandidate> &candidates)
{
    if (!given.items)
        return;
    ItemsCandidate place;
    place.pointer = *given.items;
    const JsonSlice value = bodies.front().at(place.pointer.toUtf8());
    place.shape = given.shape.value_or(value.isArray() ? Shape::Array : Shape::Single);
    for (const JsonSlice &body : bodies)
        place.count = std::max(place.count, qsizetype(itemsAt(body, place, mostItems).size()));
    for (const JsonSlice &item : itemsAt(bodies.front(), place, 1))
        place.samples << QString::fromUtf8(item.text().first(1).toByteArray());
    place.why = QStringLiteral("as the definition says");
    candidates.removeIf([&place](const ItemsCandidate &c) { return c.pointer == place.pointer; });
    candidates.prepend(place);
}

}

BodyGuess guessBody(const std::vector<JsonSlice> &bodies, const GivenPlace &given)
{
    constexpr qsizetype looksCloserAt = 4;
    BodyScan scan = scanBodies(bodies);
    std::vector<std::pair<ItemsCandidate, QList<IdCandidate>>> places;
    for (ItemsCandidate &place : scan.candidates) {
        const bool closer = qsizetype(places.size()) < looksCloserAt;
        QList<IdCandidate> ids = closer ? idsOf(bodies, place) : QList<IdCandidate>();
        place.score += closer ? idBonus(place, ids) : 0;
        places.emplace_back(place, std::move(ids));
    }
    std::stable_sort(places.begin(), places.end(),
                     [](const auto &a, const auto &b) { return a.first.score > b.first.score; });
    BodyGuess guess;
    guess.columns = scan.columns;
    for (const auto &[place, ids] : places)
        guess.items.append(place);
    takeGiven(bodies, given, guess.items);
    if (guess.items.isEmpty())
        return guess;
    guess.ids = given.items ? idsOf(bodies, guess.items.first()) : places.front().second;
    if (!given.idField.isEmpty()) {
        guess.ids.removeIf([&given](const IdCandidate &id) { return id.fields == given.idField; });
        guess.ids.prepend({ given.idField, 1, -1, QStringLiteral("as the definition says"), 0 });
    }
    return guess;
}

std::vector<IdentifiedItems> identifiedItems(const std::vector<QByteArray> &bodies,
                                             const ChannelDefinition &definition)
{
    std::vector<IdentifiedItems> polls;
    for (const QByteArray &body : bodies) {
        IdentifiedItems poll;
        if (const Result<PolledItems> read = readItems(body, definition)) {
            for (const PolledItem &item : read->items) {
                poll.ids.push_back(item.id);
                poll.items.push_back(flattened(JsonSlice(item.raw)));
            }
        }
        polls.push_back(std::move(poll));
    }
    return polls;
}

}
