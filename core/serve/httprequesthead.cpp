#include "core/serve/httprequesthead.h"

#include <QList>

#include <algorithm>

namespace restream {
namespace {

constexpr qsizetype maxTarget = 8192;
constexpr size_t maxHeaders = 100;

struct Refused
{
    int status;
    QString problem;
};

bool isTokenChar(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return c != '\0' && QByteArrayView("!#$%&'*+-.^_`|~").contains(c);
}

bool isToken(QByteArrayView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), isTokenChar);
}

bool isControl(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

bool isVisible(char c)
{
    return c > 0x20 && c < 0x7f;
}

std::optional<Refused> readRequestLine(QByteArrayView line, HttpRequestHead &request)
{
    const qsizetype first = line.indexOf(' ');
    const qsizetype second = first < 0 ? -1 : line.indexOf(' ', first + 1);
    if (second < 0 || !isToken(line.first(first)))
        return Refused { 400, QStringLiteral("The first line is not \"METHOD /path HTTP/1.1\".") };
    const QByteArrayView target = line.sliced(first + 1, second - first - 1);
    const QByteArrayView version = line.sliced(second + 1);
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        if (version.startsWith("HTTP/"))
            return Refused { 505, QStringLiteral("Only HTTP/1.1 and HTTP/1.0 are spoken here.") };
        return Refused { 400, QStringLiteral("The first line is not \"METHOD /path HTTP/1.1\".") };
    }
    if (target.size() > maxTarget)
        return Refused { 414, QStringLiteral("The target is longer than 8,192 bytes.") };
    if (!target.startsWith('/')) {
        return Refused { 400,
                         QStringLiteral("The target must be a path that starts with \"/\"; this "
                                        "server is no proxy.") };
    }
    if (!std::all_of(target.begin(), target.end(), isVisible) || target.contains('#')) {
        return Refused { 400,
                         QStringLiteral("The target holds a character that must be "
                                        "percent-encoded.") };
    }
    const qsizetype mark = target.indexOf('?');
    request.method = line.first(first).toByteArray();
    request.path = target.first(mark < 0 ? target.size() : mark).toByteArray();
    request.query = mark < 0 ? QByteArray() : target.sliced(mark + 1).toByteArray();
    request.minorVersion = version.endsWith('1') ? 1 : 0;
    return {};
}

std::optional<Refused> readHeader(QByteArrayView line, HttpRequestHead &request)
{
    if (line.startsWith(' ') || line.startsWith('\t'))
        return Refused { 400, QStringLiteral("A header is folded over two lines.") };
    const qsizetype colon = line.indexOf(':');
    if (colon <= 0 || !isToken(line.first(colon))) {
        return Refused { 400,
                         QStringLiteral("A header line is not \"Name: value\", or has white space "
                                        "before its colon.") };
    }
    const QByteArrayView value = line.sliced(colon + 1);
    if (std::any_of(value.begin(), value.end(), isControl))
        return Refused { 400, QStringLiteral("A header's value holds a control character.") };
    if (request.headers.size() == maxHeaders)
        return Refused { 431, QStringLiteral("There are more than 100 headers.") };
    request.headers.emplace_back(line.first(colon).toByteArray().toLower(),
                                 value.toByteArray().trimmed());
    return {};
}

std::optional<Refused> checkWhole(const HttpRequestHead &request)
{
    int hosts = 0;
    int origins = 0;
    int lengths = 0;
    bool chunked = false;
    for (const auto &[name, value] : request.headers) {
        hosts += name == "host";
        origins += name == "origin";
        chunked = chunked || name == "transfer-encoding";
        if (name == "content-length") {
            ++lengths;
            const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
            if (value.isEmpty() || !std::all_of(value.begin(), value.end(), isDigit))
                return Refused { 400, QStringLiteral("Content-Length is not a number.") };
        }
    }
    if (hosts > 1)
        return Refused { 400, QStringLiteral("There are two Host headers.") };
    if (hosts == 0 && request.minorVersion == 1)
        return Refused { 400, QStringLiteral("The Host header is missing.") };
    if (origins > 1)
        return Refused { 400, QStringLiteral("There are two Origin headers.") };
    if (lengths > 1 || (lengths == 1 && chunked))
        return Refused { 400, QStringLiteral("The length of the body is given twice.") };
    return {};
}

/// A line feed without its carriage return; -1: none.
qsizetype bareLineFeed(QByteArrayView bytes)
{
    for (qsizetype i = bytes.indexOf('\n'); i >= 0; i = bytes.indexOf('\n', i + 1)) {
        if (i == 0 || bytes[i - 1] != '\r')
            return i;
    }
    return -1;
}

HttpParse bad(Refused refused)
{
    return { HttpParse::State::Bad, {}, refused.status, std::move(refused.problem) };
}

}

QByteArray HttpRequestHead::header(QByteArrayView name) const
{
    QByteArray joined;
    for (const auto &[key, value] : headers) {
        if (key != name)
            continue;
        if (joined.isNull())
            joined = QByteArray("");
        else
            joined += ", ";
        joined += value;
    }
    return joined;
}

bool HttpRequestHead::hasToken(QByteArrayView name, QByteArrayView token) const
{
    const QList<QByteArray> parts = header(name).split(',');
    return std::any_of(parts.begin(), parts.end(), [token](const QByteArray &part) {
        return part.trimmed().compare(token, Qt::CaseInsensitive) == 0;
    });
}

bool HttpRequestHead::keepsAlive() const
{
    return minorVersion == 1 && !hasToken("connection", "close");
}

bool HttpRequestHead::hasBody() const
{
    const QByteArray length = header("content-length");
    const bool empty = std::all_of(length.begin(), length.end(), [](char c) { return c == '0'; });
    return !header("transfer-encoding").isNull() || !empty;
}

bool HttpRequestHead::wantsWebSocket() const
{
    return hasToken("upgrade", "websocket") && hasToken("connection", "upgrade");
}

HttpParse parseHttpRequestHead(QByteArrayView bytes, qint64 maxHead)
{
    // RFC 9112 §2.2: an empty line before a request is ignored.
    const qsizetype start = bytes.startsWith("\r\n") ? 2 : 0;
    if (bytes == "\r")
        return {};
    bytes = bytes.sliced(start);
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    const bool isWhole = end >= 0 && end + 4 <= maxHead;
    const QByteArrayView head = bytes.first(isWhole ? end : std::min(bytes.size(), maxHead));
    // In the order of the bytes: however a head is cut into pieces, the same is found wrong with it.
    if (!bytes.isEmpty() && !isTokenChar(bytes.front()))
        return bad({ 400, QStringLiteral("This port speaks plain HTTP and WebSocket.") });
    if (bareLineFeed(head) >= 0)
        return bad({ 400, QStringLiteral("A line ends without a carriage return.") });
    if (!isWhole && bytes.size() > maxHead)
        return bad({ 431, QStringLiteral("The head is longer than %1 bytes.").arg(maxHead) });
    if (!isWhole)
        return {};

    HttpParse parse;
    parse.state = HttpParse::State::Complete;
    parse.request.headSize = start + end + 4;
    std::optional<Refused> refused;
    bool first = true;
    for (qsizetype at = 0; at <= head.size() && !refused;) {
        const qsizetype found = head.indexOf("\r\n", at);
        const qsizetype stop = found < 0 ? head.size() : found;
        const QByteArrayView line = head.sliced(at, stop - at);
        refused = first ? readRequestLine(line, parse.request) : readHeader(line, parse.request);
        first = false;
        at = stop + 2;
    }
    if (!refused)
        refused = checkWhole(parse.request);
    return refused ? bad(std::move(*refused)) : parse;
}

}
