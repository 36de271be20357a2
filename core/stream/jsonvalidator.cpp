#include "core/stream/jsonwalk.h"

#include <simdjson.h>

#include <array>

namespace restream {
namespace {

using namespace jsonscan;

/// The grammar of RFC 8259 without recursion; bytes from 0x80 on are taken as they come. Each reader gives the place behind what it read, or
/// null once m_error is set.
class Grammar final
{
public:
    Grammar(QByteArrayView text, JsonSkips *skips, KnownValues *known)
        : m_begin(text.data()),
          m_end(m_begin + text.size()),
          m_skips(skips),
          m_known(skips ? known : nullptr),
          m_knownDepth(m_known ? m_known->depth() : maxJsonDepth + 1)
    {
    }

    std::optional<JsonError> check();

private:
    const char *value(const char *at);
    const char *name(const char *at);
    const char *string(const char *at);
    const char *escape(const char *at);
    const char *number(const char *at);
    const char *digits(const char *at);
    const char *literal(const char *at, QByteArrayView expected);
    const char *fail(const char *at, const char *message);
    const char *failValue(const char *at);
    const char *known(const char *at);
    void open(const char *at, char closing);
    const char *close(const char *at);

    const char *m_begin;
    const char *m_end;
    JsonSkips *m_skips;
    KnownValues *m_known;
    size_t m_knownDepth;
    JsonWalk::Place m_unknown; ///< the array or object that was last begun at that depth
    QByteArrayView m_name; ///< the last one
    size_t m_depth = 0;
    std::array<char, maxJsonDepth> m_closing; ///< what closes each open array or object
    std::array<size_t, maxJsonDepth> m_numbers; ///< of each one its place in m_skips
    std::optional<JsonError> m_error;
};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isHexDigit(char c)
{
    return isDigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

const char *Grammar::fail(const char *at, const char *message)
{
    m_error = JsonError { at - m_begin,
                          at == m_end ? QStringLiteral("the text ends too early")
                                      : QString::fromLatin1(message) };
    return nullptr;
}

const char *Grammar::failValue(const char *at)
{
    const QByteArrayView rest(at, m_end);
    if (at == m_begin && rest.startsWith("\xef\xbb\xbf"))
        return fail(at, "JSON does not begin with a byte order mark");
    for (const char *word : { "NaN", "Infinity", "nan", "undefined", "None", "True", "False" }) {
        if (rest.startsWith(word)) {
            fail(at, "");
            m_error->message = QLatin1String(word) + QStringLiteral(" is no JSON value");
            return nullptr;
        }
    }
    return fail(at, "a value was expected");
}

/// Behind the value at `at` where it is known; else null.
const char *Grammar::known(const char *at)
{
    const char *const end = m_known->endOf(at, m_end, m_name);
    if (end && (*at == '{' || *at == '['))
        m_skips->push_back({ quint32(end - m_begin), quint32(m_skips->size() + 1) });
    return end;
}

void Grammar::open(const char *at, char closing)
{
    m_closing[m_depth] = closing;
    if (m_skips) {
        if (m_depth == m_knownDepth)
            m_unknown = { at, m_skips->size() };
        m_numbers[m_depth] = m_skips->size();
        m_skips->emplace_back();
    }
    ++m_depth;
}

const char *Grammar::close(const char *at)
{
    ++at;
    --m_depth;
    if (m_skips)
        (*m_skips)[m_numbers[m_depth]] = { quint32(at - m_begin), quint32(m_skips->size()) };
    if (m_depth == m_knownDepth)
        m_known->wasRead(m_unknown);
    return at;
}

std::optional<JsonError> Grammar::check()
{
    const char *at = value(m_begin);
    while (at) {
        at = skipSpace(at, m_end);
        if (m_depth == 0) {
            if (at != m_end)
                fail(at, "nothing was expected after the value");
            break;
        }
        const char closing = m_closing[m_depth - 1];
        if (at != m_end && *at == ',') {
            at = closing == '}' ? name(at + 1) : at + 1;
            at = at ? value(at) : nullptr;
        } else if (at != m_end && *at == closing) {
            at = close(at);
        } else {
            at = fail(at,
                      closing == '}' ? "a comma or } was expected" : "a comma or ] was expected");
        }
    }
    return m_error;
}

/// Reads a scalar, or as far into a container as its first scalar or empty container.
const char *Grammar::value(const char *at)
{
    for (;;) {
        at = skipSpace(at, m_end);
        if (at == m_end)
            return fail(at, "");
        if (m_depth == m_knownDepth) {
            if (const char *const end = known(at))
                return end;
        }
        switch (*at) {
        case '"':
            return string(at + 1);
        case 't':
            return literal(at, "true");
        case 'f':
            return literal(at, "false");
        case 'n':
            return literal(at, "null");
        case '[':
        case '{':
            break;
        default:
            return isDigit(*at) || *at == '-' ? number(at) : failValue(at);
        }
        if (m_depth == size_t(maxJsonDepth))
            return fail(at, "arrays and objects nest more than 1,024 deep");
        const char closing = *at == '{' ? '}' : ']';
        open(at, closing);
        at = skipSpace(at + 1, m_end);
        if (at != m_end && *at == closing)
            return close(at);
        if (closing == '}') {
            at = name(at);
            if (!at)
                return nullptr;
        }
    }
}

const char *Grammar::name(const char *at)
{
    at = skipSpace(at, m_end);
    if (at == m_end || *at != '"')
        return fail(at, "a name in double quotes was expected");
    const char *const begin = at;
    at = string(at + 1);
    if (!at)
        return nullptr;
    m_name = { begin, at };
    at = skipSpace(at, m_end);
    if (at == m_end || *at != ':')
        return fail(at, "a colon was expected");
    return at + 1;
}

const char *Grammar::string(const char *at)
{
    for (;;) {
        at = findInString(at, m_end);
        if (at == m_end)
            return fail(at, "");
        if (*at == '"')
            return at + 1;
        if (*at != '\\')
            return fail(at, "a control character in a string must be written as an escape");
        at = escape(at);
        if (!at)
            return nullptr;
    }
}

const char *Grammar::escape(const char *at)
{
    const char *next = at + 1;
    if (next == m_end)
        return fail(next, "");
    if (*next != 'u')
        return QByteArrayView("\"\\/bfnrt").contains(*next) ? next + 1
                                                            : fail(at, "JSON has no such escape");
    ++next;
    for (int i = 0; i < 4; ++i, ++next) {
        if (next == m_end || !isHexDigit(*next))
            return fail(next, "four hexadecimal digits were expected");
    }
    return next;
}

const char *Grammar::number(const char *at)
{
    at += *at == '-';
    if (at != m_end && *at == '0') {
        ++at;
        if (at != m_end && isDigit(*at))
            return fail(at - 1, "a number does not begin with 0");
    } else {
        at = digits(at);
    }
    if (at && at != m_end && *at == '.')
        at = digits(at + 1);
    if (at && at != m_end && (*at | 0x20) == 'e') {
        ++at;
        at += at != m_end && (*at == '+' || *at == '-');
        at = digits(at);
    }
    return at;
}

const char *Grammar::digits(const char *at)
{
    if (at == m_end || !isDigit(*at))
        return fail(at, "a digit was expected");
    while (at != m_end && isDigit(*at))
        ++at;
    return at;
}

const char *Grammar::literal(const char *at, QByteArrayView expected)
{
    const QByteArrayView rest(at, m_end);
    if (rest.startsWith(expected))
        return at + expected.size();
    return expected.startsWith(rest) ? fail(m_end, "") : failValue(at);
}

/// Bytes of the well-formed UTF-8 sequence (RFC 3629) at `at`; 0: there is none.
qsizetype sequenceLength(const uchar *at, const uchar *end)
{
    const uchar lead = *at;
    if (lead < 0x80)
        return 1;
    const qsizetype length = lead < 0xc2 ? 0
        : lead < 0xe0                    ? 2
        : lead < 0xf0                    ? 3
        : lead < 0xf5                    ? 4
                                         : 0;
    if (length == 0 || end - at < length)
        return 0;
    // The second byte keeps out what is overlong, a surrogate or beyond U+10FFFF.
    const uchar low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const uchar high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < low || at[1] > high)
        return 0;
    for (qsizetype i = 2; i < length; ++i) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    return length;
}

std::optional<JsonError> validate(QByteArrayView text, JsonSkips *skips, KnownValues *known)
{
    std::optional<JsonError> error = Grammar(text, skips, known).check();
    const qsizetype offset = firstNotUtf8(text);
    if (offset < text.size() && (!error || offset <= error->offset))
        error = JsonError { offset, QStringLiteral("bytes that are not UTF-8") };
    return error;
}

}

qsizetype firstNotUtf8(QByteArrayView text)
{
    if (text.isEmpty() || simdjson::validate_utf8(text.data(), size_t(text.size())))
        return text.size();
    const auto *const begin = reinterpret_cast<const uchar *>(text.data());
    const uchar *const end = begin + text.size();
    const uchar *at = begin;
    while (at != end) {
        const qsizetype length = sequenceLength(at, end);
        if (length == 0)
            break;
        at += length;
    }
    return at - begin;
}

std::optional<JsonError> validateJson(QByteArrayView text)
{
    return validate(text, nullptr, nullptr);
}

std::optional<JsonError> validateJson(QByteArrayView text, JsonSkips &skips, KnownValues *known)
{
    skips.clear();
    const bool countable = text.size() <= std::numeric_limits<quint32>::max();
    return validate(text, countable ? &skips : nullptr, known);
}

}
