#pragma once

#include "core/stream/hub.h"
#include "tests/support/fakeclock.h"

#include <map>

namespace restream {

/// A stream whose changes a test makes.
class FakeStream final : public Stream
{
public:
    FakeStream(FakeClock &clock, ChannelDefinition definition, Params params);

    /// A good poll that brought `items`: what differs from what is held becomes a changeset, and the observers are told.
    void poll(const std::vector<Item> &items);
    /// The same with a changeset of the test's own making; its seq and time are filled in.
    void push(Changeset changes);
    /// A call that failed, or anything else that the state is to be.
    void setStatus(StreamStatus status);
    void reset(const QByteArray &epoch);
    void close(const Error &reason);
    void setHistory(HistoryBounds bounds) { m_history.setBounds(bounds); }

    std::vector<StreamObserver *> observers;

private:
    FakeClock &m_clock;
};

/// A hub without polling. Channels: "quakes" (params level, window with defaults), "plain" (none), "strict" (a required one, max 1 KiB).
class FakeHub final : public Hub
{
public:
    explicit FakeHub(FakeClock &clock);

    [[nodiscard]] const QMap<QString, ChannelDefinition> &channels() const override
    {
        return channelMap;
    }
    void observe(const QString &channel, const Params &given, StreamObserver *observer,
                 std::function<void(Result<const Stream *>)> ready) override;
    void unobserve(StreamObserver *observer) override;
    [[nodiscard]] std::vector<const Stream *> streams() const override;
    [[nodiscard]] qint64 nowMs() const override { return m_clock.wallMs(); }

    /// The stream, made where there is none.
    FakeStream &stream(const QByteArray &name);
    /// Lets the streams that wait be loaded, or fail.
    void load(const std::optional<Error> &error = {});
    [[nodiscard]] int observers(const QByteArray &name);

    QMap<QString, ChannelDefinition> channelMap;
    bool holdsLoading = false; ///< ready comes only with load()
    int observeCalls = 0;

private:
    struct Waiting
    {
        QByteArray name;
        StreamObserver *observer;
        std::function<void(Result<const Stream *>)> ready;
    };

    FakeClock &m_clock;
    std::map<QByteArray, std::unique_ptr<FakeStream>> m_streams;
    std::vector<Waiting> m_waiting;
};

}
