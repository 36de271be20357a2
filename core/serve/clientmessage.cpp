#include "core/serve/clientmessage.h"

#include "core/serve/utf8check.h"
#include "core/stream/jsontext.h"

#include <array>

namespace restream {
namespace {

using Action = ClientMessage::Action;
using Protocol = ClientMessage::Protocol;
using Kind = JsonSlice::Kind;
using Problem = std::optional<Error>;

Problem badMessage(const QString &message)
{
    return Error { QStringLiteral("bad_message"), message };
}

/// What came from outside, as it is repeated in a message.
QString shown(QByteArrayView text)
{
    const QString all = QString::fromUtf8(text);
    return all.size() <= 60 ? all : all.left(60) + u'…';
}

/// A member that is there and not null.
bool isGiven(const JsonSlice &value)
{
    return !value.isNull() && value.kind() != Kind::Null;
}

Problem readRef(const JsonSlice &object, ClientMessage &message)
{
    const JsonSlice ref = object.member("ref");
    if (!isGiven(ref))
        return {};
    if (!ref.isString() && ref.kind() != Kind::Number)
        return badMessage(QStringLiteral("\"ref\" must be a string or a number."));
    message.ref = ref.text().toByteArray();
    return {};
}

Problem readAction(const JsonSlice &object, Protocol protocol, ClientMessage &message)
{
    struct Word
    {
        QByteArrayView text;
        Action action;
    };
    static constexpr std::array words {
        Word { "subscribe", Action::Subscribe },
        Word { "unsubscribe", Action::Unsubscribe },
        Word { "unsubscribe_all", Action::UnsubscribeAll },
        Word { "auth", Action::Auth },
        Word { "list", Action::List },
        Word { "ping", Action::Ping },
    };
    const size_t known = protocol == Protocol::Items ? 4 : words.size();
    const QString allowed = protocol == Protocol::Items
        ? QStringLiteral("subscribe, unsubscribe, unsubscribe_all or auth")
        : QStringLiteral("subscribe, unsubscribe, unsubscribe_all, list, ping or auth");
    const JsonSlice given = object.member("action");
    if (!given.isString()) {
        return badMessage(QStringLiteral("\"action\" is missing or no string; it must be ")
                          + allowed + u'.');
    }
    QByteArray word = given.string();
    if (protocol == Protocol::Items)
        word = word.toLower();
    if (word == "unsubscribe-all")
        word = "unsubscribe_all";
    for (size_t i = 0; i < known; ++i) {
        if (words[i].text == word) {
            message.action = words[i].action;
            return {};
        }
    }
    return Error {
        QStringLiteral("unknown_action"),
        QStringLiteral("There is no action \"%1\"; it must be %2.").arg(shown(word), allowed)
    };
}

Problem badParam(const QString &name, const QString &what)
{
    return Error { QStringLiteral("bad_param"),
                   QStringLiteral("The param \"%1\" %2.").arg(name, what) };
}

Problem readParams(const JsonSlice &object, ClientMessage &message)
{
    const JsonSlice given = object.member("params");
    if (!isGiven(given))
        return {};
    if (!given.isObject())
        return badMessage(QStringLiteral("\"params\" must be an object of names and values."));
    for (const JsonSlice::Member &member : given.members()) {
        const QByteArray name = member.key.string();
        const QString shownName = shown(name);
        if (!isUtf8(name))
            return badParam(shownName, QStringLiteral("has a name that is not Unicode"));
        QByteArray value;
        switch (member.value.kind()) {
        case Kind::String:
            value = member.value.string();
            break;
        case Kind::Number:
        case Kind::Bool:
            value = member.value.text().toByteArray();
            break;
        case Kind::Null:
        case Kind::Array:
        case Kind::Object:
            return badParam(shownName, QStringLiteral("must be a string, a number or a boolean"));
        }
        if (!isUtf8(value))
            return badParam(shownName, QStringLiteral("holds half a surrogate pair"));
        message.params.insert(QString::fromUtf8(name), QString::fromUtf8(value));
    }
    return {};
}

Problem readChannel(const JsonSlice &object, ClientMessage &message)
{
    const JsonSlice channel = object.member("channel");
    if (!channel.isString()) {
        return badMessage(
            QStringLiteral("\"channel\" is missing or no string; it must name a channel."));
    }
    message.channel = QString::fromUtf8(channel.string());
    return readParams(object, message);
}

ResumePoint resumePoint(const JsonSlice &since)
{
    ResumePoint point;
    const JsonSlice epoch = since.member("epoch");
    const JsonSlice seq = since.member("seq");
    if (!epoch.isString() || seq.isNull() || seq.kind() != Kind::Number)
        return point;
    bool isInteger = false;
    const qint64 number = seq.text().toByteArray().toLongLong(&isInteger);
    if (isInteger && number >= 0) {
        point.epoch = epoch.string();
        point.seq = number;
    }
    return point;
}

Problem readOptions(const JsonSlice &object, ClientMessage &message)
{
    if (const JsonSlice updates = object.member("updates"); isGiven(updates)) {
        const QByteArray word = updates.isString() ? updates.string() : QByteArray();
        if (word == "patch")
            message.updates = UpdateForm::Patch;
        else if (word == "merge")
            message.updates = UpdateForm::Merge;
        else if (word != "item")
            return badMessage(QStringLiteral("\"updates\" must be \"item\", \"patch\" or "
                                             "\"merge\"."));
    }
    if (const JsonSlice snapshot = object.member("snapshot"); isGiven(snapshot)) {
        if (snapshot.kind() != Kind::Bool)
            return badMessage(QStringLiteral("\"snapshot\" must be true or false."));
        message.snapshot = snapshot.text() == "true";
    }
    if (isGiven(object.member("every")))
        return badMessage(QStringLiteral("\"every\" is not supported yet; leave it out."));
    if (const JsonSlice since = object.member("since"); isGiven(since))
        message.since = resumePoint(since);
    return {};
}

}

ParsedMessage parseClientMessage(QByteArrayView text, ClientMessage::Protocol protocol)
{
    ParsedMessage parsed;
    if (const std::optional<JsonError> error = validateJson(text)) {
        parsed.error = badMessage(QStringLiteral("The message is not JSON: %1 at byte %2.")
                                      .arg(error->message)
                                      .arg(error->offset));
        return parsed;
    }
    const JsonSlice object(text);
    if (!object.isObject()) {
        parsed.error =
            badMessage(QStringLiteral("The message must be a JSON object with an \"action\"."));
        return parsed;
    }
    ClientMessage &message = parsed.message;
    if (protocol == Protocol::Changes)
        parsed.error = readRef(object, message);
    if (!parsed.error)
        parsed.error = readAction(object, protocol, message);
    if (parsed.error)
        return parsed;
    const bool names = message.action == Action::Subscribe || message.action == Action::Unsubscribe;
    if (names)
        parsed.error = readChannel(object, message);
    if (!parsed.error && message.action == Action::Subscribe && protocol == Protocol::Changes)
        parsed.error = readOptions(object, message);
    return parsed;
}

}
