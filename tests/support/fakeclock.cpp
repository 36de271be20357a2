#include "tests/support/fakeclock.h"

#include <algorithm>

namespace restream {

class FakeClock::FakeTimer final : public Timer
{
public:
    FakeTimer(FakeClock &clock, std::function<void()> onTimeout)
        : m_clock(clock),
          m_onTimeout(std::move(onTimeout))
    {
        m_clock.m_timers.push_back(this);
    }
    ~FakeTimer() override { std::erase(m_clock.m_timers, this); }

    void start(std::chrono::milliseconds delay) override
    {
        m_due = m_clock.m_monotonic + std::max<qint64>(0, delay.count());
    }
    void stop() override { m_due = -1; }
    [[nodiscard]] bool isActive() const override { return m_due >= 0; }

    [[nodiscard]] qint64 due() const { return m_due; }
    void fire()
    {
        m_due = -1;
        // The handler may destroy this timer, and the function with it.
        const auto onTimeout = m_onTimeout;
        onTimeout();
    }

private:
    FakeClock &m_clock;
    std::function<void()> m_onTimeout;
    qint64 m_due = -1;
};

std::unique_ptr<Timer> FakeClock::makeTimer(std::function<void()> onTimeout)
{
    return std::make_unique<FakeTimer>(*this, std::move(onTimeout));
}

qint64 FakeClock::nextTimer() const
{
    qint64 next = -1;
    for (const FakeTimer *timer : m_timers) {
        if (timer->isActive() && (next < 0 || timer->due() - m_monotonic < next))
            next = timer->due() - m_monotonic;
    }
    return next;
}

void FakeClock::advance(qint64 ms)
{
    const qint64 end = m_monotonic + ms;
    for (;;) {
        FakeTimer *first = nullptr;
        for (FakeTimer *timer : m_timers) {
            if (timer->isActive() && timer->due() <= end && (!first || timer->due() < first->due()))
                first = timer;
        }
        if (!first)
            break;
        const qint64 step = std::max<qint64>(0, first->due() - m_monotonic);
        m_monotonic += step;
        m_wall += step;
        first->fire();
    }
    m_wall += end - m_monotonic;
    m_monotonic = end;
}

}
