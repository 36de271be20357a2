#include "core/serve/streamfeed.h"

#include <algorithm>

namespace restream {
namespace {

constexpr qint64 statusEveryMs = 1000;

/// Whether clients are told: the times in a status change with every call, but the first good one is news.
bool sameState(const StreamStatus &a, const StreamStatus &b)
{
    return a.state == b.state && a.stale == b.stale && a.error == b.error
        && (a.lastOkMs > 0) == (b.lastOkMs > 0);
}

}

StreamFeed::StreamFeed(Hub &hub, Clock &clock, QByteArray name, std::function<void()> onSpare)
    : m_hub(hub),
      m_clock(clock),
      m_name(std::move(name)),
      m_onSpare(std::move(onSpare))
{
}

StreamFeed::~StreamFeed()
{
    m_hub.unobserve(this);
}

void StreamFeed::open(const QString &channel, const Params &params)
{
    m_hub.observe(channel, params, this,
                  [this](Result<const Stream *> result) { loaded(std::move(result)); });
}

void StreamFeed::loaded(Result<const Stream *> result)
{
    if (result) {
        m_stream = *result;
        m_frames.setStream(m_stream);
        m_sentStatus = m_stream->status();
        m_state = State::Ready;
    } else {
        m_error = result.error();
        m_state = State::Over;
    }
    const auto waiting = std::exchange(m_waiting, {});
    for (const auto &[owner, ready] : waiting)
        ready(isOver() ? Result<StreamFeed *>(m_error) : Result<StreamFeed *>(this));
    m_onSpare();
}

void StreamFeed::whenReady(const void *owner, Ready ready)
{
    if (isLoading())
        m_waiting.emplace_back(owner, std::move(ready));
    else
        ready(isOver() ? Result<StreamFeed *>(m_error) : Result<StreamFeed *>(this));
}

void StreamFeed::watch(const void *owner, Watch watch)
{
    m_watches.emplace_back(owner, std::move(watch));
}

void StreamFeed::forget(const void *owner)
{
    const auto isOwners = [owner](const auto &entry) { return entry.first == owner; };
    std::erase_if(m_waiting, isOwners);
    std::erase_if(m_watches, isOwners);
    m_onSpare();
}

void StreamFeed::add(Subscriber &subscriber)
{
    subscriber.m_place = qsizetype(m_subscribers.size());
    m_subscribers.push_back(&subscriber);
}

void StreamFeed::remove(Subscriber &subscriber)
{
    if (subscriber.m_place < 0)
        return;
    Subscriber *const last = m_subscribers.back();
    m_subscribers[size_t(subscriber.m_place)] = last;
    last->m_place = subscriber.m_place;
    subscriber.m_place = -1;
    m_subscribers.pop_back();
    if (m_subscribers.empty())
        m_onSpare();
}

void StreamFeed::holdItems()
{
    if (m_itemHolders++ > 0)
        return;
    for (const Item &item : m_stream->items())
        m_heldIds.insert(item.id().toByteArray());
}

void StreamFeed::releaseItems()
{
    if (--m_itemHolders > 0)
        return;
    m_heldIds = {};
    m_idsBeforeReset = {};
}

const QByteArray &StreamFeed::itemRemovals()
{
    if (!m_itemRemovals) {
        std::vector<QByteArray> gone;
        for (const QByteArray &id : std::as_const(m_idsBeforeReset)) {
            if (m_stream->items().find(id) == nullptr)
                gone.push_back(id);
        }
        std::sort(gone.begin(), gone.end());
        m_itemRemovals = itemRemovalFrames(*m_stream, m_stream->seq(), gone);
    }
    return *m_itemRemovals;
}

void StreamFeed::streamChanged(const Stream &, const ChangesetPtr &changes)
{
    if (m_state != State::Ready)
        return;
    m_frames.itemsChanged();
    for (Subscriber *subscriber : m_subscribers)
        subscriber->streamChanged(changes);
    m_itemRemovals.reset();
    m_idsBeforeReset = {};
    if (m_itemHolders > 0) {
        for (const Item &item : changes->added)
            m_heldIds.insert(item.id().toByteArray());
        for (const QByteArray &id : changes->removed)
            m_heldIds.remove(id);
    }
}

void StreamFeed::streamReset(const Stream &)
{
    if (m_state != State::Ready)
        return;
    m_frames.itemsChanged();
    m_idsBeforeReset.unite(std::exchange(m_heldIds, {}));
    for (Subscriber *subscriber : m_subscribers)
        subscriber->streamReset();
}

bool StreamFeed::isStatusKnown() const
{
    const StreamStatus &status = m_stream->status();
    return status.state != StreamStatus::State::Live || status.lastOkMs > 0
        || status.nextPollMs > m_hub.nowMs() + statusEveryMs;
}

void StreamFeed::streamStatusChanged(const Stream &stream)
{
    if (m_state != State::Ready)
        return;
    m_frames.statusChanged();
    if (!sameState(stream.status(), m_sentStatus)) {
        m_statusWaits = m_statusSentMs && m_clock.monotonicMs() - *m_statusSentMs < statusEveryMs;
        if (!m_statusWaits)
            sendStatus();
    } else {
        m_statusWaits = false;
    }
    const auto watches = m_watches;
    for (const auto &[owner, watch] : watches)
        watch(*this);
}

void StreamFeed::sendStatus()
{
    m_statusWaits = false;
    m_statusSentMs = m_clock.monotonicMs();
    m_sentStatus = m_stream->status();
    for (Subscriber *subscriber : m_subscribers)
        subscriber->statusChanged();
}

void StreamFeed::streamClosed(const Stream &, const Error &reason)
{
    if (m_state != State::Ready)
        return;
    m_error = reason;
    m_state = State::Over;
    m_stream = nullptr;
    const std::vector<Subscriber *> ended = std::exchange(m_subscribers, {});
    for (Subscriber *subscriber : ended)
        subscriber->m_place = -1;
    for (Subscriber *subscriber : ended)
        subscriber->streamEnded(reason);
    const auto watches = std::exchange(m_watches, {});
    for (const auto &[owner, watch] : watches)
        watch(*this);
    m_onSpare();
}

void StreamFeed::tick()
{
    if (m_state != State::Ready)
        return;
    if (m_statusWaits && m_clock.monotonicMs() - *m_statusSentMs >= statusEveryMs)
        sendStatus();
    m_frames.tick();
}

bool StreamFeed::isUnused() const
{
    if (isOver())
        return true;
    return m_subscribers.empty() && m_waiting.empty() && m_watches.empty()
        && m_clock.monotonicMs() >= m_keepUntilMs;
}

}
