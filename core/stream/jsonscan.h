#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>

#include <bit>
#endif

/// Reading of JSON text by pointers; `end` bounds the text. What says "valid" relies on validateJson().
namespace restream::jsonscan {

inline bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

inline const char *skipSpace(const char *at, const char *end)
{
    constexpr quint64 blanks = 0x2020202020202020;
    while (at != end && isSpace(*at)) {
        ++at;
        // Pretty-printed bodies indent with long runs of blanks.
        for (quint64 eight = blanks; end - at >= 8; at += 8) {
            std::memcpy(&eight, at, sizeof eight);
            if (eight != blanks)
                break;
        }
    }
    return at;
}

/// The next quote, backslash or control character, or `end`.
inline const char *findInString(const char *at, const char *end)
{
#ifdef __SSE2__
    for (; end - at >= 16; at += 16) {
        __m128i bytes;
        std::memcpy(&bytes, at, sizeof bytes);
        const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        const __m128i special = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                             _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, special)));
        if (found)
            return at + std::countr_zero(found);
    }
#endif
    while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20)
        ++at;
    return at;
}

/// Behind the closing quote of a valid string; `at` is behind the opening one.
inline const char *stringEnd(const char *at, const char *end)
{
    for (;;) {
        at = findInString(at, end);
        if (end - at < 2 || *at == '"')
            return at == end ? end : at + 1;
        at += 2;
    }
}

/// Behind the bracket that closes the valid array or object that `at` opens.
const char *containerEnd(const char *at, const char *end);

/// Behind the valid value that begins at `at`.
inline const char *valueEnd(const char *at, const char *end)
{
    if (*at == '"')
        return stringEnd(at + 1, end);
    if (*at == '{' || *at == '[')
        return containerEnd(at, end);
    while (at != end && *at != ',' && *at != ']' && *at != '}' && !isSpace(*at))
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

/// What is between the quotes of a string; it still has its escapes.
inline QByteArrayView inner(QByteArrayView string)
{
    return string.size() < 2 ? QByteArrayView() : string.sliced(1, string.size() - 2);
}

/// The content of a valid string (escapes resolved, WTF-8). Where it has no escapes it is not copied: `string` must outlive it.
QByteArray content(QByteArrayView string);

/// Whether two valid strings have the same content.
bool sameString(QByteArrayView a, QByteArrayView b);

/// Whether two valid numbers are the same decimal.
bool sameNumber(QByteArrayView a, QByteArrayView b);

/// Whether a null is anywhere in a valid value, itself included.
bool containsNull(QByteArrayView value);

/// Whether any object in a valid value has two members of one name.
bool hasDuplicateMembers(QByteArrayView value);

}
