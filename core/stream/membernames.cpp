#include "core/stream/membernames.h"

#include <algorithm>
#include <bit>

namespace restream::jsonscan {

void MemberNames::add(QByteArrayView written)
{
    QByteArrayView text = inner(written);
    if (contains(text, '\\'))
        text = m_decoded.emplace_back(content(written));
    const auto size = static_cast<size_t>(text.size());
    quint64 head = 0;
    quint64 tail = 0;
    if (size >= 8) {
        std::memcpy(&head, text.data(), 8);
        std::memcpy(&tail, text.data() + size - 8, 8);
    } else {
        for (const char c : text)
            head = head << 8 | static_cast<uchar>(c);
    }
    m_names.append({ head ^ std::rotl(tail, 29) ^ size << 56, text });
}

bool MemberNames::takeDistinct(qsizetype count)
{
    const bool distinct = areDistinct(m_names.begin() + count, m_names.end());
    m_names.resize(count);
    return distinct;
}

bool MemberNames::areDistinct(Name *begin, Name *end)
{
    constexpr std::ptrdiff_t few = 32;
    if (end - begin > few) {
        std::sort(begin, end);
        return std::adjacent_find(begin, end) == end;
    }
    for (Name *name = begin; name != end; ++name) {
        if (std::find(begin, name, *name) != name)
            return false;
    }
    return true;
}

bool hasDuplicateMembers(QByteArrayView value)
{
    MemberNames names; // of all objects that are open
    QVarLengthArray<qsizetype, 32> begins; // of each array or object that is open, in `names`
    const char *at = value.data();
    const char *const end = at + value.size();
    while (at != end) {
        const char *const token = at++;
        if (*token == '"') {
            at = stringEnd(at, end);
            const char *const behind = skipSpace(at, end);
            if (behind != end && *behind == ':')
                names.add({ token, at });
        } else if (*token == '{' || *token == '[') {
            begins.append(names.size());
        } else if (*token == '}' || *token == ']') {
            if (!names.takeDistinct(begins.last()))
                return true;
            begins.removeLast();
        }
    }
    return false;
}

}
