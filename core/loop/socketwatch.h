#pragma once

#include <QtGlobal>

#include <sys/epoll.h>

#include <array>
#include <vector>

class QSocketNotifier;

namespace restream {

/// The enabled socket notifiers of one thread, in one epoll instance (epoll(7)), level-triggered. A turn costs what is ready in it, however many are watched.
///
/// A descriptor may be closed and its number come back at any time, also while what was ready is activated, as long as its notifiers
/// were disabled before.
class SocketWatch final
{
public:
    /// Watches `wakeUp`, an eventfd(2) that need not be read: each write to it ends a wait().
    explicit SocketWatch(int wakeUp);
    ~SocketWatch();
    Q_DISABLE_COPY_MOVE(SocketWatch)

    void add(QSocketNotifier *notifier);
    void remove(QSocketNotifier *notifier);

    /// Waits until something is ready; at most `timeoutMs` (-1: without end). Forgets what was ready before and has not been activated: it still is.
    /// A descriptor that can't be watched is warned of, and its notifiers disabled. False: a wake-up or a signal came first.
    bool wait(int timeoutMs);
    /// Activates the notifiers of what was found ready; their slots may call all of this. Gives how many.
    int activate();

private:
    struct Descriptor
    {
        std::array<QSocketNotifier *, 3> notifiers {}; ///< by QSocketNotifier::Type
        quint32 wanted = 0; ///< EPOLLIN, EPOLLOUT, EPOLLPRI
        quint32 known = 0; ///< to epoll
        quint32 generation = 0; ///< of the use of this number; 0: unused
        bool isChanged = false; ///< and in m_changed
        bool isAlwaysReady = false; ///< and in m_alwaysReady
    };

    void open();
    void rebuild();
    void change(int fd);
    void applyChanges();
    void apply(int fd);
    void refuse(int fd, int error);
    int activate(int fd, quint32 generation, quint32 events);
    [[nodiscard]] bool isStale(const epoll_event &event) const;

    const int m_wakeUp;
    int m_epoll = -1;
    std::vector<Descriptor> m_descriptors; ///< by number
    std::vector<int> m_changed;
    std::vector<int>
        m_alwaysReady; ///< what epoll refuses with EPERM, as regular files, poll(2) calls ready at any time
    std::array<epoll_event, 256> m_ready {};
    size_t m_readyCount = 0;
    size_t m_nextReady = 0;
    quint64 m_waits = 0;
    quint32 m_generation = 0;
};

}
