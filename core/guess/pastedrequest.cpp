#include "core/guess/pastedrequest.h"

#include "core/stream/jsontext.h"

#include <QRegularExpression>
#include <QUrl>

namespace restream {
namespace {

Error badUrl(const QString &message)
{
    return { QStringLiteral("bad_url"), message };
}

Result<PastedRequest> readDefinitionText(const QString &text)
{
    PastedRequest request;
    request.definition = text.toUtf8();
    if (const auto wrong = validateJson(request.definition)) {
        const auto before = QByteArrayView(request.definition).first(wrong->offset);
        return Error { QStringLiteral("bad_definition"),
                       QStringLiteral("this is no JSON: %1 in line %2")
                           .arg(wrong->message)
                           .arg(std::count(before.begin(), before.end(), '\n') + 1) };
    }
    const JsonSlice root(request.definition);
    for (const char *member : { "request", "replay", "command" }) {
        if (!root.member(member).isNull())
            return request;
    }
    return Error { QStringLiteral("bad_definition"),
                   QStringLiteral(
                       "this is JSON, but no definition of a channel, which has a \"request\" "
                       "with a \"url\"; where it is an API's answer, give it as a file") };
}

/// Why something else that asks for a URL can't be read; empty: it is none of them.
QString otherTool(const QString &text)
{
    static const QRegularExpression others(
        QStringLiteral("^(?:await\\s+)?(fetch)\\s*\\(|^(wget|http|https|Invoke-\\w+|iwr|irm)\\s"),
        QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = others.match(text);
    return match.hasMatch()
        ? QStringLiteral(
              "%1 can't be read; choose \"Copy as cURL\" instead, or paste the URL alone")
              .arg(match.captured(match.lastCapturedIndex()))
        : QString();
}

}

Result<QString> readPastedUrl(const QString &text)
{
    static const QRegularExpression scheme(QStringLiteral("^[A-Za-z][A-Za-z0-9+.-]*://"));
    static const QRegularExpression bare(
        QStringLiteral("^([\\w-]+(\\.[\\w-]+)+|localhost)(:\\d+)?([/?#]|$)"));
    QString whole = text.trimmed();
    if (!scheme.match(whole).hasMatch()) {
        if (!bare.match(whole).hasMatch())
            return badUrl(
                QStringLiteral("this is no URL; it must be like https://api.example.com/items"));
        const bool local = whole.startsWith(u"localhost") || whole.startsWith(u"127.");
        whole.prepend(local ? u"http://"_qs : u"https://"_qs);
    }
    QUrl url(whole, QUrl::TolerantMode);
    // The text is not repeated: it may hold a key.
    if (!url.isValid() || url.host().isEmpty())
        return badUrl(
            QStringLiteral("the URL is not valid; it must be like https://api.example.com/items"));
    if (url.scheme() != u"http" && url.scheme() != u"https")
        return badUrl(QStringLiteral("%1: only http and https can be polled").arg(url.scheme()));
    url.setFragment({});
    return url.toString(QUrl::FullyEncoded);
}

Result<PastedRequest> parsePasted(const QString &text)
{
    static const QRegularExpression curl(QStringLiteral("^(\\S*[$%>#]\\s+)?(\\S*[/\\\\])?curl\\b"),
                                         QRegularExpression::CaseInsensitiveOption);
    const QString pasted = text.trimmed();
    if (curl.match(pasted).hasMatch())
        return parseCurl(pasted);
    if (pasted.startsWith(u'{'))
        return readDefinitionText(pasted);
    if (const QString why = otherTool(pasted); !why.isEmpty())
        return Error { QStringLiteral("bad_command"), why };
    QString unquoted = pasted;
    if (pasted.size() > 1 && QStringView(u"\"'<").contains(pasted.front()))
        unquoted = pasted.mid(1, pasted.size() - 2);
    if (unquoted.contains(u'\n'))
        return badUrl(QStringLiteral("these are several lines; paste one URL, one curl command or "
                                     "one definition"));
    const Result<QString> url = readPastedUrl(unquoted);
    if (!url)
        return url.error();
    PastedRequest request;
    request.url = *url;
    return request;
}

}
