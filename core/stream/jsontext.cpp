#include "core/stream/jsontext.h"

#include "core/stream/jsonpointer.h"
#include "core/stream/jsonscan.h"

#include <algorithm>

namespace restream {
namespace {

using namespace jsonscan;

/// Where a WTF-8 sequence of a surrogate begins at `i`, its code; else 0.
unsigned surrogateAt(QByteArrayView text, qsizetype i)
{
    if (text.size() - i < 3 || static_cast<uchar>(text[i]) != 0xed)
        return 0;
    const auto second = static_cast<uchar>(text[i + 1]);
    const auto third = static_cast<uchar>(text[i + 2]);
    return second < 0xa0 ? 0 : 0xd000U | (second & 0x3fU) << 6 | (third & 0x3fU);
}

void appendUnicodeEscape(QByteArray &out, unsigned code)
{
    constexpr char digits[] = "0123456789abcdef";
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4)
        out.append(digits[code >> shift & 0xf]);
}

void appendControl(QByteArray &out, char c)
{
    constexpr QByteArrayView codes = "\b\f\n\r\t";
    constexpr QByteArrayView letters = "bfnrt";
    const qsizetype place = codes.indexOf(c);
    if (place >= 0)
        out.append('\\').append(letters[place]);
    else
        appendUnicodeEscape(out, static_cast<uchar>(c));
}

/// 0xed may begin a surrogate.
bool mayNeedEscape(char c)
{
    return c == '"' || c == '\\' || static_cast<uchar>(c) < 0x20 || c == '\xed';
}

/// QString::toUtf8() replaces what is no pair.
QByteArray wtf8(const QString &text)
{
    QByteArray result;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (c.isHighSurrogate() && i + 1 < text.size() && text.at(i + 1).isLowSurrogate()) {
            result += text.mid(i++, 2).toUtf8();
        } else if (c.isSurrogate()) {
            result += static_cast<char>(0xed);
            result += static_cast<char>(0x80 | (c.unicode() >> 6 & 0x3f));
            result += static_cast<char>(0x80 | (c.unicode() & 0x3f));
        } else {
            result += QString(c).toUtf8();
        }
    }
    return result;
}

QByteArrayView trimmed(QByteArrayView text)
{
    while (!text.isEmpty() && isSpace(text.front()))
        text = text.sliced(1);
    while (!text.isEmpty() && isSpace(text.back()))
        text.chop(1);
    return text;
}

}

JsonSlice::JsonSlice(QByteArrayView text) : m_text(trimmed(text))
{
}

JsonSlice::Kind JsonSlice::kind() const
{
    switch (m_text.isEmpty() ? 'n' : m_text.front()) {
    case 'n':
        return Kind::Null;
    case 't':
    case 'f':
        return Kind::Bool;
    case '"':
        return Kind::String;
    case '[':
        return Kind::Array;
    case '{':
        return Kind::Object;
    default:
        return Kind::Number;
    }
}

QByteArray JsonSlice::string() const
{
    if (!isString())
        return {};
    // Where there is no escape, content() points into the text.
    return m_text.contains('\\') ? content(m_text) : inner(m_text).toByteArray();
}

std::vector<JsonSlice> JsonSlice::elements() const
{
    std::vector<JsonSlice> result;
    if (!isArray())
        return result;
    const char *at = m_text.data() + 1;
    const char *const end = m_text.data() + m_text.size();
    while (toNext(at, end))
        result.emplace_back(readValue(at, end));
    return result;
}

std::vector<JsonSlice::Member> JsonSlice::members() const
{
    std::vector<Member> result;
    if (!isObject())
        return result;
    const char *at = m_text.data() + 1;
    const char *const end = m_text.data() + m_text.size();
    while (toNext(at, end)) {
        const JsonSlice key(readName(at, end));
        result.push_back({ key, JsonSlice(readValue(at, end)) });
    }
    return result;
}

JsonSlice JsonSlice::member(QByteArrayView name) const
{
    return isObject() ? resolve(*this, { name.toByteArray() }) : JsonSlice();
}

JsonSlice JsonSlice::at(QByteArrayView pointer) const
{
    const std::optional<JsonPath> path = parsePointer(pointer);
    return path ? resolve(*this, *path) : JsonSlice();
}

QByteArray compactJson(QByteArrayView text)
{
    QByteArray result(text.size(), Qt::Uninitialized);
    char *out = result.data();
    const char *const end = text.data() + text.size();
    for (const char *at = skipSpace(text.data(), end); at != end; at = skipSpace(at, end)) {
        const char *const begin = at;
        while (at != end && !isSpace(*at))
            at = *at == '"' ? stringEnd(at + 1, end) : at + 1;
        std::memcpy(out, begin, size_t(at - begin));
        out += at - begin;
    }
    result.truncate(out - result.constData());
    result.squeeze(); // items are held for long
    return result;
}

void appendJsonString(QByteArray &out, QByteArrayView text)
{
    out.append('"');
    const char *const end = text.data() + text.size();
    for (const char *at = text.data(); at != end;) {
        const char *const plainEnd = std::find_if(at, end, mayNeedEscape);
        out.append(at, plainEnd - at);
        at = plainEnd;
        if (at == end)
            break;
        if (*at == '"' || *at == '\\') {
            out.append('\\').append(*at++);
        } else if (const unsigned surrogate = surrogateAt(text, at - text.data())) {
            appendUnicodeEscape(out, surrogate);
            at += 3;
        } else if (static_cast<uchar>(*at) < 0x20) {
            appendControl(out, *at++);
        } else {
            out.append(*at++);
        }
    }
    out.append('"');
}

QByteArray jsonString(QByteArrayView text)
{
    QByteArray result;
    result.reserve(text.size() + 2);
    appendJsonString(result, text);
    return result;
}

QByteArray jsonString(const QString &text)
{
    return jsonString(QByteArrayView(text.isValidUtf16() ? text.toUtf8() : wtf8(text)));
}

}
