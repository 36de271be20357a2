#include "core/clock.h"

#include <QDateTime>
#include <QTimer>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace restream {

/// The timers of a clock, in order, on one QTimer: Qt searches all of a thread's timers whenever one starts or an object moves
/// to another thread, as QNetworkAccessManager's do at each call.
class SystemClock::Timers final
{
public:
    class One;
    using Instant = std::chrono::steady_clock::time_point;

    Timers()
    {
        m_timer.setSingleShot(true);
        m_timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { fire(); });
    }

    void insert(Instant due, One *timer)
    {
        m_due.emplace(due, timer);
        if (due < m_armedFor)
            arm();
    }
    void remove(Instant due, One *timer) { m_due.erase({ due, timer }); }

private:
    void fire();
    void arm();

    std::set<std::pair<Instant, One *>> m_due;
    QTimer m_timer;
    Instant m_armedFor = Instant::max();
};

class SystemClock::Timers::One final : public Timer
{
public:
    One(std::shared_ptr<Timers> timers, std::function<void()> onTimeout)
        : m_timers(std::move(timers)),
          m_onTimeout(std::move(onTimeout))
    {
    }
    ~One() override { One::stop(); }

    void start(std::chrono::milliseconds delay) override
    {
        stop();
        constexpr std::chrono::milliseconds longest { std::numeric_limits<int>::max() };
        m_due = std::chrono::steady_clock::now()
            + std::clamp(delay, std::chrono::milliseconds::zero(), longest);
        m_active = true;
        m_timers->insert(m_due, this);
    }
    void stop() override
    {
        if (std::exchange(m_active, false))
            m_timers->remove(m_due, this);
    }
    [[nodiscard]] bool isActive() const override { return m_active; }

    void fire()
    {
        stop();
        // The handler may destroy this timer, and the function with it.
        const auto onTimeout = m_onTimeout;
        onTimeout();
    }

private:
    std::shared_ptr<Timers> m_timers;
    std::function<void()> m_onTimeout;
    Instant m_due;
    bool m_active = false;
};

void SystemClock::Timers::fire()
{
    // What is started meanwhile is due later than this, also with no delay: it waits for the next turn of the loop.
    const Instant now = std::chrono::steady_clock::now();
    m_armedFor = Instant::max();
    while (!m_due.empty() && m_due.begin()->first <= now)
        m_due.begin()->second->fire();
    arm();
}

void SystemClock::Timers::arm()
{
    if (m_due.empty())
        return;
    m_armedFor = m_due.begin()->first;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(m_armedFor - std::chrono::steady_clock::now());
    m_timer.start(std::max(left, std::chrono::milliseconds::zero()));
}

SystemClock::SystemClock() = default;
SystemClock::~SystemClock() = default;

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
    if (!m_timers)
        m_timers = std::make_shared<Timers>();
    return std::make_unique<Timers::One>(m_timers, std::move(onTimeout));
}

}
