#pragma once

#include <QSocketNotifier>
#include <QTest>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <memory>

namespace restream {

/// Two connected sockets: what is written to one can be read from the other.
class Pair final
{
public:
    Pair() { open(); }
    ~Pair()
    {
        closeEnd();
        ::close(other);
    }
    Q_DISABLE_COPY_MOVE(Pair)

    void open()
    {
        std::array<int, 2> ends {};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
            qFatal("no sockets");
        end = ends[0];
        other = ends[1];
    }
    void closeEnd()
    {
        if (end >= 0)
            ::close(end);
        end = -1;
    }
    void send() const { QCOMPARE(::write(other, "x", 1), 1); }
    void read() const
    {
        char byte = 0;
        QCOMPARE(::read(end, &byte, 1), 1);
    }
    /// Fills what leaves `end`, until it takes no more.
    void fill() const
    {
        const std::array<char, 4096> bytes {};
        while (::write(end, bytes.data(), bytes.size()) > 0) { }
    }
    void drain() const
    {
        std::array<char, 65536> bytes {};
        while (::read(other, bytes.data(), bytes.size()) > 0) { }
    }

    int end = -1;
    int other = -1;
};

/// A notifier that calls `slot`.
inline std::unique_ptr<QSocketNotifier> watch(int fd, QSocketNotifier::Type type,
                                              std::function<void()> slot)
{
    auto notifier = std::make_unique<QSocketNotifier>(fd, type);
    QObject::connect(notifier.get(), &QSocketNotifier::activated, notifier.get(), std::move(slot));
    return notifier;
}

}
