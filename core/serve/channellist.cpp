#include "core/serve/channellist.h"

#include "core/serve/encoder.h"
#include "core/stream/jsontext.h"

namespace restream {
namespace {

QByteArray orNull(const QString &text)
{
    return text.isEmpty() ? QByteArray("null") : jsonString(text);
}

QByteArray jsonList(const QStringList &texts)
{
    QByteArray out = "[";
    for (const QString &text : texts) {
        if (out.size() > 1)
            out += ',';
        out += jsonString(text);
    }
    return out + ']';
}

QByteArray idField(const QStringList &names)
{
    if (names.isEmpty())
        return "null";
    return names.size() == 1 ? jsonString(names.constFirst()) : jsonList(names);
}

QByteArray paramJson(const ParamDefinition &param)
{
    QByteArray out = "{\"default\":";
    out += param.defaultValue ? jsonString(*param.defaultValue) : QByteArray("null");
    out += ",\"required\":";
    out += param.required ? "true" : "false";
    if (param.pattern)
        out += ",\"pattern\":" + jsonString(*param.pattern);
    if (!param.enumValues.isEmpty())
        out += ",\"enum\":" + jsonList(param.enumValues);
    if (!param.description.isEmpty())
        out += ",\"description\":" + jsonString(param.description);
    return out + '}';
}

/// The members of a channel's metadata, without the braces.
QByteArray metadata(const ChannelDefinition &channel)
{
    QByteArray params;
    for (auto param = channel.params.begin(); param != channel.params.end(); ++param) {
        if (!params.isEmpty())
            params += ',';
        params += jsonString(param.key()) + ':' + paramJson(param.value());
    }
    return "\"name\":" + jsonString(channel.name) + ",\"description\":"
        + orNull(channel.description) + ",\"id_field\":" + idField(channel.idField)
        + ",\"api_url\":" + orNull(channel.request.url) + ",\"doc_url\":" + orNull(channel.docUrl)
        + ",\"keys\":" + jsonList(channel.keyNames()) + ",\"poll_interval\":"
        + QByteArray::number(channel.pollIntervalSeconds, 'g', 15) + ",\"params\":{" + params + '}';
}

QByteArray streamJson(const Stream &stream, int subscribers)
{
    const StreamStatus &status = stream.status();
    return "{\"stream\":" + jsonString(QByteArrayView(stream.name())) + ",\"state\":\""
        + stateName(status.state) + "\",\"error\":" + jsonError(status.error) + ",\"last_ok\":"
        + jsonTime(status.lastOkMs) + ",\"next_poll\":" + jsonTime(status.nextPollMs)
        + ",\"subscribers\":" + QByteArray::number(subscribers) + '}';
}

}

QByteArray channelIndexJson(const Hub &hub)
{
    QByteArray out = "{";
    for (const ChannelDefinition &channel : hub.channels()) {
        if (out.size() > 1)
            out += ',';
        out += jsonString(channel.name) + ":{" + metadata(channel) + '}';
    }
    return out + '}';
}

QByteArray channelListJson(const Hub &hub,
                           const std::function<int(const QByteArray &)> &subscribers)
{
    QMap<QString, QByteArray> streams;
    for (const Stream *stream : hub.streams()) {
        QByteArray &list = streams[stream->definition().name];
        if (!list.isEmpty())
            list += ',';
        list += streamJson(*stream, subscribers(stream->name()));
    }
    QByteArray out = "[";
    for (const ChannelDefinition &channel : hub.channels()) {
        if (out.size() > 1)
            out += ',';
        out += '{' + metadata(channel) + ",\"streams\":[" + streams.value(channel.name) + "]}";
    }
    return out + ']';
}

}
