#pragma once

#include "core/loop/socketwatch.h"
#include "core/loop/timerqueue.h"

#include <QAbstractEventDispatcher>

#include <atomic>

namespace restream {

/// A thread's event dispatcher on epoll(7). Qt's own ask the kernel about every descriptor at each turn of the loop; here a turn costs what happens in it.
///
/// Behaves as Qt's for Unix does, but that a timer is never early (TimerQueue) and that a notifier must be disabled before its
/// descriptor is closed. Install it with `QThread::setEventDispatcher()` before the thread is started; the thread then owns it. wakeUp()
/// and interrupt() may be called from any thread, the rest is for the dispatcher's own.
class EpollDispatcher final : public QAbstractEventDispatcher
{
    Q_OBJECT

public:
    EpollDispatcher();
    ~EpollDispatcher() override;

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;

    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;

    using QAbstractEventDispatcher::registerTimer;
    void registerTimer(int timerId, qint64 interval, Qt::TimerType timerType,
                       QObject *object) override;
    bool unregisterTimer(int timerId) override;
    bool unregisterTimers(QObject *object) override;
    [[nodiscard]] QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int timerId) override;

    void wakeUp() override;
    void interrupt() override;
    void startingUp() override;

private:
    /// Closes its descriptor after what uses it.
    struct WakeUp
    {
        WakeUp();
        ~WakeUp();
        Q_DISABLE_COPY_MOVE(WakeUp)
        const int descriptor;
    };

    void wait(QEventLoop::ProcessEventsFlags flags);
    [[nodiscard]] int timeoutMs(QEventLoop::ProcessEventsFlags flags) const;
    bool waitForWakeUp(int timeoutMs) const;

    WakeUp m_wakeUp;
    SocketWatch m_sockets;
    TimerQueue m_timers;
    std::atomic<Qt::HANDLE> m_thread = nullptr;
    std::atomic<bool> m_isWoken = false; ///< since the last wait: there may be posted events
    std::atomic<bool> m_isInterrupted = false;
};

}
