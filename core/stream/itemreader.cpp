#include "core/stream/itemreader.h"

#include "core/stream/idindex.h"
#include "core/stream/itemids.h"
#include "core/stream/jsonscan.h"

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
    return pointer.isEmpty() ? QStringLiteral("the answer") : u'"' + pointer + QStringLiteral("\" of the answer");
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
    const QString start = QStringLiteral("there are no items at \"%1\" of the answer: ").arg(pointer);
    const std::optional<JsonPath> path = parsePointer(pointer.toUtf8());
    if (!path)
        return error("items_not_found", start + QStringLiteral("a JSON Pointer, which begins with \"/\", was expected"));
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
    return error("items_not_found",
                 start + placeName(reached) + QStringLiteral(" is ") + kindName(deepest)
                     + (names.isEmpty() ? QString() : QStringLiteral(" with ") + quotedList(names)));
}

Error notItems(const JsonSlice &value, const QString &pointer, Shape shape)
{
    const QString expected = shape == Shape::Map
        ? QStringLiteral("an object whose members are the items was expected")
        : QStringLiteral("a list of items was expected");
    return error("not_items", placeName(pointer) + QStringLiteral(" is ") + kindName(value) + QStringLiteral("; ") + expected);
}

Error needsIdField(const std::vector<JsonSlice> &items)
{
    const QStringList candidates = idCandidates(items);
    return error("needs_id_field",
                 QStringLiteral("the channel needs id_field, as its items are no plain strings or numbers; ")
                     + (candidates.isEmpty()
                            ? QStringLiteral("no one member is in every item and different in each: name several")
                            : QStringLiteral("these would do: ") + quotedList(candidates)));
}

/// Takes the items one by one, each id once.
class Collector final
{
public:
    Collector(PolledItems &polled, qint64 maxItems) : m_polled(polled), m_maxItems(maxItems) { }

    void reserve(size_t count)
    {
        count = std::min(count, size_t(std::max<qint64>(m_maxItems, 0)));
        m_polled.items.reserve(count);
        m_places.reserve(qsizetype(count));
    }

    void take(const std::optional<QByteArray> &id, const JsonSlice &item)
    {
        if (!id) {
            ++m_polled.withoutId;
            return;
        }
        const qsizetype known = m_places.find(*id, [this](qsizetype place) -> const QByteArray & {
            return m_polled.items[size_t(place)].id;
        });
        if (known >= 0) {
            m_polled.items[size_t(known)].raw = item.text();
            ++m_polled.duplicates;
        } else if (qint64(m_polled.items.size()) >= m_maxItems) {
            ++m_polled.beyondLimit;
        } else {
            m_places.insert(*id, qsizetype(m_polled.items.size()));
            m_polled.items.push_back({ *id, item.text() });
        }
    }

private:
    PolledItems &m_polled;
    qint64 m_maxItems;
    IdIndex m_places;
};

/// The shape, where the definition leaves it open. Nothing: this is no place of items.
/// A single item by default must not hide that a list is gone: null for a list, or an error report that has not the items' id.
std::optional<Shape> shapeOf(const JsonSlice &value, const ChannelDefinition &definition, const ItemIds &ids)
{
    const bool isNull = value.kind() == JsonSlice::Kind::Null;
    const bool hasFields = !definition.idField.isEmpty();
    switch (definition.shape) {
    case Shape::Array:
        return value.isArray() ? std::optional(Shape::Array) : std::nullopt;
    case Shape::Map:
        return value.isObject() ? std::optional(Shape::Map) : std::nullopt;
    case Shape::Single:
        return Shape::Single;
    case Shape::Auto:
        break;
    }
    if (value.isArray())
        return Shape::Array;
    if (hasFields ? !ids.of(value) : isNull && !definition.items.isEmpty())
        return {};
    return Shape::Single;
}

}

Result<PolledItems> readItems(const QByteArray &body, const ChannelDefinition &definition)
{
    PolledItems polled;
    polled.body = body;
    const QByteArrayView text(polled.body.constData(), polled.body.size());
    const JsonSlice root(text);
    if (root.isNull())
        return error("empty_body", QStringLiteral("the answer is empty; JSON was expected"));
    if (const auto wrong = validateJson(text))
        return error("not_json", QStringLiteral("the answer is not JSON: ") + wrong->message + QStringLiteral(" at ") + position(text, wrong->offset));
    const JsonSlice place = root.at(definition.items.toUtf8());
    if (place.isNull())
        return notFound(root, definition.items);
    const ItemIds ids(definition.idField);
    const std::optional<Shape> shape = shapeOf(place, definition, ids);
    if (!shape)
        return notItems(place, definition.items, definition.shape);

    const bool ownIds = definition.idField.isEmpty();
    Collector collector(polled, definition.maxItems);
    if (*shape == Shape::Single) {
        collector.take(ownIds ? definition.name.toUtf8() : ids.of(place), place);
    } else if (*shape == Shape::Map) {
        for (const JsonSlice::Member &member : place.members())
            collector.take(ownIds ? member.key.string() : ids.of(member.value), member.value);
    } else {
        const std::vector<JsonSlice> items = place.elements();
        const auto isContainer = [](const JsonSlice &item) { return item.isObject() || item.isArray(); };
        if (ownIds && std::any_of(items.begin(), items.end(), isContainer))
            return needsIdField(items);
        collector.reserve(items.size());
        for (const JsonSlice &item : items)
            collector.take(ids.of(item), item);
    }
    return polled;
}

}
