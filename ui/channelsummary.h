#pragma once

#include "core/engineinfo.h"
#include "ui/channelstate.h"

namespace restream {

/// What the streams of one channel do together. Times are wall clock, ms since 1970 UTC; 0: none.
struct ChannelSummary
{
    ChannelState state = ChannelState::Idle;
    int streams = 0;
    int subscribers = 0;
    qint64 lastPollMs = 0; ///< the latest good one
    qint64 nextPollMs = 0; ///< the soonest
    QString trouble; ///< of the worst stream: why it is not Live
    std::vector<int> changesPerMinute; ///< as StreamInfo's, added up

    bool operator==(const ChannelSummary &) const = default;

    /// Takes one more stream in.
    void add(const StreamInfo &stream);
};

/// One line for a list: "2 streams · polled 5 s ago · next in 55 s"; what is wrong, where something is; empty: Idle.
QString summaryLine(const ChannelSummary &summary, qint64 nowMs);
/// The same and more in lines, for a tooltip.
QString summaryText(const ChannelSummary &summary, qint64 nowMs);

}
