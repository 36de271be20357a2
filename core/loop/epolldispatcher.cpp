#include "core/loop/epolldispatcher.h"

#include <QCoreApplication>
#include <QThread>
#include <QTimerEvent>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

namespace restream {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;

TimerQueue::Time now()
{
    return std::chrono::steady_clock::now().time_since_epoch();
}

/// Rounded up, so that a timer that was waited for is due.
int msUntil(TimerQueue::Time time)
{
    const auto ms = ceil<milliseconds>(time - now()).count();
    return int(std::clamp<qint64>(ms, 0, std::numeric_limits<int>::max()));
}

void deliverTimer(QObject *object, int id)
{
    QTimerEvent event(id);
    QCoreApplication::sendEvent(object, &event);
}

}

EpollDispatcher::WakeUp::WakeUp() : descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (descriptor < 0)
        qFatal("No event loop without an eventfd: %s", qPrintable(qt_error_string(errno)));
}

EpollDispatcher::WakeUp::~WakeUp()
{
    ::close(descriptor);
}

EpollDispatcher::EpollDispatcher() : m_sockets(m_wakeUp.descriptor)
{
}

EpollDispatcher::~EpollDispatcher() = default;

void EpollDispatcher::startingUp()
{
    m_thread = QThread::currentThreadId();
}

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_isInterrupted = false;
    emit awake();
    QCoreApplication::sendPostedEvents();

    if (timeoutMs(flags) != 0 && !m_isInterrupted)
        emit aboutToBlock();
    if (m_isInterrupted)
        return false;
    wait(flags);

    // Not before: who wakes this up between sendPostedEvents() and the end of the wait must end it. What was posted by then is sent at the next turn.
    int events = m_isWoken.exchange(false) ? 1 : 0;
    if (!flags.testFlag(QEventLoop::ExcludeSocketNotifiers))
        events += m_sockets.activate();
    if (!flags.testFlag(QEventLoop::X11ExcludeTimers) && m_timers.nextDue())
        events += m_timers.fire(now(), deliverTimer);
    return events > 0;
}

/// How long a wait may take; -1: without end. Not at all where posted events wait.
int EpollDispatcher::timeoutMs(QEventLoop::ProcessEventsFlags flags) const
{
    if (!flags.testFlag(QEventLoop::WaitForMoreEvents) || m_isWoken)
        return 0;
    const auto due =
        flags.testFlag(QEventLoop::X11ExcludeTimers) ? std::nullopt : m_timers.nextDue();
    return due ? msUntil(*due) : -1;
}

void EpollDispatcher::wait(QEventLoop::ProcessEventsFlags flags)
{
    const bool withSockets = !flags.testFlag(QEventLoop::ExcludeSocketNotifiers);
    bool isOver = false;
    while (!isOver) {
        const int timeout = timeoutMs(flags);
        isOver = (withSockets ? m_sockets.wait(timeout) : waitForWakeUp(timeout)) || m_isWoken;
    }
}

/// As SocketWatch::wait(), without sockets.
bool EpollDispatcher::waitForWakeUp(int timeoutMs) const
{
    pollfd wakeUp { m_wakeUp.descriptor, POLLIN, 0 };
    const int count = ::poll(&wakeUp, 1, timeoutMs);
    // It may be an old one: SocketWatch reads none.
    eventfd_t ignored = 0;
    if (count > 0)
        ::eventfd_read(m_wakeUp.descriptor, &ignored);
    return count == 0;
}

void EpollDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    m_sockets.add(notifier);
}

void EpollDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    m_sockets.remove(notifier);
}

void EpollDispatcher::registerTimer(int timerId, qint64 interval, Qt::TimerType timerType,
                                    QObject *object)
{
    m_timers.insert(timerId, milliseconds(interval), timerType, object, now());
}

bool EpollDispatcher::unregisterTimer(int timerId)
{
    return m_timers.remove(timerId);
}

bool EpollDispatcher::unregisterTimers(QObject *object)
{
    return m_timers.removeAll(object);
}

QList<QAbstractEventDispatcher::TimerInfo> EpollDispatcher::registeredTimers(QObject *object) const
{
    return m_timers.timersOf(object);
}

int EpollDispatcher::remainingTime(int timerId)
{
    const auto due = m_timers.dueTime(timerId);
    return due ? msUntil(*due) : -1;
}

void EpollDispatcher::wakeUp()
{
    if (m_isWoken.exchange(true))
        return;
    // The dispatcher's own thread looks at m_isWoken before it waits.
    if (QThread::currentThreadId() != m_thread)
        ::eventfd_write(m_wakeUp.descriptor, 1);
}

void EpollDispatcher::interrupt()
{
    m_isInterrupted = true;
    wakeUp();
}

}
