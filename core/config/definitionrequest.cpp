#include "core/config/definitionchecks.h"

#include <QRegularExpression>
#include <QSet>
#include <QUrl>

#include <algorithm>

namespace restream {
namespace {

const QString urlMember = QStringLiteral("/request/url");

/// A URL taken apart by hand, since placeholders are no part of a URL's grammar.
struct UrlParts
{
    QString scheme;
    QString authority;
    QString rest;

    explicit UrlParts(const QString &url)
    {
        static const QRegularExpression parts(QStringLiteral("^([^:/?#]*)://([^/?#\\\\]*)(.*)$"),
                                              QRegularExpression::DotMatchesEverythingOption);
        const QRegularExpressionMatch match = parts.match(url);
        scheme = match.captured(1);
        authority = match.captured(2);
        rest = match.captured(3);
    }
};

/// `text` with each placeholder filled in as it could be.
QString sampleOf(const QString &text, const ChannelDefinition &definition)
{
    QString sample = text;
    for (const QString &name : Placeholders::in(text).names) {
        const QStringList choices = definition.params.value(name).enumValues;
        sample.replace(u'{' + name + u'}',
                       choices.isEmpty() ? QStringLiteral("x") : choices.first());
    }
    return sample;
}

void checkScheme(const DefinitionCheck &check, const QString &scheme)
{
    QStringList schemes { scheme };
    const Placeholders placeholders = Placeholders::in(scheme);
    if (placeholders.names.size() == 1 && scheme == u'{' + placeholders.names.first() + u'}') {
        const ParamDefinition param = check.definition().params.value(placeholders.names.first());
        if (!param.enumValues.isEmpty())
            schemes = param.enumValues;
    }
    for (const QString &one : schemes) {
        if (one.compare(u"http", Qt::CaseInsensitive) != 0
            && one.compare(u"https", Qt::CaseInsensitive) != 0) {
            check.problem(
                urlMember,
                QStringLiteral("the scheme of request.url is neither https nor http; it must be an "
                               "absolute URL that starts with https:// or http://"));
            return;
        }
    }
}

/// A param that picks the host is a param that picks whom the key is sent to.
void checkHostParam(const DefinitionCheck &check, const QString &name)
{
    const auto param = check.definition().params.constFind(name);
    if (param == check.definition().params.cend())
        return;
    if (param->enumValues.isEmpty() && !param->pattern) {
        check.problem(
            urlMember,
            QStringLiteral("{%1} stands in the host of request.url, so anybody could choose the "
                           "server; give params.%1 an \"enum\" or a \"pattern\"")
                .arg(name));
        return;
    }
    static const QRegularExpression hostText(
        QRegularExpression::anchoredPattern(QStringLiteral("[A-Za-z0-9.:-]+")));
    const QStringList probes { QStringLiteral("a/b"), QStringLiteral("a@b"), QStringLiteral("a?b"),
                               QStringLiteral("a#b"), QStringLiteral("a\\b") };
    QStringList allowed = param->enumValues;
    if (allowed.isEmpty()) {
        const QRegularExpression pattern(QRegularExpression::anchoredPattern(*param->pattern));
        std::copy_if(probes.cbegin(), probes.cend(), std::back_inserter(allowed),
                     [&pattern](const QString &probe) {
                         return pattern.isValid() && pattern.match(probe).hasMatch();
                     });
    }
    if (!std::all_of(allowed.cbegin(), allowed.cend(),
                     [](const QString &value) { return hostText.match(value).hasMatch(); })) {
        check.problem(
            urlMember,
            QStringLiteral("{%1} stands in the host of request.url, but params.%1 allows more than "
                           "letters, digits, dots and hyphens; narrow it")
                .arg(name));
    }
}

bool isPlainText(QStringView text)
{
    return std::all_of(text.cbegin(), text.cend(),
                       [](QChar c) { return c.unicode() > 0x20 && c.unicode() != 0x7f; });
}

bool isHeaderName(const QString &name)
{
    static const QRegularExpression token(
        QRegularExpression::anchoredPattern(QStringLiteral("[!#$%&'*+.^_`|~0-9A-Za-z-]+")));
    return token.match(name).hasMatch();
}

bool isHeaderValue(const QString &value)
{
    return std::all_of(value.cbegin(), value.cend(), [](QChar c) {
        return c == u'\t' || (c.unicode() >= 0x20 && c.unicode() < 0x7f);
    });
}

void checkHeaderName(const DefinitionCheck &check, const QString &pointer, const QString &name)
{
    if (!isHeaderName(name)) {
        check.problem(
            pointer,
            QStringLiteral(
                "a header's name can't hold spaces, colons, line breaks or other than ASCII "
                "letters, digits and hyphens; write it like X-Api-Version"));
    } else if (isOwnHeader(name)) {
        check.problem(
            pointer,
            QStringLiteral("the header %1 can't be set: Restream sends its own; leave it out")
                .arg(name));
    }
}

void checkPlaceholdersOf(const DefinitionCheck &check, const QString &pointer, const QString &text,
                         bool mayBeAbsent)
{
    const Placeholders placeholders = Placeholders::in(text);
    const QString label = memberLabel(pointer);
    if (placeholders.unbalanced) {
        check.problem(
            pointer,
            QStringLiteral("%1 has a brace without its partner; a param is written {name}")
                .arg(label));
        return;
    }
    const QJsonObject declared = check.source().value(u"params").toObject();
    for (const QString &name : placeholders.names) {
        if (name.startsWith(u"time:")) {
            check.problem(
                pointer,
                QStringLiteral("{time:…} in %1 is not supported yet; leave it out").arg(label));
        } else if (!declared.contains(name)) {
            check.problem(
                pointer,
                QStringLiteral(
                    "{%1} in %2 is no param of this channel; declare it in \"params\", or "
                    "take it out")
                    .arg(name.left(60), label));
        } else if (const auto param = check.definition().params.constFind(name); !mayBeAbsent
                   && param != check.definition().params.cend() && !param->required
                   && !param->defaultValue) {
            check.problem(
                pointer,
                QStringLiteral(
                    "{%1} in %2 may be absent; give params.%1 a \"default\", or use it in "
                    "request.query, where its entry is left out")
                    .arg(name, label));
        }
    }
}

}

bool isOwnHeader(const QString &name)
{
    static const QSet<QString> own { QStringLiteral("host"),
                                     QStringLiteral("content-length"),
                                     QStringLiteral("transfer-encoding"),
                                     QStringLiteral("connection"),
                                     QStringLiteral("keep-alive"),
                                     QStringLiteral("accept-encoding"),
                                     QStringLiteral("if-none-match"),
                                     QStringLiteral("if-modified-since"),
                                     QStringLiteral("upgrade"),
                                     QStringLiteral("te"),
                                     QStringLiteral("trailer"),
                                     QStringLiteral("expect"),
                                     QStringLiteral("range"),
                                     QStringLiteral("proxy-authorization"),
                                     QStringLiteral("proxy-connection") };
    return own.contains(name.toLower());
}

Placeholders Placeholders::in(const QString &text)
{
    static const QRegularExpression braces(QStringLiteral("\\{([^{}]*)\\}"));
    Placeholders result;
    QString rest = text;
    for (auto it = braces.globalMatch(text); it.hasNext();) {
        const QString name = it.next().captured(1);
        if (!result.names.contains(name))
            result.names << name;
    }
    rest.remove(braces);
    result.unbalanced = rest.contains(u'{') || rest.contains(u'}');
    return result;
}

void checkUrl(const DefinitionCheck &check)
{
    const QString url = check.definition().request.url;
    if (url.isEmpty())
        return;
    if (!isPlainText(url)) {
        check.problem(
            urlMember,
            QStringLiteral(
                "request.url holds a space or a control character; write %20 for a space"));
        return;
    }
    const UrlParts parts(url);
    if (parts.authority.isEmpty()) {
        check.problem(
            urlMember,
            QStringLiteral(
                "request.url is not absolute; it must be like https://api.example.com/path"));
        return;
    }
    checkScheme(check, parts.scheme);
    if (parts.authority.contains(u'@')) {
        check.problem(
            urlMember,
            QStringLiteral("request.url holds a user name or password before the \"@\"; declare "
                           "\"auth\" of type basic and keep them in the keychain"));
        return;
    }
    if (parts.rest.contains(u'#'))
        check.problem(
            urlMember,
            QStringLiteral("request.url has a fragment (#…), which no server gets; leave it out"));
    for (const QString &name : Placeholders::in(parts.authority).names)
        checkHostParam(check, name);
    const QUrl sample(QStringLiteral("http://") + sampleOf(parts.authority, check.definition())
                      + QStringLiteral("/"));
    if (!sample.isValid() || sample.host().isEmpty() || parts.rest.startsWith(u'\\'))
        check.problem(
            urlMember,
            QStringLiteral("the host or port of request.url is not valid; it must be like "
                           "api.example.com or api.example.com:8443"));
}

void checkHeaders(const DefinitionCheck &check)
{
    QSet<QString> seen;
    for (const auto &[name, value] : check.definition().request.headers) {
        const QString pointer = memberPointer(QStringLiteral("/request/headers"), name);
        checkHeaderName(check, pointer, name);
        if (!isHeaderValue(value))
            check.problem(
                pointer,
                QStringLiteral(
                    "the value of the header %1 holds a line break, a control character or "
                    "something else than ASCII; it must be one line of ASCII")
                    .arg(isHeaderName(name) ? name : QStringLiteral("here")));
        if (seen.contains(name.toLower()))
            check.problem(pointer,
                          QStringLiteral("the header %1 is given twice; keep one of them")
                              .arg(name.left(60)));
        seen.insert(name.toLower());
    }
    const AuthDefinition &auth = check.definition().auth;
    if (auth.type != AuthDefinition::Type::ApiKey || auth.name.isEmpty())
        return;
    if (auth.place == AuthDefinition::Place::Header) {
        checkHeaderName(check, QStringLiteral("/auth/name"), auth.name);
        if (seen.contains(auth.name.toLower()))
            check.problem(
                memberPointer(QStringLiteral("/request/headers"), auth.name),
                QStringLiteral("the header %1 is the one that \"auth\" fills in; leave it out here")
                    .arg(auth.name));
    } else if (!isPlainText(auth.name)) {
        check.problem(QStringLiteral("/auth/name"),
                      QStringLiteral("auth.name is not a query item's name; it can't hold spaces"));
    }
}

void checkPlaceholders(const DefinitionCheck &check)
{
    const ChannelDefinition &definition = check.definition();
    if (definition.fetcher != ChannelDefinition::FetcherKind::Http)
        return;
    checkPlaceholdersOf(check, urlMember, definition.request.url, false);
    for (const auto &[name, value] : definition.request.query)
        checkPlaceholdersOf(check, memberPointer(QStringLiteral("/request/query"), name), value,
                            true);
    for (const auto &[name, value] : definition.request.headers)
        checkPlaceholdersOf(check, memberPointer(QStringLiteral("/request/headers"), name), value,
                            false);
}

}
