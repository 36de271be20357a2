#include "core/stream/knownitems.h"

#include "core/stream/jsonpointer.h"

namespace restream {
namespace {

/// As many items may have gone before the next one that is recognised without looking up its id.
constexpr int lookAhead = 4;

bool isDelimiter(const char *at, const char *end)
{
    return at == end || *at == ',' || *at == ']' || *at == '}' || jsonscan::isSpace(*at);
}

/// Nesting needs two bytes a level; a longer text is looked through.
bool fitsBelow(size_t depth, QByteArrayView text)
{
    const auto room = qsizetype(maxJsonDepth) - qsizetype(depth);
    return text.size() / 2 <= room || jsonscan::nestingBound(text) <= room;
}

}

KnownItems::KnownItems(const ItemSet &held, const ChannelDefinition &definition,
                       const JsonPath &path, const ItemIds &ids, QByteArrayView body,
                       const JsonSkips &skips)
    : KnownValues(path.size() + 1),
      m_held(held),
      m_ids(ids),
      m_begin(body.data()),
      m_walk(body, skips),
      m_byName(definition.idField.isEmpty()),
      m_useful(!held.isEmpty() && definition.shape != ChannelDefinition::Shape::Single
               && (!m_byName || definition.shape == ChannelDefinition::Shape::Map))
{
}

const char *KnownItems::endOf(const char *at, const char *end, QByteArrayView name)
{
    return m_byName ? matchByName(at, end, name) : matchNext(at, end);
}

const char *KnownItems::matchByName(const char *at, const char *end, QByteArrayView name)
{
    const QByteArrayView inner = jsonscan::inner(name);
    if (m_next >= m_held.placeCount() || m_held.at(m_next).id() != inner || inner.contains('\\')) {
        const qsizetype place = m_held.placeOf(jsonscan::content(name));
        if (place < 0)
            return nullptr;
        m_next = place;
    }
    return match(m_next++, at, end);
}

const char *KnownItems::matchNext(const char *at, const char *end)
{
    int tried = 0;
    for (qsizetype place = m_next; place < m_held.placeCount() && tried < lookAhead; ++place) {
        if (m_held.at(place).isNull())
            continue;
        ++tried;
        if (const char *const behind = match(place, at, end)) {
            m_next = place + 1;
            return behind;
        }
    }
    return nullptr;
}

const char *KnownItems::match(qsizetype place, const char *at, const char *end)
{
    const QByteArrayView text = m_held.at(place).text();
    const char *const behind = matchTokens(text, at, end);
    if (!behind || !isDelimiter(behind, end) || !fitsBelow(depth(), text))
        return nullptr;
    m_values.push_back({ quint32(at - m_begin), true, place, {} });
    return behind;
}

void KnownItems::wasRead(JsonWalk::Place value)
{
    if (m_byName)
        return;
    std::optional<QByteArray> id = m_ids.of(m_walk, value);
    const qsizetype place = id ? m_held.placeOf(*id) : -1;
    if (place >= 0)
        m_next = place + 1;
    m_values.push_back({ quint32(value.at - m_begin), false, place, std::move(id) });
}

}
