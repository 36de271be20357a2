#include "fetchers/answerreader.h"

#include <QDateTime>
#include <QLocale>
#include <QRegularExpression>
#include <QTimeZone>
#include <QUrl>

#include <algorithm>

namespace restream {
namespace {

constexpr qsizetype excerptLength = 100;
constexpr qsizetype looksAt = 64 * 1024;

bool isHtml(const QByteArray &contentType)
{
    const QByteArray type = contentType.split(';').constFirst().trimmed().toLower();
    return type == "text/html" || type == "application/xhtml+xml";
}

// The first words of a body that isn't items, for a person to recognise it by.
QString excerpt(const HttpAnswer &answer, const Keys &keys)
{
    static const QRegularExpression unseen(
        QStringLiteral("<(script|style)\\b.*?</\\1\\s*>|<!--.*?-->|<[^>]*>"),
        QRegularExpression::CaseInsensitiveOption | QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression control(QStringLiteral(
        "[\\x{0000}-\\x{001f}\\x{007f}-\\x{009f}\\x{202a}-\\x{202e}\\x{2066}-\\x{2069}\\x{fffd}]"));
    QString text = QString::fromUtf8(answer.body.left(looksAt));
    if (isHtml(answer.contentType))
        text.replace(unseen, QStringLiteral(" "));
    text.replace(control, QStringLiteral(" "));
    // Before it is cut, or half a key would pass.
    text = redacted(text.simplified(), keys);
    return text.size() <= excerptLength
        ? text
        : QString(text.left(excerptLength).trimmed() % QStringLiteral("…"));
}

QString quoted(const QString &excerpt)
{
    return excerpt.isEmpty() ? QString()
                             : QString(QStringLiteral(", saying \"") % excerpt % QLatin1Char('"'));
}

QString keyAdvice(const ChannelDefinition &channel, const Keys &keys)
{
    if (keys.isEmpty() || channel.auth.type == AuthDefinition::Type::None)
        return QStringLiteral("it wants a key, and the channel has no auth; add it to the channel");
    return QStringLiteral("check it, and set it again: restreamd keys set %1 %2")
        .arg(channel.keyOwner(), keys.firstKey());
}

FetchResult problem(FetchResult::Kind kind, const char *code, const QString &message)
{
    FetchResult result;
    result.kind = kind;
    result.error = { QString::fromLatin1(code), message };
    return result;
}

/// The code and the name of what was expected.
std::pair<const char *, QLatin1String> expected(ChannelDefinition::Format format)
{
    switch (format) {
    case ChannelDefinition::Format::Auto:
    case ChannelDefinition::Format::Json:
        break;
    case ChannelDefinition::Format::Ndjson:
        return { "not_ndjson", QLatin1String("NDJSON") };
    case ChannelDefinition::Format::Xml:
        return { "not_xml", QLatin1String("XML") };
    case ChannelDefinition::Format::Csv:
        return { "not_csv", QLatin1String("CSV") };
    }
    return { "not_json", QLatin1String("JSON") };
}

FetchResult readBody(HttpAnswer &answer, const ChannelDefinition &channel, const Keys &keys,
                     const QString &host)
{
    if (isHtml(answer.contentType)) {
        const auto [code, name] = expected(channel.format);
        return problem(FetchResult::Kind::Failed, code,
                       QStringLiteral("%1 sent a web page, not %2%3; check the channel's URL")
                           .arg(host, name, quoted(excerpt(answer, keys))));
    }
    FetchResult result;
    result.kind = FetchResult::Kind::Body;
    result.body = std::move(answer.body);
    result.contentType = std::move(answer.contentType);
    result.validators = std::move(answer.validators);
    return result;
}

FetchResult readFailure(const HttpAnswer &answer, const Keys &keys, const QString &host)
{
    const QString status = QString::number(answer.status);
    if (answer.status == 404 || answer.status == 410) {
        return problem(
            FetchResult::Kind::Failed, "not_found",
            QStringLiteral("%1 has nothing at this address (%2); check the URL and the params")
                .arg(host, status));
    }
    const QString said = quoted(excerpt(answer, keys));
    if (answer.status >= 500) {
        return problem(FetchResult::Kind::Failed, "server_error",
                       QStringLiteral("%1 has trouble of its own (%2)%3; it is asked again later")
                           .arg(host, status, said));
    }
    return problem(
        FetchResult::Kind::Failed, "http_status",
        QStringLiteral("%1 answered with the unexpected status %2%3; check the URL and the params")
            .arg(host, status, said));
}

}

FetchResult readAnswer(HttpAnswer answer, const ChannelDefinition &channel, const Keys &keys,
                       const QString &host, qint64 wallMs)
{
    FetchResult result;
    switch (answer.status) {
    case 200:
    case 203:
        return readBody(answer, channel, keys, host);
    case 204:
        result.kind = FetchResult::Kind::NoContent;
        return result;
    case 304:
        result.kind = FetchResult::Kind::NotModified;
        result.validators = std::move(answer.validators);
        return result;
    case 401:
        return problem(FetchResult::Kind::Refused, "key_refused",
                       QStringLiteral("the key was refused by %1 (401)%2; %3")
                           .arg(host, quoted(excerpt(answer, keys)), keyAdvice(channel, keys)));
    case 403:
        return problem(FetchResult::Kind::Refused, "forbidden",
                       QStringLiteral("%1 forbids this (403)%2; %3")
                           .arg(host, quoted(excerpt(answer, keys)), keyAdvice(channel, keys)));
    default:
        break;
    }
    const std::optional<qint64> retryAfterMs = parseRetryAfter(answer.retryAfter, wallMs);
    if (answer.status == 429 || (answer.status == 503 && retryAfterMs)) {
        result = problem(FetchResult::Kind::RateLimited, "rate_limited",
                         QStringLiteral("%1 asks to be called less often (%2)")
                             .arg(host, QString::number(answer.status)));
        result.retryAfterMs = retryAfterMs;
        return result;
    }
    return readFailure(answer, keys, host);
}

std::optional<qint64> parseRetryAfter(const QByteArray &header, qint64 wallMs)
{
    const QByteArray text = header.trimmed();
    if (text.isEmpty())
        return std::nullopt;
    if (std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        constexpr qint64 tenYears = 10LL * 365 * 24 * 3600;
        bool fits = false;
        const qint64 seconds = text.toLongLong(&fits);
        return 1000 * (fits ? std::min(seconds, tenYears) : tenYears);
    }
    // RFC 9110 §5.6.7: the form of today and the two obsolete ones, without the day of the week that each begins with.
    const QString date = QString::fromLatin1(text).simplified().section(QLatin1Char(' '), 1);
    for (const QString &form :
         { QStringLiteral("dd MMM yyyy HH:mm:ss 'GMT'"), QStringLiteral("dd-MMM-yy HH:mm:ss 'GMT'"),
           QStringLiteral("MMM d HH:mm:ss yyyy") }) {
        QDateTime time = QLocale::c().toDateTime(date, form);
        if (!time.isValid())
            continue;
        time.setTimeSpec(Qt::UTC);
        while (time.date().year() < 1970) // two digits of a year mean the nearer century
            time = time.addYears(100);
        const qint64 wait = time.toMSecsSinceEpoch() - wallMs;
        return wait >= 0 ? std::optional(wait) : std::nullopt;
    }
    return std::nullopt;
}

QString redacted(QString text, const Keys &keys)
{
    QStringList forms;
    for (const QString &key : keys) {
        if (key.isEmpty())
            continue;
        QString escaped = key;
        escaped.replace(QLatin1Char('\\'), QStringLiteral("\\\\"))
            .replace(QLatin1Char('"'), QStringLiteral("\\\""));
        forms << key << escaped << QString(escaped).replace(QLatin1Char('/'), QStringLiteral("\\/"))
              << QString::fromLatin1(QUrl::toPercentEncoding(key))
              << QString::fromLatin1(key.toUtf8().toBase64());
        for (const QString &other : keys)
            forms << QString::fromLatin1(
                QString(key % QLatin1Char(':') % other).toUtf8().toBase64());
    }
    // The longest first: one key may be a part of another.
    std::sort(forms.begin(), forms.end(),
              [](const QString &a, const QString &b) { return a.size() > b.size(); });
    for (const QString &form : std::as_const(forms))
        text.replace(form, QStringLiteral("***"), Qt::CaseInsensitive);
    return text;
}

}
