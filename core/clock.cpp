#include "core/clock.h"

#include <QDateTime>
#include <QTimer>

#include <algorithm>
#include <limits>

namespace restream {
namespace {

class QtTimer final : public Timer
{
public:
    explicit QtTimer(std::function<void()> onTimeout)
    {
        m_timer.setSingleShot(true);
        m_timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, std::move(onTimeout));
    }

    void start(std::chrono::milliseconds delay) override
    {
        // QTimer counts in an int: what is longer fires early, and whoever waits looks at the clock again.
        constexpr std::chrono::milliseconds longest { std::numeric_limits<int>::max() };
        m_timer.start(std::clamp(delay, std::chrono::milliseconds::zero(), longest));
    }
    void stop() override { m_timer.stop(); }
    [[nodiscard]] bool isActive() const override { return m_timer.isActive(); }

private:
    QTimer m_timer;
};

}

qint64 SystemClock::monotonicMs() const
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

qint64 SystemClock::wallMs() const
{
    return QDateTime::currentMSecsSinceEpoch();
}

std::unique_ptr<Timer> SystemClock::makeTimer(std::function<void()> onTimeout)
{
    return std::make_unique<QtTimer>(std::move(onTimeout));
}

}
