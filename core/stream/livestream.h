#pragma once

#include "core/lifetime.h"
#include "core/poll/poller.h"
#include "core/stream/bodyhash.h"
#include "core/stream/digest.h"
#include "core/stream/stream.h"
#include "core/stream/streamcontext.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace restream {

/// A stream that is in memory: polled while wanted, each good answer compared, committed, and only then seen. Engine thread.
class LiveStream final : public Stream, private PollTarget
{
public:
    /// `phase`: where its polls are among those of the same interval, as spreadPoll().
    LiveStream(StreamContext &context, ChannelDefinition definition, Params params, double phase);
    ~LiveStream() override;

    /// Gets what was kept; call once, before anything else.
    void load(std::function<void(Result<void>)> done);
    /// Polls while true.
    void setWanted(bool wanted);
    /// The channel's file was changed. Items that can't be compared with what will come are forgotten, under a new epoch.
    void setDefinition(const ChannelDefinition &definition);
    /// As Poller::pollNow().
    qint64 pollNow() { return m_poller.pollNow(); }
    /// The key store may answer otherwise now.
    void keysChanged() { m_poller.keysChanged(); }
    /// Keys that the server refused last, so that a later stream of the same name does not offer them again.
    [[nodiscard]] std::optional<Poller::Refusal> refusal() const { return m_poller.refusal(); }
    /// After load().
    void restoreRefusal(Poller::Refusal refusal);

    void addObserver(StreamObserver *observer) { m_observers.push_back(observer); }
    void removeObserver(StreamObserver *observer);
    /// Ends it: nothing that is under way is waited for. Tells the observers, and forgets them.
    void close(const Error &reason);

private:
    void readKeys(bool fresh, std::function<void(Result<Keys>)> done) override;
    std::unique_ptr<HostSlots::Slot> takeSlot(std::function<void()> granted) override;
    void askLeave(const Keys &keys, std::function<void(Result<qint64>)> done) override;
    [[nodiscard]] FetchRequest nextRequest() const override;
    void take(FetchResult answer, std::function<void(Result<void>)> done) override;
    void keepNotBefore(qint64 whenMs) override;
    void pollingChanged() override;

    struct Taking;
    void takeBody(const std::shared_ptr<Taking> &taking);
    void digested(const std::shared_ptr<Taking> &taking, Result<Digest> digest);
    void sayOnce(const Digest &digest);
    void commit(const std::shared_ptr<Taking> &taking, Difference difference, qint64 poll);
    void committed(const StreamCommit &commit);
    void taken(const std::shared_ptr<Taking> &taking, const Result<void> &result);
    void configurePoller();
    void adoptDefinition(const ChannelDefinition &definition);
    void adoptPending();
    void beginAnew();
    void adopt(StoredStream stored);
    void resetTo(const QByteArray &epoch);
    void updateStatus();
    void logState(const StreamStatus &before) const;
    template<typename F>
    void forEachObserver(F f);

    StreamContext &m_context;
    Poller m_poller;
    std::shared_ptr<HostSlots> m_hostSlots;
    std::unique_ptr<Timer> m_staleTimer;
    Lifetime m_lifetime;
    std::vector<StreamObserver *> m_observers;
    Validators m_validators;
    QByteArray m_identity;
    std::optional<BodyHash> m_lastBody; ///< of the last good poll
    qint64 m_polls = 0;
    qint64 m_lastOkMs = 0;
    bool m_wanted = false;
    bool m_taking = false;
    bool m_resetting = false;
    bool m_owesReset = false; ///< the database would not begin anew
    bool m_saidSkipped = false;
    std::optional<ChannelDefinition>
        m_pendingDefinition; ///< waits for the answer that is being taken in
};

}
