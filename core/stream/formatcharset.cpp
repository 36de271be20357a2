#include "core/stream/formatcharset.h"

#include "core/stream/jsontext.h"

#include <QHash>
#include <QRegularExpression>

#include <iconv.h>

#include <array>
#include <cerrno>

namespace restream {
namespace {

constexpr qsizetype longestName = 40;
constexpr qsizetype longestDeclaration = 256;

Error badCharset(const QString &message)
{
    return { QStringLiteral("bad_charset"), message };
}

/// A charset's name, as far as it can be shown.
QString shown(const QByteArray &charset)
{
    QString name;
    for (const char c : charset.left(longestName))
        name += c > ' ' && c < '\x7f' ? QLatin1Char(c) : QLatin1Char('?');
    return name;
}

/// What iconv calls the charset; empty: unknown here. Those of the WHATWG's Encoding standard and UTF-32, and no other: iconv knows a thousand, some of
/// them with a history of faults, and the server chooses.
QByteArray iconvName(const QByteArray &charset)
{
    static const QHash<QByteArray, QByteArray> names {
        { "usascii", "UTF-8" },     { "ascii", "UTF-8" },        { "utf16", "UTF-16LE" },
        { "utf16le", "UTF-16LE" },  { "utf16be", "UTF-16BE" },   { "utf32", "UTF-32LE" },
        { "utf32le", "UTF-32LE" },  { "utf32be", "UTF-32BE" },   { "latin1", "CP1252" },
        { "l1", "CP1252" },         { "iso88591", "CP1252" },    { "iso88599", "CP1254" },
        { "latin2", "ISO-8859-2" }, { "latin9", "ISO-8859-15" }, { "koi8r", "KOI8-R" },
        { "koi8u", "KOI8-U" },      { "ibm866", "CP866" },       { "cp866", "CP866" },
        { "macintosh", "MAC" },     { "windows874", "CP874" },   { "gb2312", "GBK" },
        { "gbk", "GBK" },           { "gb18030", "GB18030" },    { "big5", "BIG5-HKSCS" },
        { "eucjp", "EUC-JP" },      { "shiftjis", "CP932" },     { "sjis", "CP932" },
        { "windows31j", "CP932" },  { "euckr", "UHC" },          { "iso2022jp", "ISO-2022-JP" },
        { "utf8", "UTF-8" }
    };
    QByteArray plain = charset.left(longestName);
    plain.replace('-', "").replace('_', "");
    if (const auto known = names.constFind(plain); known != names.constEnd())
        return *known;
    bool isNumber = false;
    if (plain.startsWith("iso8859")) {
        const int part = plain.mid(7).toInt(&isNumber);
        if (isNumber && part >= 2 && part <= 16 && part != 12)
            return "ISO-8859-" + QByteArray::number(part);
    }
    if (plain.startsWith("windows125") || plain.startsWith("cp125")) {
        const int page = plain.right(1).toInt(&isNumber);
        if (isNumber && page <= 8 && plain.size() == (plain.startsWith('w') ? 11 : 6))
            return "CP125" + QByteArray::number(page);
    }
    return {};
}

struct ByteOrderMark
{
    QByteArray mark;
    QByteArray charset;
};

/// The one that `body` begins with, or what an XML declaration shows without one (XML 1.0, appendix F).
ByteOrderMark markOf(const QByteArray &body)
{
    static const std::array<ByteOrderMark, 5> marks { {
        { "\xef\xbb\xbf", "utf-8" },
        { QByteArray("\xff\xfe\0\0", 4), "utf-32le" },
        { QByteArray("\0\0\xfe\xff", 4), "utf-32be" },
        { "\xff\xfe", "utf-16le" },
        { "\xfe\xff", "utf-16be" },
    } };
    for (const ByteOrderMark &known : marks) {
        if (body.startsWith(known.mark))
            return known;
    }
    if (body.startsWith(QByteArray("<\0?\0", 4)))
        return { {}, "utf-16le" };
    if (body.startsWith(QByteArray("\0<\0?", 4)))
        return { {}, "utf-16be" };
    return {};
}

/// An open converter to UTF-8.
class Converter final
{
public:
    explicit Converter(const QByteArray &from) : m_descriptor(iconv_open("UTF-8", from.constData()))
    {
    }
    ~Converter()
    {
        if (isOpen())
            iconv_close(m_descriptor);
    }
    Q_DISABLE_COPY_MOVE(Converter)

    [[nodiscard]] bool isOpen() const
    {
        return m_descriptor != reinterpret_cast<iconv_t>(-1); // NOLINT: iconv's own sign
    }
    /// The bytes of `text` that could be converted; all: everything went well.
    qsizetype convert(const QByteArray &text, QByteArray &result) const
    {
        std::array<char, 16384> chunk; // NOLINT(cppcoreguidelines-pro-type-member-init)
        auto *in = const_cast<char *>(text.constData()); // NOLINT: iconv reads only
        auto left = size_t(text.size());
        bool more = true;
        while (more) {
            char *out = chunk.data();
            size_t room = chunk.size();
            more = iconv(m_descriptor, &in, &left, &out, &room) == size_t(-1) && errno == E2BIG;
            result.append(chunk.data(), qsizetype(chunk.size() - room));
        }
        return text.size() - qsizetype(left);
    }

private:
    iconv_t m_descriptor;
};

Result<QByteArray> checkedUtf8(const QByteArray &text, qsizetype before, const QByteArray &charset)
{
    const qsizetype wrong = firstNotUtf8(text);
    if (wrong == text.size())
        return text;
    return badCharset(
        QStringLiteral("byte %1 of the answer is not UTF-8%2")
            .arg(before + wrong)
            .arg(charset.isEmpty()
                     ? QStringLiteral(", and it names no other charset")
                     : QStringLiteral(", though it says \"%1\"").arg(shown(charset))));
}

}

QByteArray charsetOf(const QByteArray &contentType)
{
    const QList<QByteArray> parts = contentType.split(';');
    for (const QByteArray &part : parts.mid(1)) {
        const qsizetype equals = part.indexOf('=');
        if (equals < 0 || part.left(equals).trimmed().toLower() != "charset")
            continue;
        const QByteArray value = part.mid(equals + 1).trimmed().toLower();
        const bool quoted = value.size() >= 2 && value.front() == value.back()
            && (value.front() == '"' || value.front() == '\'');
        return quoted ? value.mid(1, value.size() - 2).trimmed() : value;
    }
    return {};
}

QByteArray xmlEncodingOf(const QByteArray &body)
{
    static const QRegularExpression declaration(
        QStringLiteral(R"(\A<\?xml\s[^>]*?\sencoding\s*=\s*["']([^"'>]*)["'])"));
    const QString start = QString::fromLatin1(body.left(longestDeclaration));
    return declaration.match(start).captured(1).toLatin1().toLower();
}

Result<QByteArray> toUtf8(const QByteArray &body, const QByteArray &charset)
{
    const ByteOrderMark mark = markOf(body);
    const QByteArray name = mark.charset.isEmpty() ? charset : mark.charset;
    const QByteArray text = mark.mark.isEmpty() ? body : body.mid(mark.mark.size());
    const QByteArray from = name.isEmpty() ? "UTF-8" : iconvName(name);
    if (from == "UTF-8")
        return checkedUtf8(text, mark.mark.size(), name);
    const Converter converter(from);
    if (from.isEmpty() || !converter.isOpen())
        return badCharset(
            QStringLiteral("the answer is in the unknown charset \"%1\"; UTF-8 was expected")
                .arg(shown(name)));
    QByteArray result;
    result.reserve(text.size() + text.size() / 8);
    const qsizetype converted = converter.convert(text, result);
    if (converted < text.size())
        return badCharset(
            QStringLiteral("byte %1 of the answer is not in the charset that it names, \"%2\"")
                .arg(mark.mark.size() + converted)
                .arg(shown(name)));
    return result;
}

}
