#pragma once

#include "core/clock.h"

#include <vector>

namespace restream {

/// A clock that stands still until a test moves it.
class FakeClock final : public Clock
{
public:
    [[nodiscard]] qint64 monotonicMs() const override { return m_monotonic; }
    [[nodiscard]] qint64 wallMs() const override { return m_wall; }
    [[nodiscard]] std::unique_ptr<Timer> makeTimer(std::function<void()> onTimeout) override;

    /// Lets `ms` pass; timers that come due fire in their order, each at its own time.
    void advance(qint64 ms);
    /// Moves the wall clock alone, as a user or NTP does.
    void jumpWall(qint64 ms) { m_wall += ms; }
    /// Milliseconds until the next timer; -1: none is running.
    [[nodiscard]] qint64 nextTimer() const;

private:
    class FakeTimer;
    std::vector<FakeTimer *> m_timers;
    qint64 m_monotonic = 1'000'000;
    qint64 m_wall = 1'700'000'000'000;
};

}
