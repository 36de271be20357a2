#include "core/loop/socketwatch.h"

#include <QCoreApplication>
#include <QSocketNotifier>

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace restream {
namespace {

constexpr std::array<quint32, 3> eventOf { EPOLLIN, EPOLLOUT, EPOLLPRI };
constexpr quint64 wakeUpData = ~quint64(0);

quint64 eventData(int fd, quint32 generation)
{
    return quint64(generation) << 32 | quint32(fd);
}

int descriptorOf(const epoll_event &event)
{
    return int(event.data.u64 & 0xffffffff);
}

quint32 generationOf(const epoll_event &event)
{
    return quint32(event.data.u64 >> 32);
}

}

SocketWatch::SocketWatch(int wakeUp) : m_wakeUp(wakeUp)
{
    open();
    if (m_epoll < 0)
        qFatal("No event loop without epoll: %s", qPrintable(qt_error_string(errno)));
}

SocketWatch::~SocketWatch()
{
    ::close(m_epoll);
}

/// Leaves m_epoll at -1 and says why in errno where there are no descriptors left.
void SocketWatch::open()
{
    m_epoll = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event event {};
    event.events = EPOLLIN | EPOLLET;
    event.data.u64 = wakeUpData;
    if (m_epoll >= 0)
        ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_wakeUp, &event);
}

void SocketWatch::add(QSocketNotifier *notifier)
{
    const auto fd = int(notifier->socket());
    if (size_t(fd) >= m_descriptors.size())
        m_descriptors.resize(size_t(fd) + 1);
    Descriptor &descriptor = m_descriptors[size_t(fd)];
    QSocketNotifier *&place = descriptor.notifiers[notifier->type()];
    if (place != nullptr && place != notifier) {
        qWarning("QSocketNotifier: Multiple socket notifiers for same socket %d", fd);
        // The number may be that of another file by now.
        descriptor.known = 0;
    }
    place = notifier;
    if (descriptor.wanted == 0)
        descriptor.generation = ++m_generation;
    descriptor.wanted |= eventOf[notifier->type()];
    change(fd);
}

void SocketWatch::remove(QSocketNotifier *notifier)
{
    const auto fd = int(notifier->socket());
    if (size_t(fd) >= m_descriptors.size())
        return;
    Descriptor &descriptor = m_descriptors[size_t(fd)];
    if (descriptor.notifiers[notifier->type()] != notifier)
        return;
    descriptor.notifiers[notifier->type()] = nullptr;
    descriptor.wanted &= ~eventOf[notifier->type()];
    if (descriptor.wanted != 0) {
        change(fd);
        return;
    }
    // At once, because the descriptor may be closed next. Where it was closed before, there is nothing to remove.
    if (descriptor.known != 0)
        ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, fd, nullptr);
    if (descriptor.isAlwaysReady)
        std::erase(m_alwaysReady, fd);
    descriptor.known = 0;
    descriptor.generation = 0;
    descriptor.isAlwaysReady = false;
}

void SocketWatch::change(int fd)
{
    if (!std::exchange(m_descriptors[size_t(fd)].isChanged, true))
        m_changed.push_back(fd);
}

void SocketWatch::applyChanges()
{
    // A refused descriptor is changed by that.
    while (!m_changed.empty()) {
        const int fd = m_changed.back();
        m_changed.pop_back();
        Descriptor &descriptor = m_descriptors[size_t(fd)];
        descriptor.isChanged = false;
        if (descriptor.wanted != descriptor.known && !descriptor.isAlwaysReady)
            apply(fd);
    }
}

void SocketWatch::apply(int fd)
{
    Descriptor &descriptor = m_descriptors[size_t(fd)];
    epoll_event event {};
    event.events = descriptor.wanted;
    event.data.u64 = eventData(fd, descriptor.generation);
    const bool isNew = descriptor.known == 0;
    int result = ::epoll_ctl(m_epoll, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
    // Known before, or no more: the number has come to stand for another file without our knowledge.
    if (result != 0 && isNew && errno == EEXIST)
        result = ::epoll_ctl(m_epoll, EPOLL_CTL_MOD, fd, &event);
    else if (result != 0 && !isNew && errno == ENOENT)
        result = ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, fd, &event);
    if (result == 0) {
        descriptor.known = descriptor.wanted;
    } else if (errno == EPERM) {
        descriptor.isAlwaysReady = true;
        m_alwaysReady.push_back(fd);
    } else {
        refuse(fd, errno);
    }
}

void SocketWatch::refuse(int fd, int error)
{
    qWarning("QSocketNotifier: can't watch descriptor %d (%s), disabling it", fd,
             qPrintable(qt_error_string(error)));
    const auto notifiers = m_descriptors[size_t(fd)].notifiers;
    for (QSocketNotifier *notifier : notifiers) {
        if (notifier != nullptr)
            notifier->setEnabled(false);
    }
}

bool SocketWatch::isStale(const epoll_event &event) const
{
    return event.data.u64 != wakeUpData
        && m_descriptors[size_t(descriptorOf(event))].generation != generationOf(event);
}

/// For a file that was closed before its notifiers were disabled, while a copy of its descriptor (dup(2), fork(2)) keeps it open: epoll still watches it, and
/// nothing names it any more.
void SocketWatch::rebuild()
{
    const int old = m_epoll;
    open();
    if (m_epoll < 0) {
        m_epoll = old;
        return;
    }
    ::close(old);
    for (size_t fd = 0; fd < m_descriptors.size(); ++fd) {
        Descriptor &descriptor = m_descriptors[fd];
        descriptor.known = 0;
        if (descriptor.wanted != 0)
            change(int(fd));
    }
}

bool SocketWatch::wait(int timeoutMs)
{
    applyChanges();
    const auto isReady = [this](int fd) {
        return (m_descriptors[size_t(fd)].wanted & (EPOLLIN | EPOLLOUT)) != 0;
    };
    if (std::any_of(m_alwaysReady.begin(), m_alwaysReady.end(), isReady))
        timeoutMs = 0;
    const int count = ::epoll_wait(m_epoll, m_ready.data(), int(m_ready.size()), timeoutMs);
    m_readyCount = size_t(std::max(count, 0));
    m_nextReady = 0;
    ++m_waits;
    if (std::any_of(m_ready.begin(), m_ready.begin() + m_readyCount,
                    [this](const epoll_event &event) { return isStale(event); }))
        rebuild();
    const bool isWakeUpOnly = count == 1 && m_ready[0].data.u64 == wakeUpData;
    return count >= 0 && !isWakeUpOnly;
}

int SocketWatch::activate()
{
    int activated = 0;
    while (m_nextReady < m_readyCount) {
        const epoll_event event = m_ready[m_nextReady++];
        if (event.data.u64 != wakeUpData)
            activated += activate(descriptorOf(event), generationOf(event), event.events);
    }
    const std::vector<int> alwaysReady = m_alwaysReady;
    for (const int fd : alwaysReady) {
        const Descriptor &descriptor = m_descriptors[size_t(fd)];
        if (descriptor.isAlwaysReady)
            activated += activate(fd, descriptor.generation, EPOLLIN | EPOLLOUT);
    }
    return activated;
}

int SocketWatch::activate(int fd, quint32 generation, quint32 events)
{
    int activated = 0;
    const quint64 waits = m_waits;
    for (size_t type = 0; type < eventOf.size(); ++type) {
        const Descriptor &descriptor = m_descriptors[size_t(fd)];
        // The slot before may have ended this use of the number, or run a loop that handled the rest.
        if (descriptor.generation != generation || m_waits != waits)
            break;
        QSocketNotifier *notifier = descriptor.notifiers[type];
        if (notifier != nullptr && (events & (eventOf[type] | EPOLLHUP | EPOLLERR)) != 0) {
            QEvent event(QEvent::SockAct);
            QCoreApplication::sendEvent(notifier, &event);
            ++activated;
        }
    }
    return activated;
}

}
