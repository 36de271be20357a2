#pragma once

#include <QtGlobal>

#include <chrono>
#include <functional>
#include <memory>

namespace restream {

/// A single-shot timer of a Clock. Destroying it stops it. Lives on the thread that made it.
class Timer
{
public:
    virtual ~Timer() = default;

    /// Fires once after `delay` (negative counts as zero; the machine's own may fire early where it is over 24 days); a running one starts again.
    virtual void start(std::chrono::milliseconds delay) = 0;
    virtual void stop() = 0;
    [[nodiscard]] virtual bool isActive() const = 0;
};

/// Where time comes from, so that schedules are tested without waiting.
class Clock
{
public:
    virtual ~Clock() = default;

    /// Milliseconds since some fixed instant; never jumps. For delays and deadlines.
    [[nodiscard]] virtual qint64 monotonicMs() const = 0;
    /// Milliseconds since 1970-01-01 UTC. For what is shown, sent or kept over a restart.
    [[nodiscard]] virtual qint64 wallMs() const = 0;
    /// A stopped timer that calls `onTimeout` on the calling thread, from its event loop.
    [[nodiscard]] virtual std::unique_ptr<Timer> makeTimer(std::function<void()> onTimeout) = 0;
};

/// The machine's own clock. Its timers, which may outlive it, belong to the one thread that makes them and runs a Qt event loop.
class SystemClock final : public Clock
{
public:
    SystemClock();
    ~SystemClock() override;
    SystemClock(const SystemClock &) = delete;
    SystemClock &operator=(const SystemClock &) = delete;

    [[nodiscard]] qint64 monotonicMs() const override;
    [[nodiscard]] qint64 wallMs() const override;
    [[nodiscard]] std::unique_ptr<Timer> makeTimer(std::function<void()> onTimeout) override;

private:
    class Timers;
    std::shared_ptr<Timers> m_timers; ///< from the first makeTimer() on
};

}
