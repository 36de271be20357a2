#include "ui/troublewatch.h"

#include "ui/channelsummary.h"

#include <QMap>

namespace restream {

QList<TroubleNotice> TroubleWatch::update(const EngineSnapshot &snapshot)
{
    QMap<QString, ChannelSummary> now;
    for (const StreamInfo &stream : snapshot.streams)
        now[stream.channel].add(stream);
    QList<TroubleNotice> notices;
    QHash<QString, bool> failing;
    for (auto [channel, summary] : now.asKeyValueRange()) {
        const bool before = m_failing.value(channel);
        // Rate limited is neither: whether the channel is well shows with the next answer.
        const bool is = summary.state == ChannelState::RateLimited
            ? before
            : summary.state > ChannelState::Live;
        failing.insert(channel, is);
        if (is != before)
            notices.append({ channel, is, is ? summary.trouble : QString() });
    }
    m_failing = failing;
    return notices;
}

}
