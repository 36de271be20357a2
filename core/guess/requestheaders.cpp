#include "core/guess/requestheaders.h"

#include "core/config/definitionchecks.h"
#include "core/config/definitionsecrets.h"

#include <QRegularExpression>

#include <algorithm>

namespace restream {
namespace {

struct Rule
{
    QRegularExpression name;
    QString why;
};

Rule rule(const char *names, const char *why)
{
    return { QRegularExpression(QRegularExpression::anchoredPattern(QString::fromLatin1(names)),
                                QRegularExpression::CaseInsensitiveOption),
             QString::fromLatin1(why) };
}

const QList<Rule> &rules()
{
    static const QList<Rule> all {
        rule("cookie2?",
             "it is your login, and ends one day; keep it only where the API has no key"),
        rule("referer|origin", "it tells from which page you came"),
        rule("user-agent", "Restream says itself who asks"),
        rule("sec-.*|dnt|save-data|x-client-data|viewport-width|device-memory|priority|"
             "upgrade-insecure-requests|x-requested-with",
             "browsers add it"),
        rule(".*(csrf|xsrf).*", "it belongs to one session of your browser"),
        rule(".*(session|device-?id|visitor|fingerprint).*", "it belongs to you or your browser"),
        rule("traceparent|tracestate|baggage|x-(request|correlation|amzn-trace|b3|datadog|newrelic)"
             ".*",
             "it belongs to one request"),
        rule("x-forwarded-.*|forwarded|x-real-ip|from|via", "it says where you are"),
        rule("accept-language", "it tells your languages; keep it where the answer depends on it"),
        rule("cache-control|pragma|if-.*", "Restream asks for what changed by itself"),
    };
    return all;
}

bool isAscii(const QString &text)
{
    return std::all_of(text.cbegin(), text.cend(),
                       [](QChar c) { return c.unicode() >= 0x20 && c.unicode() < 0x7f; });
}

}

HeaderUse useOfHeader(const QString &name, const QString &value, bool hasBody)
{
    static const QRegularExpression token(QStringLiteral("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"));
    if (!token.match(name).hasMatch() || !isAscii(value))
        return { HeaderUse::Kind::Drop, QStringLiteral("it is not ASCII, or its name is none") };
    for (const Rule &rule : rules()) {
        if (rule.name.match(name).hasMatch())
            return { HeaderUse::Kind::Drop, rule.why };
    }
    const bool isGeneral = name.compare(u"accept", Qt::CaseInsensitive) == 0 && value == u"*/*";
    if (isOwnHeader(name) || isGeneral)
        return { HeaderUse::Kind::Drop, QString() };
    const bool isContentType = name.compare(u"content-type", Qt::CaseInsensitive) == 0;
    if (isContentType && !hasBody)
        return { HeaderUse::Kind::Drop, QString() };
    if (value.contains(u'{') || value.contains(u'}'))
        return { HeaderUse::Kind::Drop, QStringLiteral("a brace would begin a param") };
    const bool isExtension = name.startsWith(u"x-", Qt::CaseInsensitive);
    if (namesAKey(name) || (isExtension && isKeyRatherThanName(value)))
        return { HeaderUse::Kind::Key, QString() };
    return {};
}

}
