#include "core/config/definitionchecks.h"

#include "core/config/params.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QSet>
#include <QUrl>

#include <algorithm>

namespace restream {
namespace {

bool isPointer(const QString &text)
{
    static const QRegularExpression syntax(
        QRegularExpression::anchoredPattern(QStringLiteral("(/([^~/]|~[01])*)*")),
        QRegularExpression::DotMatchesEverythingOption);
    return syntax.match(text).hasMatch();
}

void checkLink(const DefinitionCheck &check, const QString &pointer, const QString &link)
{
    const QUrl url(link, QUrl::StrictMode);
    if (!link.isEmpty()
        && (!url.isValid() || url.host().isEmpty()
            || (url.scheme() != u"https" && url.scheme() != u"http")))
        check.problem(
            pointer,
            memberLabel(pointer)
                + QStringLiteral(" is no web address; it must be like https://example.com/docs"));
}

void checkParam(const DefinitionCheck &check, const QString &name, const ParamDefinition &param)
{
    static const QRegularExpression syntax(
        QRegularExpression::anchoredPattern(QStringLiteral("[A-Za-z][A-Za-z0-9_.-]{0,63}")));
    const QString pointer = memberPointer(QStringLiteral("/params"), name);
    if (name == u"token")
        check.problem(pointer,
                      QStringLiteral("a param can't be called \"token\": that is a client's own "
                                     "token; choose another name"));
    else if (!syntax.match(name).hasMatch())
        check.problem(
            pointer,
            QStringLiteral(
                "a param's name has at most 64 letters, digits, dots, hyphens and underscores and "
                "starts with a letter, like \"section\""));
    QStringList values = param.enumValues;
    if (param.defaultValue) {
        values << *param.defaultValue;
        if (!param.enumValues.isEmpty() && !param.enumValues.contains(*param.defaultValue))
            check.problem(
                pointer + QStringLiteral("/default"),
                QStringLiteral("the default of %1 is none of its enum; it must be one of %2")
                    .arg(name, param.enumValues.mid(0, 20).join(QStringLiteral(", "))));
    }
    if (!param.pattern)
        return;
    const QRegularExpression raw(*param.pattern);
    const QRegularExpression pattern(QRegularExpression::anchoredPattern(*param.pattern));
    if (!raw.isValid() || !pattern.isValid()) {
        check.problem(
            pointer + QStringLiteral("/pattern"),
            QStringLiteral("the pattern of %1 is no regular expression: %2 at character %3")
                .arg(name, raw.errorString())
                .arg(raw.patternErrorOffset() + 1));
        return;
    }
    for (qsizetype i = 0; i < values.size(); ++i) {
        const bool isDefault = i == param.enumValues.size();
        if (!pattern.match(values[i]).hasMatch())
            check.problem(
                pointer
                    + (isDefault ? QStringLiteral("/default") : QStringLiteral("/enum/%1").arg(i)),
                QStringLiteral(
                    "%1 of %2 does not match its pattern %3 as a whole; change one of them")
                    .arg(isDefault ? QStringLiteral("the default") : QStringLiteral("a choice"),
                         name, *param.pattern));
    }
}

}

bool DefinitionCheck::hasProblemUnder(const QString &pointer) const
{
    return std::any_of(
        m_problems.cbegin(), m_problems.cend(), [&pointer](const DefinitionProblem &problem) {
            return problem.member == pointer || problem.member.startsWith(pointer + u'/');
        });
}

void DefinitionCheck::problem(const QString &pointer, const QString &message) const
{
    m_problems.append({ m_file, m_text.lineOf(pointer), pointer, message });
}

void checkNames(const DefinitionCheck &check)
{
    const ChannelDefinition &definition = check.definition();
    const QString fileName = check.file().section(u'/', -1);
    if (!fileName.isEmpty() && !definition.name.isEmpty()
        && fileName != definition.name + QStringLiteral(".json"))
        check.problem(QStringLiteral("/name"),
                      QStringLiteral("name is \"%1\", but the file is called %2; the file must be "
                                     "called %1.json, or the "
                                     "name changed")
                          .arg(definition.name, fileName));
    checkLink(check, QStringLiteral("/doc_url"), definition.docUrl);
    checkLink(check, QStringLiteral("/terms"), definition.terms);
    for (auto it = definition.keyHelp.cbegin(); it != definition.keyHelp.cend(); ++it)
        checkLink(check, memberPointer(QStringLiteral("/keys"), it.key()) + QStringLiteral("/url"),
                  it->url);
}

void checkSupported(const DefinitionCheck &check)
{
    const QJsonObject &source = check.source();
    const auto refuse = [&check](const QString &pointer, const QString &what,
                                 const QString &instead) {
        if (!check.hasProblemUnder(pointer))
            check.problem(pointer, what + QStringLiteral(" is not supported yet; ") + instead);
    };
    const QString leaveOut = QStringLiteral("leave it out");
    const QJsonObject request = source.value(u"request").toObject();
    if (source.value(u"fetcher").toString() == u"process")
        refuse(QStringLiteral("/fetcher"), QStringLiteral("fetcher \"process\""),
               QStringLiteral("use \"http\" or \"replay\""));
    if (request.value(u"method").toString() == u"POST")
        refuse(QStringLiteral("/request/method"), QStringLiteral("request.method \"POST\""),
               QStringLiteral("use \"GET\""));
    if (request.contains(u"body"))
        refuse(QStringLiteral("/request/body"), QStringLiteral("request.body"), leaveOut);
    const QString auth = source.value(u"auth").toObject().value(u"type").toString();
    if (auth == u"oauth1" || auth == u"oauth2")
        refuse(QStringLiteral("/auth/type"), QStringLiteral("auth.type \"%1\"").arg(auth),
               QStringLiteral("use api_key, bearer or basic"));
    if (source.value(u"poll_interval").isObject())
        refuse(QStringLiteral("/poll_interval"), QStringLiteral("poll_interval with min and max"),
               QStringLiteral("give one number of seconds"));
    if (source.value(u"persistent").toBool())
        refuse(QStringLiteral("/persistent"), QStringLiteral("persistent"), leaveOut);
    for (const QString &name : { QStringLiteral("ttl"), QStringLiteral("throttled"),
                                 QStringLiteral("pagination"), QStringLiteral("command") }) {
        if (source.contains(name))
            refuse(memberPointer({}, name), name, leaveOut);
    }
}

void checkParams(const DefinitionCheck &check)
{
    const QMap<QString, ParamDefinition> &params = check.definition().params;
    for (auto it = params.cbegin(); it != params.cend(); ++it)
        checkParam(check, it.key(), *it);
}

void checkItems(const DefinitionCheck &check)
{
    const ChannelDefinition &definition = check.definition();
    const QString form = QStringLiteral(
        "; a JSON Pointer is like \"/data/stations\", with ~0 for ~ and ~1 for / in a name");
    if (!isPointer(definition.items))
        check.problem(QStringLiteral("/items"), QStringLiteral("items is no JSON Pointer") + form);
    const bool single = !check.source().value(u"id_field").isArray();
    for (qsizetype i = 0; i < definition.idField.size(); ++i) {
        const QString &field = definition.idField[i];
        const QString pointer =
            QStringLiteral("/id_field") + (single ? QString() : QStringLiteral("/%1").arg(i));
        if (field.startsWith(u'/') && !isPointer(field))
            check.problem(pointer,
                          memberLabel(pointer) + QStringLiteral(" is no JSON Pointer") + form);
        else if (definition.idField.indexOf(field) < i)
            check.problem(pointer,
                          memberLabel(pointer)
                              + QStringLiteral(" is there already; name each part of an id once"));
    }
    for (qsizetype i = 0; i < definition.ignore.size(); ++i) {
        const QString pointer = QStringLiteral("/ignore/%1").arg(i);
        if (definition.ignore[i].isEmpty())
            check.problem(pointer,
                          memberLabel(pointer)
                              + QStringLiteral(" is the whole item, so that nothing would ever "
                                               "change; name a member, like \"/last_reported\""));
        else if (!isPointer(definition.ignore[i]))
            check.problem(pointer,
                          memberLabel(pointer) + QStringLiteral(" is no JSON Pointer") + form);
    }
    if (definition.removal.mode == RemovalRule::Mode::Window && definition.removal.after != 1)
        check.problem(QStringLiteral("/removal/after"),
                      QStringLiteral("removal.after has no meaning with \"window\", where nothing "
                                     "is removed for being absent; leave "
                                     "it out, or use \"snapshot\""));
}

void checkFormat(const DefinitionCheck &check)
{
    using Format = ChannelDefinition::Format;
    const ChannelDefinition &definition = check.definition();
    const QString &delimiter = definition.csv.delimiter;
    if (delimiter == u"\"" || delimiter == u"\n" || delimiter == u"\r")
        check.problem(QStringLiteral("/csv/delimiter"),
                      QStringLiteral("csv.delimiter can't be a quote or a line end, which have a "
                                     "meaning of their own in CSV; it must be like \",\", \";\" or "
                                     "\"\\t\""));
    const bool isRows = definition.format == Format::Csv || definition.format == Format::Ndjson;
    if (isRows && !definition.items.isEmpty())
        check.problem(QStringLiteral("/items"),
                      QStringLiteral("items has no meaning with this format, whose rows are the "
                                     "items; leave it out"));
}

void checkReplay(const DefinitionCheck &check)
{
    const QString &files = check.definition().replay.files;
    const QStringList steps = files.split(u'/');
    if (files.isEmpty())
        return;
    const bool odd = std::any_of(files.cbegin(), files.cend(),
                                 [](QChar c) { return c.unicode() < 0x20 || c == u'\\'; });
    if (odd || files.startsWith(u'/') || files.startsWith(u':') || files.startsWith(u'~')
        || steps.contains(QStringLiteral("..")) || steps.contains(QString())
        || steps.contains(QStringLiteral(".")))
        check.problem(QStringLiteral("/replay/files"),
                      QStringLiteral("replay.files must stay inside the definition's folder: a "
                                     "path like \"quakes/*.json\", without "
                                     "\"..\" and without a leading \"/\""));
}

QList<QMap<QString, QString>> resolveAlways(const DefinitionCheck &check)
{
    const ChannelDefinition &definition = check.definition();
    QList<QMap<QString, QString>> resolved;
    if (check.hasProblemUnder(QStringLiteral("/params"))
        || check.hasProblemUnder(QStringLiteral("/always")))
        return resolved;
    const bool isAlways = definition.poll == ChannelDefinition::PollMode::Always;
    QList<QMap<QString, QString>> wanted = definition.always;
    if (isAlways && !check.source().contains(u"always"))
        wanted.append(QMap<QString, QString>());
    for (qsizetype i = 0; i < wanted.size(); ++i) {
        const Result<Params> params = resolveParams(definition, wanted[i]);
        if (params.ok()) {
            if (!resolved.contains(*params))
                resolved.append(*params);
        } else if (check.source().contains(u"always")) {
            check.problem(QStringLiteral("/always/%1").arg(i), params.error().message);
        } else {
            check.problem(
                QStringLiteral("/poll"),
                QStringLiteral("poll is \"always\", but %1; list the params to poll in \"always\"")
                    .arg(params.error().message));
        }
    }
    if (isAlways && resolved.size() > definition.maxStreams)
        check.problem(QStringLiteral("/always"),
                      QStringLiteral(
                          "always lists %1 streams, but max_streams is %2; raise it, or list fewer")
                          .arg(resolved.size())
                          .arg(definition.maxStreams));
    return isAlways ? resolved : QList<QMap<QString, QString>>();
}

}
