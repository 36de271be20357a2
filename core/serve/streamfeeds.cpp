#include "core/serve/streamfeeds.h"

#include <utility>

namespace restream {

StreamFeeds::StreamFeeds(Hub &hub, Clock &clock, std::function<void()> defer)
    : m_hub(hub),
      m_clock(clock),
      m_defer(std::move(defer))
{
}

StreamFeed *StreamFeeds::find(const QByteArray &name) const
{
    const auto found = m_feeds.find(name);
    return found == m_feeds.end() || found->second->isOver() ? nullptr : found->second.get();
}

StreamFeed &StreamFeeds::open(const QString &channel, const Params &params, const QByteArray &name)
{
    std::unique_ptr<StreamFeed> &feed = m_feeds[name];
    if (feed && feed->isOver())
        m_over.push_back(std::exchange(feed, nullptr));
    if (feed)
        return *feed;
    feed = std::make_unique<StreamFeed>(m_hub, m_clock, name, m_defer);
    StreamFeed &made = *feed;
    made.open(channel, params);
    return made;
}

int StreamFeeds::subscribers(const QByteArray &name) const
{
    const StreamFeed *feed = find(name);
    return feed == nullptr ? 0 : feed->subscribers();
}

void StreamFeeds::tick()
{
    for (const auto &[name, feed] : m_feeds)
        feed->tick();
    collect();
}

void StreamFeeds::collect()
{
    m_over.clear();
    std::erase_if(m_feeds, [](const auto &entry) { return entry.second->isUnused(); });
}

}
