#pragma once

#include "core/enginefacade.h"

#include <map>
#include <optional>
#include <tuple>

namespace restream {

/// An engine that holds what the test puts into it, and notes what it was asked for.
class FakeEngine final : public EngineFacade
{
public:
    FakeEngine()
    {
        now.url = QStringLiteral("http://127.0.0.1:7999/");
        now.port = 7999;
    }

    [[nodiscard]] const EngineSnapshot &snapshot() const override { return now; }
    void watch(const QString &channel, const restream::Params &params) override
    {
        watched = std::pair(channel, params);
    }
    void unwatch() override { watched.reset(); }
    void setListening(bool on, quint16 port) override { listening = std::pair(on, port); }

    void readDefinition(const QString &channel, Done<Result<DefinitionSource>> done) override
    {
        const auto found = definitions.constFind(channel);
        done(found == definitions.cend() ? Result<DefinitionSource>(unknownChannel(channel))
                                         : Result<DefinitionSource>(*found));
    }
    void saveDefinition(const QString &channel, const QByteArray &json, const QByteArray &basedOn,
                        Done<Result<DefinitionSource>> done) override
    {
        if (definitions.value(channel).version != basedOn) {
            done(Error { QStringLiteral("changed_on_disk"), QStringLiteral("changed meanwhile") });
            return;
        }
        const DefinitionSource saved { json, channel + QStringLiteral(".json"), false,
                                       "v" + QByteArray::number(++versions) };
        definitions.insert(channel, saved);
        done(saved);
    }
    void removeDefinition(const QString &channel, const QByteArray &,
                          Done<Result<void>> done) override
    {
        definitions.remove(channel);
        done({});
    }
    void tryDefinition(const QByteArray &json, const restream::Params &params,
                       const restream::Keys &given, Done<TryOutcome> done) override
    {
        tried = { json, params, given };
        tryDone = std::move(done);
    }
    void cancelTry() override { tryDone = nullptr; }
    void readKeys(Done<QList<KeyInfo>> done) override { done(keyInfos); }
    void setKey(const QString &owner, const QString &name, const QString &value,
                Done<Result<void>> done) override
    {
        keyValues.insert({ owner, name }, value);
        done(keyOutcome);
    }
    void removeKey(const QString &owner, const QString &name, Done<Result<void>> done) override
    {
        keyValues.remove({ owner, name });
        done(keyOutcome);
    }
    [[nodiscard]] QString keyStoreName() const override { return QStringLiteral("the keychain"); }
    void readItemHistory(const QByteArray &, const QByteArray &id,
                         Done<std::vector<ItemVersion>> done) override
    {
        done(itemVersions[id]);
    }
    void pollNow(const QByteArray &stream, Done<Result<qint64>> done) override
    {
        polledNow = stream;
        done(qint64(0));
    }

    void addChannel(const QString &name, const QString &description = {},
                    const QMap<QString, ParamDefinition> &params = {})
    {
        ChannelInfo channel;
        channel.name = name;
        channel.description = description;
        channel.params = params;
        channel.builtIn = true;
        channel.pollIntervalSeconds = 60;
        now.channels.append(channel);
        std::sort(now.channels.begin(), now.channels.end(),
                  [](const ChannelInfo &a, const ChannelInfo &b) { return a.name < b.name; });
    }
    StreamInfo &addStream(const QString &channel, const QByteArray &name)
    {
        StreamInfo stream;
        stream.name = name;
        stream.channel = channel;
        stream.epoch = "k3w9";
        now.streams.append(stream);
        return now.streams.last();
    }

    EngineSnapshot now;
    std::optional<std::pair<QString, Params>> watched;
    std::optional<std::pair<bool, quint16>> listening;
    QMap<QString, DefinitionSource> definitions;
    int versions = 0;
    std::tuple<QByteArray, Params, Keys> tried;
    Done<TryOutcome> tryDone; ///< call it to answer
    QList<KeyInfo> keyInfos;
    QMap<std::pair<QString, QString>, QString> keyValues;
    Result<void> keyOutcome;
    std::map<QByteArray, std::vector<ItemVersion>> itemVersions;
    QByteArray polledNow;
};

}
