#include "fetchers/requestbuilder.h"

#include "fetchers/placeholders.h"

#include <QHostAddress>
#include <QRegularExpression>

#include <cmath>

namespace restream {
namespace {

Error failure(const char *code, const QString &message)
{
    return { QString::fromLatin1(code), message };
}

Error missingParam(const QString &name, const QString &place)
{
    return failure("missing_param", QStringLiteral("%1 needs the param %2").arg(place, name));
}

/// A URL with placeholders, cut before anything is filled in, so that no value can move the cuts.
struct UrlTemplate
{
    QString origin; ///< scheme://host:port
    QString path;
    QString query;
};

std::optional<UrlTemplate> cutUrl(const QString &text)
{
    const qsizetype scheme = text.indexOf(QLatin1String("://"));
    if (scheme <= 0)
        return std::nullopt;
    static const QRegularExpression originEnd(QStringLiteral("[/?#\\\\]"));
    const qsizetype fragment = text.indexOf(QLatin1Char('#'));
    const QString whole = fragment < 0 ? text : text.left(fragment);
    qsizetype end = whole.indexOf(originEnd, scheme + 3);
    if (end < 0)
        end = whole.size();
    qsizetype query = whole.indexOf(QLatin1Char('?'), end);
    if (query < 0)
        query = whole.size();
    return UrlTemplate { whole.left(end), whole.mid(end, query - end), whole.mid(query + 1) };
}

Result<QByteArray> fillOrigin(const QString &text, const Params &params)
{
    static const QRegularExpression allowed(QStringLiteral("\\A[A-Za-z0-9.-]+\\z"));
    const auto asIs = [](const QString &piece) { return piece.toUtf8(); };
    const FilledText origin = fillPlaceholders(text, params, asIs, asIs);
    if (!origin.absent.isEmpty())
        return missingParam(origin.absent, QStringLiteral("the host"));
    for (const QString &name : origin.params) {
        if (!allowed.match(params.value(name)).hasMatch())
            return failure("bad_param",
                           QStringLiteral("the param %1 is part of the host: only letters, digits, "
                                          "dots and hyphens are allowed")
                               .arg(name));
    }
    return origin.text;
}

// What a server takes for "here" or "one up", however it is written, and what would make two slashes.
bool isDotSegment(QByteArray segment)
{
    segment = segment.toLower().replace("%2e", ".");
    return segment.isEmpty() || segment == "." || segment == "..";
}

Result<QByteArray> fillPath(const QString &text, const Params &params)
{
    QByteArrayList segments;
    for (const QString &part : text.split(QLatin1Char('/'))) {
        const FilledText segment = fillPlaceholders(part, params, encodeUrlText, encodeValue);
        if (!segment.absent.isEmpty())
            return missingParam(segment.absent, QStringLiteral("the URL"));
        if (!segment.params.isEmpty() && isDotSegment(segment.text)) {
            return failure(
                "bad_param",
                QStringLiteral(
                    "the param %1 is a part of the URL's path: it can't be empty, \".\" or \"..\"")
                    .arg(segment.params.constLast()));
        }
        segments.append(segment.text);
    }
    return segments.join('/');
}

QByteArray fillQuery(const QString &text, const ChannelDefinition &channel, const Params &params)
{
    QByteArrayList entries;
    for (const QString &part : text.split(QLatin1Char('&'), Qt::SkipEmptyParts)) {
        const FilledText entry = fillPlaceholders(part, params, encodeUrlText, encodeValue);
        if (entry.absent.isEmpty())
            entries.append(entry.text);
    }
    for (const auto &[name, value] : channel.request.query) {
        const FilledText left = fillPlaceholders(name, params, encodeValue, encodeValue);
        const FilledText right = fillPlaceholders(value, params, encodeValue, encodeValue);
        if (left.absent.isEmpty() && right.absent.isEmpty())
            entries.append(left.text + '=' + right.text);
    }
    return entries.join('&');
}

Result<QUrl> buildUrl(const UrlTemplate &cut, const ChannelDefinition &channel,
                      const Params &params)
{
    const Result<QByteArray> origin = fillOrigin(cut.origin, params);
    if (!origin)
        return origin.error();
    const Result<QByteArray> path = fillPath(cut.path, params);
    if (!path)
        return path.error();
    QUrl url = QUrl::fromEncoded(*origin, QUrl::StrictMode);
    url.setPath(QString::fromLatin1(path->isEmpty() ? QByteArrayLiteral("/") : *path),
                QUrl::StrictMode);
    if (const QByteArray query = fillQuery(cut.query, channel, params); !query.isEmpty())
        url.setQuery(QString::fromLatin1(query), QUrl::StrictMode);
    return url;
}

bool isClean(const QString &value)
{
    return std::none_of(value.begin(), value.end(),
                        [](QChar c) { return (c < u' ' && c != u'\t') || c == u'\x7f'; });
}

Result<HttpRequest::Headers> fillHeaders(const ChannelDefinition &channel, const Params &params)
{
    const auto asIs = [](const QString &piece) { return piece.toUtf8(); };
    HttpRequest::Headers headers;
    for (const auto &[name, value] : channel.request.headers) {
        const FilledText filled = fillPlaceholders(value, params, asIs, asIs);
        if (!filled.absent.isEmpty())
            continue;
        for (const QString &param : filled.params) {
            if (!isClean(params.value(param))) {
                return failure("bad_param",
                               QStringLiteral("the param %1 stands in the header %2: it can't hold "
                                              "a line break or another control character")
                                   .arg(param, name));
            }
        }
        headers.append({ name.toUtf8(), filled.text });
    }
    return headers;
}

/// Keys by name, as the auth of a channel asks for them.
class KeyRing final
{
public:
    KeyRing(const ChannelDefinition &channel, const Keys &keys) : m_channel(channel), m_keys(keys)
    {
    }

    QString take(const QString &name)
    {
        QString value = m_keys.value(name);
        const QString &owner = m_channel.keyOwner();
        if (value.isEmpty() && !m_error)
            m_error =
                failure("key_missing",
                        QStringLiteral("the key %2 of %1 is missing; run: restreamd keys set %1 %2")
                            .arg(owner, name));
        else if (!isClean(value) && !m_error) {
            m_error =
                failure("key_refused",
                        QStringLiteral("the key %2 of %1 holds a line break or another control "
                                       "character; set it again: restreamd keys set %1 %2")
                            .arg(owner, name));
        }
        return value;
    }
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }

private:
    const ChannelDefinition &m_channel;
    const Keys &m_keys;
    std::optional<Error> m_error;
};

std::optional<Error> attachKeys(HttpRequest &request, const ChannelDefinition &channel,
                                const Keys &keys)
{
    const AuthDefinition &auth = channel.auth;
    KeyRing ring(channel, keys);
    switch (auth.type) {
    case AuthDefinition::Type::None:
        break;
    case AuthDefinition::Type::ApiKey:
        if (auth.place == AuthDefinition::Place::Query)
            request.secretQuery.append({ auth.name, ring.take(auth.key) });
        else
            request.secretHeaders.append({ auth.name.toUtf8(), ring.take(auth.key).toUtf8() });
        break;
    case AuthDefinition::Type::Bearer:
        request.secretHeaders.append({ "Authorization", "Bearer " + ring.take(auth.key).toUtf8() });
        break;
    case AuthDefinition::Type::Basic: {
        const QString user = ring.take(auth.user);
        const QString password = ring.take(auth.password);
        request.secretHeaders.append(
            { "Authorization",
              "Basic " + QString(user % QLatin1Char(':') % password).toUtf8().toBase64() });
        break;
    }
    }
    return ring.error();
}

bool saysPrivateItself(const QString &origin, const QUrl &url)
{
    if (origin.contains(QLatin1Char('{')))
        return false;
    const QString host = url.host();
    return host == QLatin1String("localhost") || !QHostAddress(host).isNull();
}

}

Result<HttpRequest> buildRequest(const ChannelDefinition &channel, const Params &params,
                                 const Keys &keys)
{
    HttpRequest request;
    const std::optional<UrlTemplate> cut = cutUrl(channel.request.url);
    if (!cut)
        return failure(
            "bad_url",
            QStringLiteral("request.url of %1 must start with http:// or https:// and a host")
                .arg(channel.name));
    Result<QUrl> url = buildUrl(*cut, channel, params);
    if (!url)
        return url.error();
    Result<HttpRequest::Headers> headers = fillHeaders(channel, params);
    if (!headers)
        return headers.error();
    request.url = std::move(*url);
    request.headers = std::move(*headers);
    request.timeoutMs = std::llround(channel.request.timeoutSeconds * 1000);
    request.maxBody = channel.request.maxBody;
    request.allowPrivate =
        channel.request.allowPrivate || saysPrivateItself(cut->origin, request.url);
    if (auto problem = attachKeys(request, channel, keys))
        return *problem;
    if (auto problem = requestProblem(request))
        return *problem;
    return request;
}

}
