#pragma once

#include "core/lifetime.h"
#include "core/stream/hub.h"
#include "core/stream/livestream.h"

#include <QHash>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace restream {

/// The streams in memory: one for each channel and params that somebody observes, or that its channel always polls. Engine thread.
class StreamHub final : public Hub
{
public:
    explicit StreamHub(StreamContext context);
    ~StreamHub() override;
    StreamHub(const StreamHub &) = delete;
    StreamHub &operator=(const StreamHub &) = delete;

    /// The channels from now on. Streams of a channel that changed go on under its new definition; those that it no longer allows are closed.
    void setChannels(QMap<QString, ChannelDefinition> channels);
    void keysChanged();
    /// As Poller::pollNow(). Error `unknown_stream`.
    Result<qint64> pollNow(const QByteArray &stream);
    /// Of a stream in memory, as StreamActivity::perMinute().
    [[nodiscard]] std::vector<int> changesPerMinute(const QByteArray &stream) const;
    /// Called when anything of channels() or streams() changed.
    std::function<void()> onChanged;

    [[nodiscard]] const QMap<QString, ChannelDefinition> &channels() const override;
    void observe(const QString &channel, const Params &given, StreamObserver *observer,
                 std::function<void(Result<const Stream *>)> ready) override;
    void unobserve(StreamObserver *observer) override;
    [[nodiscard]] std::vector<const Stream *> streams() const override;
    [[nodiscard]] qint64 nowMs() const override;

private:
    struct Entry;
    class Watcher;

    Result<Entry *> entryFor(const QString &channel, const Params &given);
    Result<void> makeRoom(const ChannelDefinition &definition);
    Entry *create(const ChannelDefinition &definition, const Params &params);
    void loaded(Entry &entry, const Result<void> &result);
    void attend(Entry &entry);
    void remove(const QByteArray &name, const Error &reason);
    void startAlwaysPolled();
    void changed();

    StreamContext m_context;
    QMap<QString, ChannelDefinition> m_channels;
    std::map<QByteArray, std::unique_ptr<Entry>> m_entries; ///< by canonical name
    QHash<StreamObserver *, Entry *> m_observed;
    QHash<QByteArray, Poller::Refusal> m_refusals; ///< of streams that are no longer in memory
    std::vector<std::unique_ptr<Entry>> m_ended; ///< freed once nobody can be inside them
    std::unique_ptr<Timer> m_sweep;
    quint64 m_made = 0; ///< streams so far
};

}
