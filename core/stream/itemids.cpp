#include "core/stream/itemids.h"

#include "core/pointerbelow.h"

#include <QSet>

#include <algorithm>

namespace restream {
namespace {

constexpr int candidateDepth = 3;
constexpr size_t maxPaths = 200; ///< looked at; an item may have any number of members

JsonPath pathOf(const QString &field)
{
    const QByteArray name = field.toUtf8();
    if (!name.startsWith('/'))
        return { name };
    return parsePointer(name).value_or(JsonPath { name });
}

/// A string's content, the text of another scalar. Not copied where it is in the text.
std::optional<QByteArray> scalarText(const JsonSlice &value)
{
    const QByteArrayView text = value.text();
    if (value.isString())
        return jsonscan::content(text);
    return value.isNull() || value.isArray() || value.isObject()
        ? std::nullopt
        : std::optional(QByteArray::fromRawData(text.data(), text.size()));
}

std::optional<QByteArray> idText(const JsonSlice &value)
{
    const bool isId =
        value.isString() || (!value.isNull() && value.kind() == JsonSlice::Kind::Number);
    return isId ? scalarText(value) : std::nullopt;
}

QString fieldOf(const JsonPath &path, bool ofObjects)
{
    if (ofObjects && path.size() == 1 && !path.front().startsWith('/'))
        return QString::fromUtf8(path.front());
    QByteArray pointer;
    for (const QByteArray &token : path)
        pointer = pointerBelow(pointer, token);
    return QString::fromUtf8(pointer);
}

/// The paths to all strings and numbers in `value`, outer ones first.
void collectPaths(const JsonSlice &value, const JsonPath &path, std::vector<JsonPath> &out)
{
    const auto visit = [&](const QByteArray &token, const JsonSlice &child) {
        JsonPath below = path;
        below.push_back(token);
        if (child.isObject() && below.size() < candidateDepth)
            collectPaths(child, below, out);
        else if (idText(child) && out.size() < maxPaths)
            out.push_back(std::move(below));
    };
    for (const JsonSlice::Member &member : value.members())
        visit(member.key.string(), member.value);
    qsizetype index = 0;
    for (const JsonSlice &element : value.elements())
        visit(QByteArray::number(index++), element);
}

bool identifies(const JsonPath &path, const std::vector<JsonSlice> &items)
{
    QSet<QByteArray> seen;
    return std::all_of(items.begin(), items.end(), [&](const JsonSlice &item) {
        const QByteArray id = idText(resolve(item, path)).value_or(QByteArray());
        const qsizetype before = seen.size();
        seen.insert(id);
        return !id.isEmpty() && seen.size() > before;
    });
}

bool isNamedLikeAnId(const JsonPath &path)
{
    return path.back().toLower().endsWith("id");
}

}

ItemIds::ItemIds(const QStringList &fields)
{
    for (const QString &field : fields)
        m_fields.push_back(pathOf(field));
}

std::optional<QByteArray> ItemIds::of(const JsonWalk &walk, JsonWalk::Place item) const
{
    const auto textAt = [&](const JsonPath &path) {
        const JsonWalk::Place place = walk.find(item, path);
        return place.isNull() ? std::nullopt : idText(JsonSlice(walk.valueAt(place)));
    };
    if (m_fields.empty())
        return scalarText(JsonSlice(walk.valueAt(item)));
    if (m_fields.size() == 1)
        return textAt(m_fields.front());
    QByteArrayList parts;
    for (const JsonPath &field : m_fields) {
        const std::optional<QByteArray> part = textAt(field);
        if (!part)
            return {};
        parts << *part;
    }
    return parts.join('|');
}

QStringList idCandidates(const std::vector<JsonSlice> &items)
{
    std::vector<JsonPath> paths;
    if (!items.empty())
        collectPaths(items.front(), {}, paths);
    std::stable_sort(paths.begin(), paths.end(), [](const JsonPath &a, const JsonPath &b) {
        return std::make_tuple(a.size(), !isNamedLikeAnId(a))
            < std::make_tuple(b.size(), !isNamedLikeAnId(b));
    });
    QStringList result;
    for (const JsonPath &path : paths) {
        const QString field = fieldOf(path, items.front().isObject());
        if (!result.contains(field) && identifies(path, items))
            result << field;
    }
    return result;
}

}
