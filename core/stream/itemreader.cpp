#include "core/stream/itemreader.h"

#include "core/stream/idindex.h"
#include "core/stream/itemids.h"

#include <algorithm>

namespace restream {
namespace {

using Shape = ChannelDefinition::Shape;

constexpr qsizetype maxNamesTold = 8;

QString quotedList(const QStringList &names)
{
    QStringList quoted;
    for (const QString &name : names.mid(0, maxNamesTold))
        quoted << u'"' + name.left(60) + u'"';
    if (names.size() > maxNamesTold)
        quoted << QStringLiteral("…");
    return quoted.join(QStringLiteral(", "));
}

/// "the answer", or where in it.
QString placeName(const QString &pointer)
{
    return pointer.isEmpty() ? QStringLiteral("the answer")
                             : u'"' + pointer + QStringLiteral("\" of the answer");
}

QString kindName(const JsonSlice &value)
{
    switch (value.kind()) {
    case JsonSlice::Kind::Null:
        return QStringLiteral("null");
    case JsonSlice::Kind::Bool:
        return QStringLiteral("true or false");
    case JsonSlice::Kind::Number:
        return QStringLiteral("a number");
    case JsonSlice::Kind::String:
        return QStringLiteral("a string");
    case JsonSlice::Kind::Array:
        return QStringLiteral("a list");
    case JsonSlice::Kind::Object:
        return QStringLiteral("an object");
    }
    return {};
}

Error error(const char *code, const QString &message)
{
    return { QString::fromLatin1(code), message };
}

/// 1 is the first line; columns count bytes.
QString position(QByteArrayView text, qsizetype offset)
{
    const QByteArrayView before = text.first(offset);
    return QStringLiteral("byte %1 (line %2, column %3)")
        .arg(offset)
        .arg(std::count(before.begin(), before.end(), '\n') + 1)
        .arg(offset - before.lastIndexOf('\n'));
}

Error notFound(const JsonSlice &root, const QString &pointer)
{
    const QString start =
        QStringLiteral("there are no items at \"%1\" of the answer: ").arg(pointer);
    const std::optional<JsonPath> path = parsePointer(pointer.toUtf8());
    if (!path)
        return error("items_not_found",
                     start
                         + QStringLiteral("a JSON Pointer, which begins with \"/\", was expected"));
    JsonSlice deepest = root;
    QString reached;
    for (const QByteArray &token : *path) {
        const JsonSlice next = resolve(deepest, { token });
        if (next.isNull())
            break;
        deepest = next;
        reached += u'/' + QString::fromUtf8(escapedToken(token));
    }
    QStringList names;
    for (const JsonSlice::Member &member : deepest.members())
        names << QString::fromUtf8(member.key.string());
    return error(
        "items_not_found",
        start + placeName(reached) + QStringLiteral(" is ") + kindName(deepest)
            + (names.isEmpty() ? QString() : QStringLiteral(" with ") + quotedList(names)));
}

Error notItems(const JsonSlice &value, const QString &pointer, Shape shape)
{
    const QString expected = shape == Shape::Map
        ? QStringLiteral("an object whose members are the items was expected")
        : QStringLiteral("a list of items was expected");
    return error("not_items",
                 placeName(pointer) + QStringLiteral(" is ") + kindName(value)
                     + QStringLiteral("; ") + expected);
}

Error needsIdField(const std::vector<JsonSlice> &items)
{
    const QStringList candidates = idCandidates(items);
    return error(
        "needs_id_field",
        QStringLiteral("the channel needs id_field, as its items are no plain strings or numbers; ")
            + (candidates.isEmpty() ? QStringLiteral(
                   "no one member is in every item and different in each: name several")
                                    : QStringLiteral("these would do: ") + quotedList(candidates)));
}

/// Takes the items one by one, each id once.
class Collector final
{
public:
    Collector(PolledItems &polled, qint64 maxItems) : m_polled(polled), m_maxItems(maxItems) { }

    void take(const std::optional<QByteArray> &id, QByteArrayView raw)
    {
        if (!id) {
            ++m_polled.withoutId;
            return;
        }
        const qsizetype known = m_places.find(*id, [this](qsizetype place) -> const QByteArray & {
            return m_polled.items[size_t(place)].id;
        });
        if (known >= 0) {
            m_polled.items[size_t(known)].raw = raw;
            ++m_polled.duplicates;
        } else if (qint64(m_polled.items.size()) >= m_maxItems) {
            ++m_polled.beyondLimit;
        } else {
            m_places.insert(*id, qsizetype(m_polled.items.size()));
            m_polled.items.push_back({ *id, raw });
        }
    }

private:
    PolledItems &m_polled;
    qint64 m_maxItems;
    IdIndex m_places;
};

/// Reads the items of a checked body.
class Reader final
{
public:
    Reader(const ChannelDefinition &definition, QByteArrayView text, const JsonSkips &skips)
        : m_definition(definition),
          m_root(text),
          m_walk(text, skips),
          m_ids(definition.idField)
    {
    }

    /// Nothing: all went well.
    std::optional<Error> read(PolledItems &polled);

private:
    [[nodiscard]] std::optional<Shape> shapeOf(JsonWalk::Place items) const;
    [[nodiscard]] bool hasOwnIds() const { return m_definition.idField.isEmpty(); }
    void readSingle(JsonWalk::Place item, Collector &collector) const;
    void readMap(JsonWalk::Place items, Collector &collector) const;
    std::optional<Error> readArray(JsonWalk::Place items, Collector &collector) const;

    const ChannelDefinition &m_definition;
    const JsonSlice m_root;
    const JsonWalk m_walk;
    const ItemIds m_ids;
};

std::optional<Error> Reader::read(PolledItems &polled)
{
    const std::optional<JsonPath> path = parsePointer(m_definition.items.toUtf8());
    const JsonWalk::Place items = path ? m_walk.find(m_walk.root(), *path) : JsonWalk::Place();
    if (items.isNull())
        return notFound(m_root, m_definition.items);
    Collector collector(polled, m_definition.maxItems);
    switch (shapeOf(items).value_or(Shape::Auto)) {
    case Shape::Auto:
        return notItems(JsonSlice(m_walk.valueAt(items)), m_definition.items, m_definition.shape);
    case Shape::Single:
        readSingle(items, collector);
        return {};
    case Shape::Map:
        readMap(items, collector);
        return {};
    case Shape::Array:
        return readArray(items, collector);
    }
    return {};
}

/// The shape, also where the definition leaves it open. Nothing: there are no items in this place.
/// A single item by default must not hide that a list is gone: null for a list, or an error report that has not the items' id.
std::optional<Shape> Reader::shapeOf(JsonWalk::Place items) const
{
    const bool isArray = *items.at == '[';
    const bool isObject = *items.at == '{';
    switch (m_definition.shape) {
    case Shape::Array:
        return isArray ? std::optional(Shape::Array) : std::nullopt;
    case Shape::Map:
        return isObject ? std::optional(Shape::Map) : std::nullopt;
    case Shape::Single:
        return Shape::Single;
    case Shape::Auto:
        break;
    }
    if (isArray)
        return Shape::Array;
    const bool isListGone =
        hasOwnIds() ? *items.at == 'n' && !m_definition.items.isEmpty() : !m_ids.of(m_walk, items);
    return isListGone ? std::nullopt : std::optional(Shape::Single);
}

void Reader::readSingle(JsonWalk::Place item, Collector &collector) const
{
    collector.take(hasOwnIds() ? m_definition.name.toUtf8() : m_ids.of(m_walk, item),
                   m_walk.valueAt(item));
}

void Reader::readMap(JsonWalk::Place items, Collector &collector) const
{
    JsonWalk::Place place = JsonWalk::inside(items);
    while (m_walk.toNext(place)) {
        const JsonSlice name(m_walk.readName(place));
        const JsonWalk::Place item = place;
        const QByteArrayView raw = m_walk.readValue(place);
        collector.take(hasOwnIds() ? name.string() : m_ids.of(m_walk, item), raw);
    }
}

std::optional<Error> Reader::readArray(JsonWalk::Place items, Collector &collector) const
{
    JsonWalk::Place place = JsonWalk::inside(items);
    while (m_walk.toNext(place)) {
        const JsonWalk::Place item = place;
        if (hasOwnIds() && (*item.at == '{' || *item.at == '['))
            return needsIdField(JsonSlice(m_walk.valueAt(items)).elements());
        const QByteArrayView raw = m_walk.readValue(place);
        collector.take(m_ids.of(m_walk, item), raw);
    }
    return {};
}

}

Result<PolledItems> readItems(const QByteArray &body, const ChannelDefinition &definition)
{
    PolledItems polled;
    polled.body = body;
    const QByteArrayView text(polled.body.constData(), polled.body.size());
    if (JsonSlice(text).isNull())
        return error("empty_body", QStringLiteral("the answer is empty; JSON was expected"));
    JsonSkips skips;
    if (const auto wrong = validateJson(text, skips))
        return error("not_json",
                     QStringLiteral("the answer is not JSON: ") + wrong->message
                         + QStringLiteral(" at ") + position(text, wrong->offset));
    if (std::optional<Error> wrong = Reader(definition, text, skips).read(polled))
        return *std::move(wrong);
    return polled;
}

}
