#pragma once

#include <QtGlobal>

#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>

#include <bit>
#endif

/// The lowest layer of reading JSON: bytes between pointers; `end` bounds the text.
namespace restream::jsonscan {

inline bool isSpace(char c)
{
    constexpr quint64 spaces = 1ULL << ' ' | 1ULL << '\n' | 1ULL << '\r' | 1ULL << '\t';
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' && (spaces >> byte & 1) != 0;
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

/// How many of the first `size` bytes are the same.
inline qsizetype commonBytes(const char *a, const char *b, qsizetype size)
{
    qsizetype same = 0;
#ifdef __SSE2__
    for (; size - same >= 16; same += 16) {
        __m128i left;
        __m128i right;
        std::memcpy(&left, a + same, sizeof left);
        std::memcpy(&right, b + same, sizeof right);
        const auto equal = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(left, right)));
        if (equal != 0xffff)
            return same + std::countr_one(equal);
    }
#endif
    while (same != size && a[same] == b[same])
        ++same;
    return same;
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

}
