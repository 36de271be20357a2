#include "core/poll/poller.h"

#include <tuple>

namespace restream {
namespace {

/// How often a paused poller looks whether its keys are others now: a keychain tells nobody when another program writes to it.
constexpr std::chrono::milliseconds keyCheckInterval { 10'000 };

}

Poller::Poller(Clock &clock, PollTarget &target, std::function<double()> random,
               std::optional<double> phase)
    : m_clock(clock),
      m_target(target),
      m_random(std::move(random)),
      m_phase(phase),
      m_schedule(0, m_random),
      m_timer(clock.makeTimer([this] { prepare(); }))
{
}

void Poller::configure(std::unique_ptr<Fetcher> fetcher, qint64 intervalMs)
{
    m_awaited.end();
    m_slot.reset();
    m_fetcher = std::move(fetcher);
    m_schedule = PollSchedule(intervalMs, m_random, m_phase);
    if (m_lastCall)
        m_schedule.calledBefore(*m_lastCall);
    // What a server asked for is no matter of the definition.
    const qint64 now = m_clock.monotonicMs();
    if (m_state == PollState::RateLimited && m_waitUntil > now) {
        m_schedule.rateLimited(now, m_waitUntil - now);
    } else if (m_state == PollState::Paused) {
        endPause();
    }
    m_step = Step::Idle;
    m_timer->stop();
    if (m_wanted)
        arm();
}

void Poller::restore(qint64 lastCallMs, qint64 notBeforeMs)
{
    // Times of an earlier run are of the wall clock; one that lies ahead of it was written before the clock was set back.
    const qint64 wall = m_clock.wallMs();
    const qint64 now = m_clock.monotonicMs();
    if (lastCallMs > 0) {
        m_lastCall = now - std::max<qint64>(0, wall - lastCallMs);
        m_schedule.calledBefore(*m_lastCall);
    }
    if (notBeforeMs > wall) {
        m_schedule.rateLimited(now, notBeforeMs - wall);
        m_waitUntil = now + notBeforeMs - wall;
        m_state = PollState::RateLimited;
        m_error = Error { QStringLiteral("rate_limited"), QStringLiteral("the server said wait") };
    }
}

void Poller::start()
{
    if (m_wanted)
        return;
    m_wanted = true;
    if (m_step != Step::Idle)
        return;
    if (m_state == PollState::Paused)
        prepare();
    else
        arm();
}

void Poller::stop()
{
    m_wanted = false;
    m_timer->stop();
    m_nextPollMs = 0;
    if (m_step == Step::Taking)
        return;
    m_awaited.end();
    if (m_step == Step::Fetching)
        m_fetcher->cancel();
    m_slot.reset();
    m_step = Step::Idle;
}

void Poller::keysChanged()
{
    if (m_state == PollState::Paused && m_step == Step::Waiting)
        prepare();
}

qint64 Poller::pollNow()
{
    if (m_step == Step::Waiting) {
        if (m_state == PollState::Paused)
            endPause();
        m_schedule.hurry();
        arm();
    }
    return m_nextPollMs > 0 ? m_nextPollMs : m_clock.wallMs();
}

void Poller::arm()
{
    m_step = m_wanted ? Step::Waiting : Step::Idle;
    m_nextPollMs = 0;
    if (m_wanted && m_state == PollState::Paused) {
        if (m_keyProblem || !m_keys.isEmpty())
            m_timer->start(keyCheckInterval);
    } else if (m_wanted) {
        const qint64 now = m_clock.monotonicMs();
        const qint64 delay = std::max<qint64>(0, m_schedule.due(now) - now);
        m_nextPollMs = m_clock.wallMs() + delay;
        m_timer->start(std::chrono::milliseconds(delay));
    }
    m_target.pollingChanged();
}

void Poller::prepare()
{
    m_timer->stop();
    m_step = Step::Preparing;
    m_target.readKeys(m_state == PollState::Paused,
                      m_awaited.guard([this](const Result<Keys> &keys) { gotKeys(keys); }));
}

void Poller::gotKeys(const Result<Keys> &keys)
{
    if (!keys) {
        m_keyProblem = true;
        pause(keys.error());
        return;
    }
    if (m_state == PollState::Paused) {
        if (!m_keyProblem && *keys == m_keys) {
            arm();
            return;
        }
        endPause();
        arm();
        return;
    }
    m_keys = *keys;
    if (!m_fetcher->isRemote()) {
        call();
        return;
    }
    m_slot = m_target.takeSlot(m_awaited.guard([this] { gotSlot(); }));
    if (!m_slot || m_slot->isHeld())
        gotSlot();
}

void Poller::gotSlot()
{
    m_target.askLeave(m_keys,
                      m_awaited.guard([this](const Result<qint64> &leave) { gotLeave(leave); }));
}

void Poller::gotLeave(const Result<qint64> &leave)
{
    if (!leave) {
        m_slot.reset();
        failed(leave.error());
    } else if (*leave > 0) {
        m_slot.reset();
        const qint64 wait = std::max<qint64>(1, *leave - m_clock.wallMs());
        m_schedule.notBefore(m_clock.monotonicMs() + wait, QStringLiteral("the quota is used up"));
        arm();
    } else {
        call();
    }
}

void Poller::call()
{
    m_step = Step::Fetching;
    m_nextPollMs = 0;
    m_lastCall = m_clock.monotonicMs();
    m_schedule.called(*m_lastCall);
    FetchRequest request = m_target.nextRequest();
    request.keys = m_keys;
    m_fetcher->fetch(request,
                     m_awaited.guard([this](FetchResult answer) { answered(std::move(answer)); }));
}

void Poller::answered(FetchResult answer)
{
    // Its turn is over, but who waits for it is only told once this answer is on its way.
    const auto slot = std::move(m_slot);
    switch (answer.kind) {
    case FetchResult::Kind::Body:
    case FetchResult::Kind::NotModified:
    case FetchResult::Kind::NoContent:
        m_step = Step::Taking;
        m_target.take(std::move(answer), m_lifetime.guard([this](const Result<void> &taken) {
            if (taken)
                succeeded();
            else
                failed(taken.error());
        }));
        return;
    case FetchResult::Kind::Failed:
        failed(answer.error);
        return;
    case FetchResult::Kind::RateLimited:
        rateLimited(answer);
        return;
    case FetchResult::Kind::Refused:
        m_keyProblem = false;
        pause(answer.error);
        return;
    }
}

void Poller::succeeded()
{
    if (m_state == PollState::RateLimited)
        m_target.keepNotBefore(0);
    m_schedule.succeeded(m_clock.monotonicMs());
    m_state = PollState::Live;
    m_error.reset();
    arm();
}

void Poller::failed(const Error &error)
{
    m_schedule.failed(m_clock.monotonicMs());
    m_state = PollState::Failing;
    m_error = error;
    arm();
}

void Poller::pause(const Error &error)
{
    if (m_state != PollState::Paused)
        m_beforePause = { m_state, m_error };
    m_state = PollState::Paused;
    m_error = error;
    arm();
}

void Poller::endPause()
{
    std::tie(m_state, m_error) = std::exchange(m_beforePause, {});
    m_keyProblem = false;
}

std::optional<Poller::Refusal> Poller::refusal() const
{
    if (m_state != PollState::Paused || m_keyProblem || m_keys.isEmpty() || !m_error)
        return {};
    return Refusal { m_keys, *m_error };
}

void Poller::restoreRefusal(Refusal refusal)
{
    m_beforePause = { m_state, m_error };
    m_state = PollState::Paused;
    m_error = std::move(refusal.error);
    m_keys = std::move(refusal.keys);
    m_keyProblem = false;
}

void Poller::rateLimited(const FetchResult &answer)
{
    const qint64 now = m_clock.monotonicMs();
    m_schedule.rateLimited(now, answer.retryAfterMs);
    m_state = PollState::RateLimited;
    m_error = answer.error;
    m_waitUntil = m_schedule.due(now);
    m_target.keepNotBefore(m_clock.wallMs() + m_waitUntil - now);
    arm();
}

}
