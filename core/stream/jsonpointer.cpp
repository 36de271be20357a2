#include "core/stream/jsonpointer.h"

#include "core/stream/jsonwalk.h"

namespace restream {

std::optional<JsonPath> parsePointer(QByteArrayView pointer)
{
    JsonPath path;
    if (pointer.isEmpty())
        return path;
    if (pointer.front() != '/')
        return {};
    for (qsizetype i = 0; i < pointer.size(); ++i) {
        char c = pointer[i];
        if (c == '/') {
            path.emplace_back();
            continue;
        }
        if (c == '~') {
            const char escape = ++i < pointer.size() ? pointer[i] : '\0';
            if (escape != '0' && escape != '1')
                return {};
            c = escape == '0' ? '~' : '/';
        }
        path.back().append(c);
    }
    return path;
}

qsizetype arrayIndex(QByteArrayView token)
{
    if (token.isEmpty() || token.size() > 18 || (token.front() == '0' && token.size() > 1))
        return -1;
    qsizetype index = 0;
    for (const char c : token) {
        if (c < '0' || c > '9')
            return -1;
        index = index * 10 + (c - '0');
    }
    return index;
}

JsonSlice resolve(JsonSlice from, const JsonPath &path)
{
    if (from.isNull())
        return {};
    const JsonWalk walk(from.text());
    const JsonWalk::Place place = walk.find(walk.root(), path);
    return place.isNull() ? JsonSlice() : JsonSlice(walk.valueAt(place));
}

JsonPlaces::JsonPlaces(const std::vector<QByteArray> &pointers)
{
    for (const QByteArray &pointer : pointers) {
        const std::optional<JsonPath> path = parsePointer(pointer);
        if (!path)
            continue;
        JsonPlaces *place = this;
        for (const QByteArray &token : *path) {
            std::unique_ptr<JsonPlaces> &next = place->m_below[token];
            if (!next)
                next = std::make_unique<JsonPlaces>();
            place = next.get();
        }
        place->m_isPlace = true;
    }
}

const JsonPlaces *JsonPlaces::below(const QByteArray &token) const
{
    const auto found = m_below.find(token);
    return found == m_below.end() ? nullptr : found->second.get();
}

}
