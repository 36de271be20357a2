#pragma once

#include "core/stream/bytescan.h"

#include <QByteArray>
#include <QByteArrayView>

/// Reading of JSON text by pointers; `end` bounds the text. What says "valid" relies on validateJson().
namespace restream::jsonscan {

/// Behind the bracket that closes the valid array or object that `at` opens.
const char *containerEnd(const char *at, const char *end);

/// Behind the valid value that begins at `at`.
inline const char *valueEnd(const char *at, const char *end)
{
    if (*at == '"')
        return stringEnd(at + 1, end);
    if (*at == '{' || *at == '[')
        return containerEnd(at, end);
    // ] and } differ in the bit 0x20 alone.
    while (at != end && *at != ',' && (*at | 0x20) != '}' && !isSpace(*at))
        ++at;
    return at;
}

/// Moves `at`, which is behind an opening bracket or an element or member, to the next one. False, and `at` on the closing bracket: there is none.
inline bool toNext(const char *&at, const char *end)
{
    at = skipSpace(at, end);
    if (at != end && *at == ',')
        at = skipSpace(at + 1, end);
    return at != end && *at != ']' && *at != '}';
}

/// Moves `at` from a member's name to its value; gives the name as written, with its quotes.
inline QByteArrayView readName(const char *&at, const char *end)
{
    const char *const begin = at;
    const char *const nameEnd = stringEnd(at + 1, end);
    at = skipSpace(nameEnd, end); // the colon
    at = skipSpace(at == end ? at : at + 1, end);
    return { begin, nameEnd };
}

/// Moves `at` behind the value on which it is; gives the value.
inline QByteArrayView readValue(const char *&at, const char *end)
{
    const char *const begin = at;
    at = valueEnd(at, end);
    return { begin, at };
}

/// Whether `member` is the first of `members`, which are the rest of a valid compact object, as it is written.
inline bool beginsWithMember(QByteArrayView members, QByteArrayView member)
{
    const qsizetype size = member.size();
    if (members.size() <= size || std::memcmp(members.data(), member.data(), size_t(size)) != 0)
        return false;
    return members[size] == ','
        || members[size] == '}'; // else it may be only the beginning of a number
}

/// What is between the quotes of a string; it still has its escapes.
inline QByteArrayView inner(QByteArrayView string)
{
    return string.size() < 2 ? QByteArrayView() : string.sliced(1, string.size() - 2);
}

inline bool contains(QByteArrayView text, char c)
{
    return !text.isEmpty() && std::memchr(text.data(), c, size_t(text.size())) != nullptr;
}

/// Whether a member's name as written, with its quotes, has the content `name`.
bool isNamed(QByteArrayView written, QByteArrayView name);

/// The content of a valid string (escapes resolved, WTF-8). Where it has no escapes it is not copied: `string` must outlive it.
QByteArray content(QByteArrayView string);

/// Whether two valid strings have the same content.
bool sameString(QByteArrayView a, QByteArrayView b);

/// Whether two valid numbers are the same decimal.
bool sameNumber(QByteArrayView a, QByteArrayView b);

/// Whether two valid values, at least one of which is neither array nor object, are the same.
bool sameScalar(QByteArrayView a, QByteArrayView b);

/// Whether a null is anywhere in a valid value, itself included.
bool containsNull(QByteArrayView value);

/// Whether no white space is between the tokens of a valid value.
bool isCompact(QByteArrayView value);

/// How deep a valid value nests, or up to 63 more.
qsizetype nestingBound(QByteArrayView value);

}
