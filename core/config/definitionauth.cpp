#include "core/config/definitionchecks.h"
#include "core/config/definitionsecrets.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace restream {
namespace {

const QString way =
    QStringLiteral("declare \"auth\" and put the key in the keychain (restreamd keys set)");

/// The items of the query that stands in a URL, percent-decoded.
QList<std::pair<QString, QString>> queryOf(const QString &url)
{
    QList<std::pair<QString, QString>> items;
    const QString query = url.section(u'#', 0, 0).section(u'?', 1);
    for (const QString &item : query.split(u'&', Qt::SkipEmptyParts)) {
        items.append({ QUrl::fromPercentEncoding(item.section(u'=', 0, 0).toUtf8()),
                       QUrl::fromPercentEncoding(item.section(u'=', 1).toUtf8()) });
    }
    return items;
}

void checkQuerySecrets(const DefinitionCheck &check)
{
    const RequestDefinition &request = check.definition().request;
    for (const auto &[name, value] : queryOf(request.url)) {
        if (namesAKey(name) && looksLikeKey(value))
            check.problem(QStringLiteral("/request/url"),
                          QStringLiteral("request.url holds what looks like a key (its item %1), "
                                         "which everybody who sees "
                                         "the definition would have; %2")
                              .arg(name.left(60), way));
    }
    for (const auto &[name, value] : request.query) {
        if (namesAKey(name) && looksLikeKey(value))
            check.problem(
                memberPointer(QStringLiteral("/request/query"), name),
                QStringLiteral(
                    "this looks like a key, which everybody who sees the definition would have; ")
                    + way);
    }
}

/// A cookie that is long and mixed is somebody's login.
bool holdsLoginCookie(const QString &header)
{
    const QStringList cookies = header.split(u';');
    return std::any_of(cookies.cbegin(), cookies.cend(), [](const QString &cookie) {
        const QString value = cookie.section(u'=', 1).trimmed();
        return value.size() >= 16 && looksLikeKey(value);
    });
}

void checkHeaderSecrets(const DefinitionCheck &check)
{
    for (const auto &[name, value] : check.definition().request.headers) {
        const QString pointer = memberPointer(QStringLiteral("/request/headers"), name);
        if (name.compare(u"Authorization", Qt::CaseInsensitive) == 0)
            check.problem(pointer,
                          QStringLiteral("the header Authorization can't stand in a definition; ")
                              + way);
        else if (name.compare(u"Cookie", Qt::CaseInsensitive) == 0
                     ? holdsLoginCookie(value)
                     : namesAKey(name) && looksLikeKey(value))
            check.problem(
                pointer,
                QStringLiteral(
                    "this looks like a key, which everybody who sees the definition would have; ")
                    + way);
    }
}

const QString rather = QStringLiteral(
    " looks like the key itself; it must be a name for it, like \"api-key\", and the key "
    "belongs in the keychain");

void checkKeySyntax(const DefinitionCheck &check, const QString &pointer, const QString &name)
{
    static const QRegularExpression syntax(
        QRegularExpression::anchoredPattern(QStringLiteral("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")));
    if (!syntax.match(name).hasMatch())
        check.problem(
            pointer,
            QStringLiteral("the name of a key has at most 64 letters, digits, dots, hyphens and "
                           "underscores and starts with a letter or digit, like \"api-key\""));
}

/// Whatever `auth` holds, members of other versions too, may be a key that somebody took for its name.
void checkAuthKeys(const DefinitionCheck &check)
{
    static const QStringList keyNames {
        QStringLiteral("key"),          QStringLiteral("user"),
        QStringLiteral("password"),     QStringLiteral("consumer_key"),
        QStringLiteral("token"),        QStringLiteral("consumer_secret"),
        QStringLiteral("token_secret"), QStringLiteral("client_id"),
        QStringLiteral("client_secret")
    };
    static const QStringList others { QStringLiteral("type"), QStringLiteral("name"),
                                      QStringLiteral("token_url"), QStringLiteral("scope") };
    const QJsonObject auth = check.source().value(u"auth").toObject();
    for (auto it = auth.begin(); it != auth.end(); ++it) {
        const QString pointer = memberPointer(QStringLiteral("/auth"), it.key());
        if (!it.value().isString() || others.contains(it.key()) || check.hasProblemUnder(pointer))
            continue;
        if (isKeyRatherThanName(it.value().toString()))
            check.problem(pointer, memberLabel(pointer) + rather);
        else if (keyNames.contains(it.key()))
            checkKeySyntax(check, pointer, it.value().toString());
    }
}

void checkKeyHelp(const DefinitionCheck &check)
{
    const QStringList used = check.definition().keyNames();
    for (const QString &name : check.source().value(u"keys").toObject().keys()) {
        const QString pointer = memberPointer(QStringLiteral("/keys"), name);
        if (isKeyRatherThanName(name)) {
            check.problem(QStringLiteral("/keys"),
                          QStringLiteral("a member's name in keys") + rather);
            continue;
        }
        checkKeySyntax(check, pointer, name);
        if (check.hasProblemUnder(pointer) || check.hasProblemUnder(QStringLiteral("/auth"))
            || used.contains(name))
            continue;
        check.problem(
            pointer,
            used.isEmpty()
                ? QStringLiteral("keys.%1 is used by nothing: there is no \"auth\"; declare it")
                      .arg(name)
                : QStringLiteral("keys.%1 is used by nothing; \"auth\" uses %2")
                      .arg(name, used.join(QStringLiteral(", "))));
    }
}

}

void checkSecrets(const DefinitionCheck &check)
{
    checkQuerySecrets(check);
    checkHeaderSecrets(check);
    const QMap<QString, ParamDefinition> &params = check.definition().params;
    for (auto it = params.cbegin(); it != params.cend(); ++it) {
        if (namesAKey(it.key()) && it->defaultValue && looksLikeKey(*it->defaultValue))
            check.problem(
                memberPointer(QStringLiteral("/params"), it.key()) + QStringLiteral("/default"),
                QStringLiteral(
                    "this looks like a key, which everybody who sees the definition would have; ")
                    + way);
    }
}

void checkAuth(const DefinitionCheck &check)
{
    checkAuthKeys(check);
    checkKeyHelp(check);
    const ChannelDefinition &definition = check.definition();
    if (definition.auth.type != AuthDefinition::Type::None
        && definition.fetcher == ChannelDefinition::FetcherKind::Replay)
        check.problem(
            QStringLiteral("/auth"),
            QStringLiteral("auth has no use where recorded bodies are replayed; leave it out"));
    if (!definition.keysFrom.isEmpty()) {
        if (definition.keysFrom == definition.name)
            check.problem(QStringLiteral("/keys_from"),
                          QStringLiteral("keys_from names this channel itself; leave it out"));
        else if (!check.source().contains(u"auth"))
            check.problem(
                QStringLiteral("/keys_from"),
                QStringLiteral(
                    "keys_from has no use without \"auth\"; declare auth, or leave it out"));
    }
    if (definition.auth.type != AuthDefinition::Type::ApiKey
        || definition.auth.place != AuthDefinition::Place::Query)
        return;
    const QString message =
        QStringLiteral("the query item %1 is the one that \"auth\" fills in; leave it out here")
            .arg(definition.auth.name);
    for (const auto &[name, value] : definition.request.query) {
        const QString pointer = memberPointer(QStringLiteral("/request/query"), name);
        if (name == definition.auth.name && !check.hasProblemUnder(pointer))
            check.problem(pointer, message);
    }
    for (const auto &[name, value] : queryOf(definition.request.url)) {
        if (name == definition.auth.name && !check.hasProblemUnder(QStringLiteral("/request/url")))
            check.problem(QStringLiteral("/request/url"), message);
    }
}

}
