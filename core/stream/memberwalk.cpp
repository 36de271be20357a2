#include "core/stream/memberwalk.h"

namespace restream::jsonscan {

bool same(QByteArrayView before, QByteArrayView after)
{
    const bool containers = areBoth('{', before, after) || areBoth('[', before, after);
    return containers ? jsonEqual(before, after) : sameScalar(before, after);
}

bool hasDuplicates(QByteArrayView value)
{
    return (value.front() == '{' || value.front() == '[') && hasDuplicateMembers(value);
}

Members::Members(QByteArrayView object)
{
    const char *at = object.data() + 1;
    const char *const end = object.data() + object.size();
    while (toNext(at, end)) {
        const QByteArrayView key = readName(at, end);
        m_members.push_back({ content(key), key, readValue(at, end) });
    }
}

const Members::Member *Members::find(const QByteArray &name)
{
    if (m_next < m_members.size() && m_members[m_next].name == name)
        return &m_members[m_next++];
    if (m_places.isEmpty()) {
        for (size_t i = 0; i < m_members.size(); ++i)
            m_places.insert(m_members[i].name, i);
    }
    const auto found = m_places.constFind(name);
    if (found == m_places.constEnd())
        return nullptr;
    m_next = *found + 1;
    return &m_members[*found];
}

}
