#include "core/stream/jsonwalk.h"

namespace restream {

const JsonSkips JsonWalk::noSkips;

JsonWalk::JsonWalk(QByteArrayView text, const JsonSkips &skips)
    : m_begin(text.data()),
      m_end(m_begin + text.size()),
      m_skips(skips)
{
}

QByteArrayView JsonWalk::readValue(Place &place) const
{
    const bool isContainer = *place.at == '{' || *place.at == '[';
    if (!isContainer || m_skips.empty())
        return jsonscan::readValue(place.at, m_end);
    const JsonSkip &skip = m_skips[place.container];
    const char *const begin = std::exchange(place.at, m_begin + skip.end);
    place.container = skip.next;
    return { begin, place.at };
}

JsonWalk::Place JsonWalk::find(Place from, const JsonPath &path) const
{
    for (const QByteArray &token : path) {
        if (from.isNull() || (*from.at != '{' && *from.at != '['))
            return {};
        from = *from.at == '{' ? member(from, token) : element(from, arrayIndex(token));
    }
    return from;
}

JsonWalk::Place JsonWalk::member(Place object, const QByteArray &name) const
{
    Place found;
    Place place = inside(object);
    while (toNext(place)) {
        const QByteArrayView written = readName(place);
        if (jsonscan::isNamed(written, name))
            found = place;
        readValue(place);
    }
    return found;
}

JsonWalk::Place JsonWalk::element(Place array, qsizetype index) const
{
    Place place = inside(array);
    while (index >= 0 && toNext(place)) {
        if (index-- == 0)
            return place;
        readValue(place);
    }
    return {};
}

}
