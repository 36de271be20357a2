#include "core/stream/formatbody.h"

#include "core/stream/bytescan.h"
#include "core/stream/formatcharset.h"
#include "core/stream/formatcsv.h"
#include "core/stream/formatndjson.h"
#include "core/stream/formatxml.h"
#include "core/stream/jsontext.h"

#include <QHash>

#include <algorithm>

namespace restream {
namespace {

/// CSV grows as JSON, since each row repeats the names.
constexpr qint64 mostJsonPerByte = 4;

/// Auto: it is none of the four.
BodyFormat formatOf(const QByteArray &contentType)
{
    static const QHash<QByteArray, BodyFormat> types {
        { "application/json", BodyFormat::Json },
        { "text/json", BodyFormat::Json },
        { "application/x-ndjson", BodyFormat::Ndjson },
        { "application/ndjson", BodyFormat::Ndjson },
        { "application/jsonl", BodyFormat::Ndjson },
        { "application/x-jsonlines", BodyFormat::Ndjson },
        { "application/xml", BodyFormat::Xml },
        { "text/xml", BodyFormat::Xml },
        { "text/csv", BodyFormat::Csv },
        { "application/csv", BodyFormat::Csv },
    };
    const QByteArray type = contentType.split(';').constFirst().trimmed().toLower();
    if (type.endsWith("+json"))
        return BodyFormat::Json;
    if (type.endsWith("+xml"))
        return BodyFormat::Xml;
    return types.value(type, BodyFormat::Auto);
}

/// It begins with "<", whatever it is encoded in.
bool looksLikeXml(const QByteArray &body)
{
    const auto first = std::find_if_not(body.begin(), body.end(), [](char c) {
        return jsonscan::isSpace(c) || c == '\0' || c == '\xef' || c == '\xbb' || c == '\xbf'
            || c == '\xfe' || c == '\xff';
    });
    return first != body.end() && *first == '<';
}

/// JSON is UTF-8 (RFC 8259 §8.1, which gives a charset parameter no meaning); what is not is still read where it says what it is.
bool isPlainJson(const QByteArray &body, const QByteArray &charset)
{
    const bool hasMark = body.startsWith('\xef') || body.startsWith('\xfe')
        || body.startsWith('\xff') || body.startsWith('\0');
    return !hasMark
        && (charset.isEmpty() || charset == "utf-8" || firstNotUtf8(body) == body.size());
}

const char *nameOf(BodyFormat format)
{
    switch (format) {
    case BodyFormat::Auto:
    case BodyFormat::Json:
        break;
    case BodyFormat::Ndjson:
        return "NDJSON";
    case BodyFormat::Xml:
        return "XML";
    case BodyFormat::Csv:
        return "CSV";
    }
    return "JSON";
}

}

BodyFormat bodyFormat(const QByteArray &body, const QByteArray &contentType,
                      const ChannelDefinition &definition)
{
    if (definition.format != BodyFormat::Auto)
        return definition.format;
    const BodyFormat said = formatOf(contentType);
    if (said != BodyFormat::Auto)
        return said;
    return looksLikeXml(body) ? BodyFormat::Xml : BodyFormat::Json;
}

Result<QByteArray> decodeBody(const QByteArray &body, const QByteArray &contentType,
                              const ChannelDefinition &definition)
{
    const BodyFormat format = bodyFormat(body, contentType, definition);
    QByteArray charset = charsetOf(contentType);
    if (format == BodyFormat::Json && isPlainJson(body, charset))
        return body;
    if (format == BodyFormat::Xml && charset.isEmpty())
        charset = xmlEncodingOf(body);
    Result<QByteArray> text = toUtf8(body, charset);
    if (!text)
        return text;
    if (std::all_of(text->begin(), text->end(), jsonscan::isSpace))
        return Error { QStringLiteral("empty_body"),
                       QStringLiteral("the answer is empty; %1 was expected")
                           .arg(QLatin1String(nameOf(format))) };
    switch (format) {
    case BodyFormat::Auto:
    case BodyFormat::Json:
        break;
    case BodyFormat::Ndjson:
        return ndjsonToJson(*text);
    case BodyFormat::Xml:
        return xmlToJson(*text, definition);
    case BodyFormat::Csv:
        return csvToJson(*text, definition.csv, mostJsonPerByte * definition.request.maxBody);
    }
    return text;
}

Result<PolledItems> readBody(const QByteArray &body, const QByteArray &contentType,
                             const ChannelDefinition &definition, const ItemSet &held)
{
    const Result<QByteArray> json = decodeBody(body, contentType, definition);
    return json ? readItems(*json, definition, held) : json.error();
}

}
