#include "core/loop/timerqueue.h"

#include <algorithm>
#include <bit>

namespace restream {
namespace {

using namespace std::chrono_literals;

constexpr TimerQueue::Milliseconds longest = std::chrono::hours(24 * 365 * 30);

/// The times at which such a timer may be due are multiples of this; zero: any time. Powers of two, so that the times of a wider
/// grid are those of a narrower one too.
TimerQueue::Milliseconds grid(Qt::TimerType type, TimerQueue::Milliseconds interval)
{
    if (type == Qt::PreciseTimer || interval == 0ms)
        return 0ms;
    const auto allowed = quint64(interval.count()) / 20;
    if (type == Qt::VeryCoarseTimer || allowed >= 1000)
        return 1s;
    return TimerQueue::Milliseconds(std::bit_floor(allowed));
}

}

void TimerQueue::insert(int id, Milliseconds interval, Qt::TimerType type, QObject *object,
                        Time now)
{
    remove(id);
    interval = std::clamp(interval, 0ms, longest);
    Timer &timer = m_timers[id];
    timer = { id, type, interval, object, {}, {}, 0, false };
    schedule(timer, now + interval);
    m_waiting.insert(&timer);
}

/// For a timer that is not in m_waiting.
void TimerQueue::schedule(Timer &timer, Time exact)
{
    const Time step = grid(timer.type, timer.interval);
    timer.exact = exact;
    timer.due = step == 0ns ? exact : (exact + step - 1ns) / step * step;
    timer.order = m_order++;
}

TimerQueue::Timers::iterator TimerQueue::erase(Timers::iterator timer)
{
    if (!timer->second.isDelivered)
        m_waiting.erase(&timer->second);
    return m_timers.erase(timer);
}

bool TimerQueue::remove(int id)
{
    const auto timer = m_timers.find(id);
    if (timer == m_timers.end())
        return false;
    erase(timer);
    return true;
}

bool TimerQueue::removeAll(const QObject *object)
{
    const size_t before = m_timers.size();
    for (auto timer = m_timers.begin(); timer != m_timers.end();)
        timer = timer->second.object == object ? erase(timer) : std::next(timer);
    return m_timers.size() < before;
}

QList<TimerQueue::Info> TimerQueue::timersOf(const QObject *object) const
{
    QList<Info> found;
    for (const auto &[id, timer] : m_timers) {
        if (timer.object == object)
            found.append(Info(id, int(timer.interval.count()), timer.type));
    }
    return found;
}

std::optional<TimerQueue::Time> TimerQueue::dueTime(int id) const
{
    const auto timer = m_timers.find(id);
    return timer != m_timers.end() ? std::optional(timer->second.due) : std::nullopt;
}

std::optional<TimerQueue::Time> TimerQueue::nextDue() const
{
    return !m_waiting.empty() ? std::optional((*m_waiting.begin())->due) : std::nullopt;
}

int TimerQueue::fire(Time now, const Deliver &deliver)
{
    int delivered = 0;
    // What is scheduled from here on is due now or later, and behind what was due before.
    const quint64 end = m_order;
    while (!m_waiting.empty()) {
        Timer &timer = **m_waiting.begin();
        if (timer.due > now || timer.order >= end)
            break;
        auto place = m_waiting.extract(m_waiting.begin());
        const Time next = timer.exact + timer.interval;
        schedule(timer, next >= now ? next : now + timer.interval);
        timer.isDelivered = true;
        delivered += timer.interval > 0ms ? 1 : 0;

        const int id = timer.id;
        const quint64 order = timer.order;
        deliver(timer.object, id);
        const auto after = m_timers.find(id);
        if (after != m_timers.end() && after->second.order == order) {
            after->second.isDelivered = false;
            m_waiting.insert(std::move(place));
        }
    }
    return delivered;
}

}
