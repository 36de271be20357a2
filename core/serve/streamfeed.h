#pragma once

#include "core/clock.h"
#include "core/serve/feedframes.h"
#include "core/serve/subscriber.h"
#include "core/stream/hub.h"

#include <QSet>

#include <functional>
#include <memory>

namespace restream {

/// One stream as all its subscribers share it: the one observer, and each message, made at most once for each form.
class StreamFeed final : public StreamObserver
{
public:
    /// Who waits for the next call of a stream to end.
    using Watch = std::function<void(StreamFeed &)>;
    /// The feed with its stream, or why there is none.
    using Ready = std::function<void(Result<StreamFeed *>)>;

    /// `onSpare` is called when nobody may be left who needs it, or it is over; it must only take note.
    StreamFeed(Hub &hub, Clock &clock, QByteArray name, std::function<void()> onSpare);
    ~StreamFeed() override;
    StreamFeed(const StreamFeed &) = delete;
    StreamFeed &operator=(const StreamFeed &) = delete;

    void open(const QString &channel, const Params &params);
    [[nodiscard]] const QByteArray &name() const { return m_name; }
    [[nodiscard]] bool isLoading() const { return m_state == State::Loading; }
    [[nodiscard]] bool isOver() const
    {
        return m_state == State::Over;
    } ///< it failed, or was taken away
    [[nodiscard]] const Stream &stream() const { return *m_stream; } ///< neither loading nor over

    /// Calls `ready` now, or in turn once it is loaded; `owner` is for forget().
    void whenReady(const void *owner, Ready ready);
    void watch(const void *owner,
               Watch watch); ///< called after each call of the stream, until forgotten
    void forget(const void *owner);
    [[nodiscard]] bool isWatched() const { return !m_watches.empty(); }

    void add(Subscriber &subscriber);
    void remove(Subscriber &subscriber);
    [[nodiscard]] int subscribers() const { return int(m_subscribers.size()); }
    /// Item messages need the ids that clients hold, for the day when the epoch changes.
    void holdItems();
    void releaseItems();

    /// Neither while loading nor when it is over.
    [[nodiscard]] FeedFrames &frames() { return m_frames; }
    [[nodiscard]] qint64 encoded() const { return m_frames.encoded(); } ///< messages built so far
    /// False while the first call of all is under way: what comes of it is told then. Neither while loading nor when it is over.
    [[nodiscard]] bool isStatusKnown() const;
    /// The messages for those who hold items of the epoch before: what of them is no more.
    const QByteArray &itemRemovals();

    /// Sends a status that had to wait, and drops frames that nobody asked for lately. Call it every second.
    void tick();
    /// Keeps it observed until then (monotonic ms).
    void keepUntil(qint64 ms) { m_keepUntilMs = std::max(m_keepUntilMs, ms); }
    [[nodiscard]] bool isUnused() const;

private:
    enum class State { Loading, Ready, Over };
    void streamChanged(const Stream &stream, const ChangesetPtr &changes) override;
    void streamReset(const Stream &stream) override;
    void streamStatusChanged(const Stream &stream) override;
    void streamClosed(const Stream &stream, const Error &reason) override;
    void loaded(Result<const Stream *> result);
    void sendStatus();

    Hub &m_hub;
    Clock &m_clock;
    QByteArray m_name;
    std::function<void()> m_onSpare;
    const Stream *m_stream = nullptr;
    Error m_error;
    State m_state = State::Loading;
    std::vector<std::pair<const void *, Ready>> m_waiting;
    std::vector<std::pair<const void *, Watch>> m_watches;
    std::vector<Subscriber *> m_subscribers;
    FeedFrames m_frames;
    std::optional<QByteArray> m_itemRemovals;
    StreamStatus m_sentStatus;
    bool m_statusWaits = false;
    std::optional<qint64> m_statusSentMs; ///< monotonic
    qint64 m_keepUntilMs = 0;
    int m_itemHolders = 0;
    QSet<QByteArray> m_heldIds;
    QSet<QByteArray> m_idsBeforeReset;
};

}
