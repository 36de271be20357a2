#pragma once

#include "core/serve/streamfeed.h"

#include <QHash>

#include <memory>
#include <unordered_map>

namespace restream {

/// The feeds of all streams that somebody uses.
class StreamFeeds final
{
public:
    /// `defer` asks for a call of collect() from the event loop, soon.
    StreamFeeds(Hub &hub, Clock &clock, std::function<void()> defer);

    /// Null where nobody uses it.
    [[nodiscard]] StreamFeed *find(const QByteArray &name) const;
    /// The feed of a stream, observed from now on where it was not. It lives at least until the next collect().
    StreamFeed &open(const QString &channel, const Params &params, const QByteArray &name);
    [[nodiscard]] int subscribers(const QByteArray &name) const;

    void tick(); ///< every second
    void collect(); ///< lets go of those that nobody uses

private:
    Hub &m_hub;
    Clock &m_clock;
    std::function<void()> m_defer;
    std::unordered_map<QByteArray, std::unique_ptr<StreamFeed>> m_feeds;
    std::vector<std::unique_ptr<StreamFeed>> m_over;
};

}
