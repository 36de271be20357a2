#include "core/keyoverview.h"

#include <map>
#include <memory>

namespace restream {
namespace {

/// Every key once, however many channels use it.
QList<KeyInfo> namedKeys(const EngineSnapshot &snapshot)
{
    std::map<std::pair<QString, QString>, KeyInfo> keys;
    for (const ChannelInfo &channel : snapshot.channels) {
        for (const QString &name : channel.keys) {
            KeyInfo &key = keys[{ channel.keyOwner, name }];
            key.owner = channel.keyOwner;
            key.name = name;
            key.channels.append(channel.name);
            const KeyHelp help = channel.keyHelp.value(name);
            if (key.description.isEmpty())
                key.description = help.description;
            if (key.url.isEmpty())
                key.url = help.url;
        }
    }
    QList<KeyInfo> list;
    for (const auto &[place, key] : keys)
        list.append(key);
    return list;
}

/// What the streams of the channels that use the key have met with it.
void noteUse(KeyInfo &key, const QList<StreamInfo> &streams)
{
    for (const StreamInfo &stream : streams) {
        if (!key.channels.contains(stream.channel))
            continue;
        key.lastUsedMs = std::max(key.lastUsedMs, stream.status.lastOkMs);
        const auto &error = stream.status.error;
        if (key.state == KeyInfo::State::Present && error
            && (error->code == QLatin1String("key_refused")
                || error->code == QLatin1String("forbidden"))) {
            key.state = KeyInfo::State::Refused;
            key.problem = error->message;
        }
    }
}

}

void readKeyOverview(const EngineSnapshot &snapshot, KeyStore &keys,
                     std::function<void(QList<KeyInfo>)> done)
{
    struct Reading
    {
        QList<KeyInfo> keys;
        QList<StreamInfo> streams;
        qsizetype left = 0;
        std::function<void(QList<KeyInfo>)> done;
    };
    auto reading = std::make_shared<Reading>();
    reading->keys = namedKeys(snapshot);
    reading->streams = snapshot.streams;
    reading->left = reading->keys.size();
    reading->done = std::move(done);
    if (reading->left == 0) {
        reading->done({});
        return;
    }
    for (qsizetype i = 0, count = reading->keys.size(); i < count; ++i) {
        keys.read(reading->keys[i].owner, reading->keys[i].name,
                  [reading, i](const Result<QString> &value) {
                      KeyInfo &key = reading->keys[i];
                      if (value) {
                          key.state = KeyInfo::State::Present;
                      } else if (value.error().code == QLatin1String("key_missing")) {
                          key.state = KeyInfo::State::Missing;
                      } else {
                          key.state = KeyInfo::State::Unknown;
                          key.problem = value.error().message;
                      }
                      noteUse(key, reading->streams);
                      if (--reading->left == 0)
                          reading->done(reading->keys);
                  });
    }
}

}
