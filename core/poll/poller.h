#pragma once

#include "core/clock.h"
#include "core/lifetime.h"
#include "core/poll/pollschedule.h"
#include "core/poll/pollstate.h"
#include "core/poll/polltarget.h"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace restream {

/// Polls one stream while wanted: waits until it is due, gets keys, a place at the host and leave, fetches, hands the answer over; never two
/// calls at a time. Engine thread.
class Poller final
{
public:
    /// `random`, `phase`: as PollSchedule.
    Poller(Clock &clock, PollTarget &target, std::function<double()> random,
           std::optional<double> phase = {});

    /// How, and how often at most, it fetches from now on; a wait that the server asked for goes on. Not while take() is under way.
    void configure(std::unique_ptr<Fetcher> fetcher, qint64 intervalMs);
    /// What an earlier run left: its last call and the wait that the server asked for (wall clock, ms; 0: none).
    void restore(qint64 lastCallMs, qint64 notBeforeMs);

    void start();
    /// Cancels a call under way; an answer that is being taken in is still taken in.
    void stop();
    /// Keys that the server refused, and what it said.
    struct Refusal
    {
        Keys keys;
        Error error;
    };
    /// Why it is paused, where it is for keys that were refused.
    [[nodiscard]] std::optional<Refusal> refusal() const;
    /// Pauses as an earlier poller of the same stream was. After configure().
    void restoreRefusal(Refusal refusal);

    /// Keys may be others now: ends a pause where they are.
    void keysChanged();
    /// A person wants the next poll as soon as interval, quota and server allow; also ends a pause. Gives when that will be (wall clock, ms); while a call is under way: now.
    qint64 pollNow();

    [[nodiscard]] PollState state() const { return m_state; }
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }
    [[nodiscard]] qint64 nextPollMs() const
    {
        return m_nextPollMs;
    } ///< wall clock; 0: none is planned
    [[nodiscard]] QString reason() const
    {
        return m_schedule.reason();
    } ///< why the next poll is then

private:
    enum class Step { Idle, Waiting, Preparing, Fetching, Taking };

    void arm();
    void prepare();
    void gotKeys(const Result<Keys> &keys);
    void gotSlot();
    void gotLeave(const Result<qint64> &leave);
    void call();
    void answered(FetchResult answer);
    void succeeded();
    void failed(const Error &error);
    void pause(const Error &error);
    void endPause();
    void rateLimited(const FetchResult &answer);

    Clock &m_clock;
    PollTarget &m_target;
    std::function<double()> m_random;
    std::optional<double> m_phase;
    std::unique_ptr<Fetcher> m_fetcher;
    PollSchedule m_schedule;
    std::unique_ptr<Timer> m_timer;
    Lifetime m_awaited; ///< of the callbacks of Preparing
    Lifetime m_lifetime;
    std::unique_ptr<HostSlots::Slot> m_slot; ///< from before the leave until the answer
    std::optional<qint64> m_lastCall; ///< monotonic
    qint64 m_waitUntil = 0; ///< monotonic; while RateLimited
    Keys m_keys; ///< of the last call
    bool m_wanted = false;
    bool m_keyProblem = false; ///< why it is paused
    std::pair<PollState, std::optional<Error>> m_beforePause;
    Step m_step = Step::Idle;
    PollState m_state = PollState::Live;
    std::optional<Error> m_error;
    qint64 m_nextPollMs = 0;
};

}
