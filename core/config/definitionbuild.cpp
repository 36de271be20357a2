#include "core/config/definitionchecks.h"

#include <QJsonArray>

#include <algorithm>

namespace restream {
namespace {

QString string(const QJsonObject &object, QStringView name)
{
    return object.value(name).toString();
}

/// A text, or a list of them.
QStringList strings(const QJsonValue &value)
{
    if (value.isString())
        return { value.toString() };
    QStringList result;
    for (const auto &element : value.toArray())
        result << element.toString();
    return result;
}

/// The members of an object of texts in the order of the file, which some APIs mind.
QList<std::pair<QString, QString>> pairs(const QJsonObject &object, const QString &pointer,
                                         const DefinitionText &text)
{
    QStringList names = object.keys();
    std::sort(names.begin(), names.end(), [&](const QString &a, const QString &b) {
        return text.orderOf(memberPointer(pointer, a)) < text.orderOf(memberPointer(pointer, b));
    });
    QList<std::pair<QString, QString>> result;
    for (const QString &name : names)
        result.append({ name, string(object, name) });
    return result;
}

RequestDefinition readRequest(const QJsonObject &object, const DefinitionText &text)
{
    RequestDefinition request;
    request.url = string(object, u"url");
    request.query =
        pairs(object.value(u"query").toObject(), QStringLiteral("/request/query"), text);
    request.headers =
        pairs(object.value(u"headers").toObject(), QStringLiteral("/request/headers"), text);
    request.timeoutSeconds = object.value(u"timeout").toDouble(request.timeoutSeconds);
    request.maxBody = object.value(u"max_body").toInteger(request.maxBody);
    request.allowPrivate = object.value(u"private").toBool(request.allowPrivate);
    return request;
}

AuthDefinition readAuth(const QJsonObject &object)
{
    static const QMap<QString, AuthDefinition::Type> types {
        { QStringLiteral("api_key"), AuthDefinition::Type::ApiKey },
        { QStringLiteral("bearer"), AuthDefinition::Type::Bearer },
        { QStringLiteral("basic"), AuthDefinition::Type::Basic }
    };
    AuthDefinition auth;
    auth.type = types.value(string(object, u"type"), AuthDefinition::Type::None);
    auth.place = string(object, u"in") == u"query" ? AuthDefinition::Place::Query
                                                   : AuthDefinition::Place::Header;
    auth.name = string(object, u"name");
    auth.key = string(object, u"key");
    auth.user = string(object, u"user");
    auth.password = string(object, u"password");
    return auth;
}

QMap<QString, KeyHelp> readKeyHelp(const QJsonObject &object)
{
    QMap<QString, KeyHelp> result;
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QJsonObject help = it.value().toObject();
        result.insert(it.key(), { string(help, u"description"), string(help, u"url") });
    }
    return result;
}

QMap<QString, ParamDefinition> readParams(const QJsonObject &object)
{
    QMap<QString, ParamDefinition> result;
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QJsonObject source = it.value().toObject();
        ParamDefinition param;
        if (source.contains(u"default"))
            param.defaultValue = string(source, u"default");
        if (source.contains(u"pattern"))
            param.pattern = string(source, u"pattern");
        param.required = !param.defaultValue && source.value(u"required").toBool(true);
        param.enumValues = strings(source.value(u"enum"));
        param.description = string(source, u"description");
        result.insert(it.key(), param);
    }
    return result;
}

void readItems(const QJsonObject &root, ChannelDefinition &definition)
{
    static const QMap<QString, ChannelDefinition::Shape> shapes {
        { QStringLiteral("array"), ChannelDefinition::Shape::Array },
        { QStringLiteral("map"), ChannelDefinition::Shape::Map },
        { QStringLiteral("single"), ChannelDefinition::Shape::Single }
    };
    static const QMap<QString, ChannelDefinition::Format> formats {
        { QStringLiteral("json"), ChannelDefinition::Format::Json },
        { QStringLiteral("ndjson"), ChannelDefinition::Format::Ndjson },
        { QStringLiteral("xml"), ChannelDefinition::Format::Xml },
        { QStringLiteral("csv"), ChannelDefinition::Format::Csv }
    };
    definition.format = formats.value(string(root, u"format"), ChannelDefinition::Format::Auto);
    const QJsonObject csv = root.value(u"csv").toObject();
    definition.csv.delimiter = csv.value(u"delimiter").toString(definition.csv.delimiter);
    definition.csv.numbers = csv.value(u"numbers").toBool(definition.csv.numbers);
    definition.items = string(root, u"items");
    definition.shape = shapes.value(string(root, u"shape"), ChannelDefinition::Shape::Auto);
    definition.idField = strings(root.value(u"id_field"));
    definition.ignore = strings(root.value(u"ignore"));
    const QJsonValue removal = root.value(u"removal");
    const QString mode =
        removal.isObject() ? string(removal.toObject(), u"mode") : removal.toString();
    definition.removal.mode =
        mode == u"window" ? RemovalRule::Mode::Window : RemovalRule::Mode::Snapshot;
    definition.removal.after = removal.toObject().value(u"after").toInt(definition.removal.after);
    definition.ordered = root.value(u"ordered").toBool(definition.ordered);
    definition.maxItems = root.value(u"max_items").toInteger(definition.maxItems);
    const QJsonObject history = root.value(u"history").toObject();
    HistoryBounds &bounds = definition.history;
    bounds.changesets = history.value(u"changesets").toInt(bounds.changesets);
    bounds.hours = history.value(u"hours").toDouble(bounds.hours);
    bounds.bytes = history.value(u"bytes").toInteger(bounds.bytes);
}

void readPolling(const QJsonObject &root, ChannelDefinition &definition)
{
    definition.pollIntervalSeconds =
        root.value(u"poll_interval").toDouble(definition.pollIntervalSeconds);
    definition.poll = string(root, u"poll") == u"always" ? ChannelDefinition::PollMode::Always
                                                         : ChannelDefinition::PollMode::Subscribed;
    for (const auto &element : root.value(u"always").toArray()) {
        QMap<QString, QString> params;
        const QJsonObject object = element.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            params.insert(it.key(), it.value().toString());
        definition.always.append(params);
    }
    definition.maxStreams = root.value(u"max_streams").toInt(definition.maxStreams);
    const QJsonValue quota = root.value(u"quota");
    const QJsonArray rules = quota.isObject() ? QJsonArray { quota } : quota.toArray();
    for (const auto &element : rules) {
        const QJsonObject rule = element.toObject();
        definition.quota.append({ rule.value(u"calls").toInt(), rule.value(u"per").toInteger() });
    }
    const QJsonObject replay = root.value(u"replay").toObject();
    definition.replay.files = string(replay, u"files");
    definition.replay.everySeconds =
        replay.value(u"every").toDouble(definition.replay.everySeconds);
    definition.replay.loop = replay.value(u"loop").toBool(definition.replay.loop);
}

}

ChannelDefinition buildDefinition(const QJsonObject &root, const DefinitionText &text)
{
    ChannelDefinition definition;
    definition.name = string(root, u"name");
    definition.description = string(root, u"description");
    definition.docUrl = string(root, u"doc_url");
    definition.group = string(root, u"group");
    definition.icon = string(root, u"icon");
    definition.terms = string(root, u"terms");
    definition.attribution = string(root, u"attribution");
    definition.fetcher = string(root, u"fetcher") == u"replay"
        ? ChannelDefinition::FetcherKind::Replay
        : ChannelDefinition::FetcherKind::Http;
    definition.request = readRequest(root.value(u"request").toObject(), text);
    definition.auth = readAuth(root.value(u"auth").toObject());
    definition.keyHelp = readKeyHelp(root.value(u"keys").toObject());
    definition.keysFrom = string(root, u"keys_from");
    definition.params = readParams(root.value(u"params").toObject());
    readItems(root, definition);
    readPolling(root, definition);
    return definition;
}

}
