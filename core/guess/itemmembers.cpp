#include "core/guess/itemmembers.h"

#include "core/pointerbelow.h"

#include <QSet>

#include <algorithm>

namespace restream {
namespace {

constexpr int deepest = 3;
constexpr qsizetype mostMembers = 400;
constexpr qsizetype mostPlaces = 32;

void flatten(const JsonSlice &value, const QByteArray &pointer, int depth, FlatItem &out)
{
    for (const JsonSlice::Member &member : value.members()) {
        const QByteArray below = pointerBelow(pointer, member.key.string());
        if (member.value.isObject() && depth < deepest)
            flatten(member.value, below, depth + 1, out);
        else if (out.size() < mostMembers)
            out.insert(below, member.value);
    }
}

/// The pointers of an item, in the order of its text.
QByteArrayList order(const FlatItem &item)
{
    QByteArrayList pointers = item.keys();
    std::sort(pointers.begin(), pointers.end(), [&item](const QByteArray &a, const QByteArray &b) {
        return std::less<>()(item.value(a).text().data(), item.value(b).text().data());
    });
    return pointers;
}

/// What makes two values the same id.
QByteArray contentOf(const JsonSlice &value)
{
    return value.isString() ? value.string() : value.text().toByteArray();
}

bool isScalar(const JsonSlice &value)
{
    return !value.isNull()
        && (value.kind() == JsonSlice::Kind::String || value.kind() == JsonSlice::Kind::Number);
}

void count(const std::vector<FlatItem> &items, MemberProfile &profile)
{
    constexpr qint64 shapesLookedAt = 200;
    QSet<QByteArray> seen;
    qint64 looked = 0;
    for (const FlatItem &item : items) {
        const JsonSlice value = item.value(profile.pointer);
        ++profile.items;
        if (!isScalar(value))
            continue;
        const QByteArray content = contentOf(value);
        if (content.isEmpty())
            continue;
        ++profile.present;
        seen.insert(content);
        if (++looked <= shapesLookedAt)
            ++profile.shapes[shapeOf(value, profile.name)];
    }
    profile.distinct += seen.size();
}

}

FlatItem flattened(const JsonSlice &item)
{
    FlatItem out;
    if (item.isObject()) {
        flatten(item, {}, 1, out);
    } else if (item.isArray()) {
        qsizetype place = 0;
        for (const JsonSlice &element : item.elements()) {
            if (place == mostPlaces)
                break;
            out.insert('/' + QByteArray::number(place++), element);
        }
    } else {
        out.insert({}, item);
    }
    return out;
}

QByteArray lastName(const QByteArray &pointer)
{
    const std::optional<JsonPath> path = parsePointer(pointer);
    if (!path || path->empty())
        return {};
    QByteArray name = path->back();
    if (name == "#text" && path->size() > 1)
        name = (*path)[path->size() - 2];
    return arrayIndex(name) >= 0 ? QByteArray() : name;
}

bool MemberProfile::isMostly(ValueShape shape) const
{
    qint64 all = 0;
    for (const auto &[kind, number] : shapes)
        all += number;
    const auto found = shapes.find(shape);
    return found != shapes.end() && found->second * 10 >= all * 8;
}

QString MemberProfile::field() const
{
    const std::optional<JsonPath> path = parsePointer(pointer);
    const bool isName = path && path->size() == 1 && !path->front().startsWith('/')
        && arrayIndex(path->front()) < 0 && !path->front().isEmpty();
    return QString::fromUtf8(isName ? path->front() : pointer);
}

std::vector<MemberProfile> profileOf(const std::vector<std::vector<FlatItem>> &polls)
{
    constexpr size_t itemsSearched = 50;
    std::vector<MemberProfile> profiles;
    QSet<QByteArray> known;
    for (const std::vector<FlatItem> &items : polls) {
        for (size_t i = 0; i < std::min(items.size(), itemsSearched); ++i) {
            for (const QByteArray &pointer : order(items[i])) {
                if (known.contains(pointer))
                    continue;
                known.insert(pointer);
                MemberProfile profile;
                profile.pointer = pointer;
                profile.name = lastName(pointer);
                profile.depth = int(pointer.count('/'));
                profiles.push_back(std::move(profile));
            }
        }
    }
    for (MemberProfile &profile : profiles) {
        for (const std::vector<FlatItem> &items : polls)
            count(items, profile);
    }
    return profiles;
}

}
