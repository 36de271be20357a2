#include "core/stream/itemreader.h"

#include "core/pointerbelow.h"
#include "core/stream/idindex.h"
#include "core/stream/knownitems.h"

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
    QByteArray reached;
    for (const QByteArray &token : *path) {
        const JsonSlice next = resolve(deepest, { token });
        if (next.isNull())
            break;
        deepest = next;
        reached = pointerBelow(reached, token);
    }
    QStringList names;
    for (const JsonSlice::Member &member : deepest.members())
        names << QString::fromUtf8(member.key.string());
    return error(
        "items_not_found",
        start + placeName(QString::fromUtf8(reached)) + QStringLiteral(" is ") + kindName(deepest)
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
    Collector(PolledItems &polled, qint64 maxItems)
        : m_polled(polled),
          m_maxItems(maxItems),
          m_takenHeld(size_t(polled.held.placeCount()), nowhere)
    {
        m_polled.items.reserve(size_t(polled.held.size()));
    }

    void take(const std::optional<QByteArray> &id, QByteArrayView raw)
    {
        take(id, id ? m_polled.held.placeOf(*id) : nowhere, raw);
    }

    /// `place` is that of the held item with this id.
    void take(const std::optional<QByteArray> &id, qsizetype place, QByteArrayView raw)
    {
        if (id)
            take({ *id, raw, place, false });
        else
            ++m_polled.withoutId;
    }

    void takeHeld(qsizetype place, QByteArrayView raw)
    {
        const QByteArrayView id = m_polled.held.at(place).id();
        take({ QByteArray::fromRawData(id.data(), id.size()), raw, place, true });
    }

private:
    static constexpr qint32 nowhere = -1;

    /// Where the item with this id stands among those that were taken, or `nowhere`.
    [[nodiscard]] qsizetype taken(const PolledItem &item) const
    {
        if (item.place >= 0)
            return m_takenHeld[size_t(item.place)];
        return m_takenNew.find(item.id, [this](qsizetype place) -> QByteArrayView {
            return m_polled.items[size_t(place)].id;
        });
    }

    void take(const PolledItem &item)
    {
        const qsizetype before = taken(item);
        const auto next = qsizetype(m_polled.items.size());
        if (before >= 0) {
            m_polled.items[size_t(before)] = item;
            ++m_polled.duplicates;
            return;
        }
        if (next >= m_maxItems) {
            ++m_polled.beyondLimit;
            return;
        }
        if (item.place >= 0)
            m_takenHeld[size_t(item.place)] = static_cast<qint32>(next);
        else
            m_takenNew.insert(item.id, next);
        m_polled.items.push_back(item);
    }

    PolledItems &m_polled;
    qint64 m_maxItems;
    std::vector<qint32> m_takenHeld; ///< of each place of the held items
    IdIndex m_takenNew;
};

/// Reads the items of a checked body.
class Reader final
{
public:
    Reader(const ChannelDefinition &definition, QByteArrayView text)
        : m_definition(definition),
          m_text(text),
          m_root(text),
          m_walk(text, m_skips),
          m_path(parsePointer(definition.items.toUtf8())),
          m_ids(definition.idField)
    {
    }

    /// Nothing: all went well.
    std::optional<Error> read(PolledItems &polled);

private:
    [[nodiscard]] std::optional<JsonError> check(const ItemSet &held);
    [[nodiscard]] std::optional<Shape> shapeOf(JsonWalk::Place items) const;
    void takeItem(JsonWalk::Place item, QByteArrayView name, QByteArrayView raw,
                  Collector &collector);
    [[nodiscard]] bool hasOwnIds() const { return m_definition.idField.isEmpty(); }
    void readSingle(JsonWalk::Place item, Collector &collector);
    void readMap(JsonWalk::Place items, Collector &collector);
    std::optional<Error> readArray(JsonWalk::Place items, Collector &collector);

    const ChannelDefinition &m_definition;
    const QByteArrayView m_text;
    const JsonSlice m_root;
    JsonSkips m_skips;
    const JsonWalk m_walk;
    const std::optional<JsonPath> m_path;
    const ItemIds m_ids;
    std::vector<KnownItems::Value> m_known;
    size_t m_nextKnown = 0;
};

std::optional<JsonError> Reader::check(const ItemSet &held)
{
    KnownItems known(held, m_definition, m_path.value_or(JsonPath()), m_ids, m_text, m_skips);
    const bool useful = m_path && known.isUseful();
    std::optional<JsonError> error = validateJson(m_text, m_skips, useful ? &known : nullptr);
    m_known = known.takeValues();
    return error;
}

std::optional<Error> Reader::read(PolledItems &polled)
{
    if (const auto wrong = check(polled.held))
        return error("not_json",
                     QStringLiteral("the answer is not JSON: ") + wrong->message
                         + QStringLiteral(" at ") + position(m_text, wrong->offset));
    const JsonWalk::Place items = m_path ? m_walk.find(m_walk.root(), *m_path) : JsonWalk::Place();
    if (items.isNull())
        return notFound(m_root, m_definition.items);
    Collector collector(polled, m_definition.maxItems);
    switch (shapeOf(items).value_or(Shape::Auto)) {
    case Shape::Auto:
        return notItems(JsonSlice(m_walk.valueAt(items)), m_definition.items, m_definition.shape);
    case Shape::Single:
        // What was recognised is inside the item then, and its id may be in there.
        if (!m_known.empty())
            validateJson(m_text, m_skips);
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

/// Takes the item at `item`; `name` is that of a member whose name is its id, else null.
void Reader::takeItem(JsonWalk::Place item, QByteArrayView name, QByteArrayView raw,
                      Collector &collector)
{
    const auto offset = quint32(item.at - m_text.data());
    while (m_nextKnown < m_known.size() && m_known[m_nextKnown].offset < offset)
        ++m_nextKnown;
    const bool isKnown = m_nextKnown < m_known.size() && m_known[m_nextKnown].offset == offset;
    if (const KnownItems::Value *value = isKnown ? &m_known[m_nextKnown] : nullptr) {
        if (value->isHeld)
            collector.takeHeld(value->place, raw);
        else
            collector.take(value->id, value->place, raw);
        return;
    }
    collector.take(name.isNull() ? m_ids.of(m_walk, item) : jsonscan::content(name), raw);
}

void Reader::readSingle(JsonWalk::Place item, Collector &collector)
{
    collector.take(hasOwnIds() ? m_definition.name.toUtf8() : m_ids.of(m_walk, item),
                   m_walk.valueAt(item));
}

void Reader::readMap(JsonWalk::Place items, Collector &collector)
{
    JsonWalk::Place place = JsonWalk::inside(items);
    while (m_walk.toNext(place)) {
        const QByteArrayView name = m_walk.readName(place);
        const JsonWalk::Place item = place;
        const QByteArrayView raw = m_walk.readValue(place);
        takeItem(item, hasOwnIds() ? name : QByteArrayView(), raw, collector);
    }
}

std::optional<Error> Reader::readArray(JsonWalk::Place items, Collector &collector)
{
    JsonWalk::Place place = JsonWalk::inside(items);
    while (m_walk.toNext(place)) {
        const JsonWalk::Place item = place;
        if (hasOwnIds() && (*item.at == '{' || *item.at == '['))
            return needsIdField(JsonSlice(m_walk.valueAt(items)).elements());
        const QByteArrayView raw = m_walk.readValue(place);
        takeItem(item, {}, raw, collector);
    }
    return {};
}

}

Result<PolledItems> readItems(const QByteArray &body, const ChannelDefinition &definition,
                              const ItemSet &held)
{
    PolledItems polled;
    polled.body = body;
    polled.held = held;
    const QByteArrayView text(polled.body.constData(), polled.body.size());
    if (JsonSlice(text).isNull())
        return error("empty_body", QStringLiteral("the answer is empty; JSON was expected"));
    if (std::optional<Error> wrong = Reader(definition, text).read(polled))
        return *std::move(wrong);
    return polled;
}

}
