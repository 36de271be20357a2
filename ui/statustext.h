#pragma once

#include "core/engineinfo.h"
#include "ui/channelstate.h"

#include <QString>

namespace restream {

/// "just now", "5 s ago", "3 min ago", "2 h ago", "4 days ago".
QString agoText(qint64 thenMs, qint64 nowMs);
/// "now", "in 5 s", "in 3 min".
QString inText(qint64 thenMs, qint64 nowMs);
/// "1 client", "2,345 clients".
QString countText(qint64 count, const QString &singular, const QString &plural);

/// The one thing that matters now, for the status bar.
struct StatusMessage
{
    ChannelState state = ChannelState::Live; ///< how bad it is; Idle: nothing to report
    QString text;
    QString channel; ///< that it is about; empty: none
};

/// What keeps data from flowing, before how much of it does: the server, the stream that is looked at, those with subscribers, the others, definitions. `watched` may be null.
StatusMessage statusMessage(const EngineSnapshot &snapshot, const StreamInfo *watched);
/// How a stream is doing, after its state: "updated 5 s ago · next poll in 55 s · 1,234 items · 3 subscribers".
QString streamLine(const StreamInfo &stream, qint64 nowMs);

}
