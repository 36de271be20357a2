#include "core/stream/jsonscan.h"

#include <algorithm>
#include <bit>

namespace restream::jsonscan {
namespace {

/// 64 bytes of text as bit masks, the first byte in the lowest bit.
struct Block
{
    static constexpr qsizetype size = 64;

    quint64 quotes = 0;
    quint64 backslashes = 0;
    quint64 opening = 0;
    quint64 closing = 0;
    quint64 blanks = 0; ///< white space

    explicit Block(const char *at)
    {
        // [ and { differ in the bit 0x20 alone, as ] and } do.
#ifdef __SSE2__
        for (int i = 0; i < size; i += 16) {
            __m128i bytes;
            std::memcpy(&bytes, at + i, sizeof bytes);
            const __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
            quotes |= mask(bytes, '"') << i;
            backslashes |= mask(bytes, '\\') << i;
            opening |= mask(folded, '{') << i;
            closing |= mask(folded, '}') << i;
            // White space, the only bytes up to a space that are outside of strings.
            blanks |= static_cast<quint64>(_mm_movemask_epi8(_mm_cmpeq_epi8(
                          _mm_max_epu8(bytes, _mm_set1_epi8(' ')), _mm_set1_epi8(' '))))
                << i;
        }
#else
        for (int i = 0; i < size; ++i) {
            const int folded = at[i] | 0x20;
            quotes |= quint64(at[i] == '"') << i;
            backslashes |= quint64(at[i] == '\\') << i;
            opening |= quint64(folded == '{') << i;
            closing |= quint64(folded == '}') << i;
            blanks |= quint64(static_cast<uchar>(at[i]) <= ' ') << i;
        }
#endif
    }

#ifdef __SSE2__
    static quint64 mask(__m128i bytes, char c)
    {
        return static_cast<quint64>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c))));
    }
#endif
};

/// What is beyond `end` counts as digits.
Block blockAt(const char *at, const char *end)
{
    if (end - at >= Block::size)
        return Block(at);
    char padded[Block::size];
    std::memset(padded, '0', sizeof padded);
    std::memcpy(padded, at, size_t(end - at));
    return Block(padded);
}

/// Which bytes of a block are outside strings; carried from block to block.
class StringMask final
{
public:
    quint64 outside(const Block &block)
    {
        quint64 inside = block.quotes & ~escaped(block.backslashes);
        for (int shift = 1; shift < Block::size; shift *= 2)
            inside ^= inside << shift;
        inside ^= m_inString;
        m_inString = quint64(0) - (inside >> 63);
        return ~inside;
    }

private:
    quint64 escaped(quint64 backslashes)
    {
        quint64 result = m_escapedNext;
        backslashes &= ~result;
        m_escapedNext = 0;
        while (backslashes) {
            const quint64 first = backslashes & (~backslashes + 1);
            result |= first << 1;
            backslashes &= ~(first | first << 1);
            m_escapedNext = first >> 63;
        }
        return result;
    }

    quint64 m_inString = 0; ///< all ones: the block begins inside a string
    quint64 m_escapedNext = 0; ///< 1: the block's first byte is escaped
};

void appendCodePoint(QByteArray &out, unsigned code)
{
    const auto byte = [&out](unsigned value) { out.append(static_cast<char>(value)); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xc0 | code >> 6);
        byte(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        byte(0xe0 | code >> 12);
        byte(0x80 | (code >> 6 & 0x3f));
        byte(0x80 | (code & 0x3f));
    } else {
        byte(0xf0 | code >> 18);
        byte(0x80 | (code >> 12 & 0x3f));
        byte(0x80 | (code >> 6 & 0x3f));
        byte(0x80 | (code & 0x3f));
    }
}

unsigned hexDigits(const char *at)
{
    unsigned result = 0;
    for (int i = 0; i < 4; ++i) {
        const auto c = static_cast<unsigned char>(at[i]);
        result = result << 4 | (c <= '9' ? c - unsigned('0') : (c | 0x20U) - unsigned('a') + 10U);
    }
    return result;
}

/// Moves `at`, behind a backslash, behind the escape; the second half of a surrogate pair belongs to the first.
unsigned readEscape(const char *&at, const char *end)
{
    const char c = *at++;
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'u':
        break;
    default:
        return static_cast<unsigned char>(c);
    }
    const unsigned first = hexDigits(at);
    at += 4;
    if ((first & 0xfc00) == 0xd800 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
        const unsigned second = hexDigits(at + 2);
        if ((second & 0xfc00) == 0xdc00) {
            at += 6;
            return 0x10000 + ((first & 0x3ff) << 10 | (second & 0x3ff));
        }
    }
    return first;
}

}

const char *containerEnd(const char *at, const char *end)
{
    StringMask strings;
    int depth = 0;
    for (; at != end; at += std::min<qsizetype>(end - at, Block::size)) {
        const Block block = blockAt(at, end);
        const quint64 outside = strings.outside(block);
        const quint64 opening = block.opening & outside;
        const quint64 closing = block.closing & outside;
        const int closed = std::popcount(closing);
        if (depth > closed) {
            depth += std::popcount(opening) - closed;
            continue;
        }
        for (quint64 rest = opening | closing; rest; rest &= rest - 1) {
            depth += opening & rest & (~rest + 1) ? 1 : -1;
            if (depth == 0)
                return at + std::countr_zero(rest) + 1;
        }
    }
    return end;
}

bool isCompact(QByteArrayView value)
{
    StringMask strings;
    const char *const end = value.data() + value.size();
    for (const char *at = value.data(); at != end;
         at += std::min<qsizetype>(end - at, Block::size)) {
        const Block block = blockAt(at, end);
        const quint64 outside = strings.outside(block);
        if (block.blanks & outside)
            return false;
    }
    return true;
}

qsizetype nestingBound(QByteArrayView value)
{
    StringMask strings;
    qsizetype depth = 0;
    qsizetype bound = 0;
    const char *const end = value.data() + value.size();
    for (const char *at = value.data(); at != end;
         at += std::min<qsizetype>(end - at, Block::size)) {
        const Block block = blockAt(at, end);
        const quint64 outside = strings.outside(block);
        const int opened = std::popcount(block.opening & outside);
        bound = std::max(bound, depth + opened);
        depth += opened - std::popcount(block.closing & outside);
    }
    return bound;
}

QByteArray content(QByteArrayView string)
{
    const QByteArrayView text = inner(string);
    if (!contains(text, '\\'))
        return QByteArray::fromRawData(text.data(), text.size());
    QByteArray result;
    result.reserve(text.size());
    const char *at = text.data();
    const char *const end = at + text.size();
    while (at != end) {
        const auto *escape = static_cast<const char *>(std::memchr(at, '\\', size_t(end - at)));
        const char *const plainEnd = escape ? escape : end;
        result.append(at, plainEnd - at);
        at = plainEnd;
        if (escape)
            appendCodePoint(result, readEscape(++at, end));
    }
    return result;
}

bool isNamed(QByteArrayView written, QByteArrayView name)
{
    // Where the bytes are the same, a backslash in them is an escape of the one and content of the other.
    if (inner(written) == name)
        return !contains(name, '\\');
    const bool mayHaveEscapes = written.size() > name.size() + 2;
    return mayHaveEscapes && contains(written, '\\') && content(written) == name;
}

bool sameString(QByteArrayView a, QByteArrayView b)
{
    if (a == b)
        return true;
    return (contains(a, '\\') || contains(b, '\\')) && content(a) == content(b);
}

bool sameScalar(QByteArrayView a, QByteArrayView b)
{
    if (a == b)
        return true;
    if (a.front() == '"' && b.front() == '"')
        return sameString(a, b);
    const auto isNumber = [](char c) { return c == '-' || (c >= '0' && c <= '9'); };
    return isNumber(a.front()) && isNumber(b.front()) && sameNumber(a, b);
}

bool containsNull(QByteArrayView value)
{
    const char *at = value.data();
    const char *const end = at + value.size();
    while (at != end) {
        if (*at == 'n')
            return true;
        at = *at == '"' ? stringEnd(at + 1, end) : at + 1;
    }
    return false;
}

}
