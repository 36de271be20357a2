#pragma once

#include "core/enginefacade.h"

#include <optional>

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
};

}
