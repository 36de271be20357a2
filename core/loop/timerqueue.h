#pragma once

#include <QAbstractEventDispatcher>

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <unordered_map>

namespace restream {

/// The timers of an event dispatcher: which is due when. It knows no clock; times are those of one that never jumps, since any
/// fixed instant. One thread.
///
/// A timer is never early. It is late by what its type allows, so that timers that are due about the same time share a wake-up:
/// `Qt::PreciseTimer` not at all, `Qt::CoarseTimer` up to 5 % of its interval and at most a second, `Qt::VeryCoarseTimer` up to a second.
class TimerQueue final
{
public:
    using Time = std::chrono::nanoseconds;
    using Milliseconds = std::chrono::milliseconds;
    using Info = QAbstractEventDispatcher::TimerInfo;
    /// Tells `object` that its timer `id` is due. May call anything of the queue, fire() too.
    using Deliver = std::function<void(QObject *object, int id)>;

    /// Starts a timer that repeats; an interval beyond thirty years counts as thirty years.
    void insert(int id, Milliseconds interval, Qt::TimerType type, QObject *object, Time now);
    bool remove(int id); ///< false: there is none
    bool removeAll(const QObject *object); ///< false: it has none

    [[nodiscard]] QList<Info> timersOf(const QObject *object) const; ///< as they were started
    [[nodiscard]] std::optional<Time> dueTime(int id) const;
    /// When to call fire(). A timer is not waited for while it is being delivered.
    [[nodiscard]] std::optional<Time> nextDue() const;

    /// Delivers each timer that is due, once, in the order of the times. One that was missed several times is due once. Gives how many
    /// were delivered, less those without an interval: a loop that runs until nothing happens would not end for them.
    int fire(Time now, const Deliver &deliver);

private:
    struct Timer
    {
        int id;
        Qt::TimerType type;
        Milliseconds interval;
        QObject *object;
        Time exact; ///< when it would be due, were it precise
        Time due;
        quint64 order; ///< among those due at once; another one each time it is scheduled
        bool isDelivered; ///< just now, and not waited for
    };
    struct Earlier
    {
        bool operator()(const Timer *a, const Timer *b) const
        {
            return a->due != b->due ? a->due < b->due : a->order < b->order;
        }
    };
    using Timers = std::unordered_map<int, Timer>;

    void schedule(Timer &timer, Time exact);
    Timers::iterator erase(Timers::iterator timer);

    Timers m_timers;
    std::set<Timer *, Earlier> m_waiting;
    quint64 m_order = 0;
};

}
