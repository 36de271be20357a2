// The limit that a broadcast server is measured against: one epoll loop, a fixed answer to every handshake, and one send() of one
// shared frame to each client. It parses nothing and answers nothing, so no server that does its work can cost less.
//
// usage: wslimit PORT MS BYTES: every MS milliseconds one text message of BYTES bytes goes to everyone.

#include "loopback.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace bench;

constexpr std::string_view handshake =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
constexpr std::size_t smallest = 64; ///< of a message: a stamp and its members fit in

std::string header(std::size_t size)
{
    const bool isLong = size > 0xffff;
    std::string bytes = isLong ? "\x81\x7f" : "\x81\x7e";
    for (unsigned shift = isLong ? 64 : 16; shift > 0;) {
        shift -= 8;
        bytes += static_cast<char>(size >> shift & 0xffU);
    }
    return bytes;
}

/// A message of `size` bytes that says when it was made, as a frame.
std::string frame(std::size_t size)
{
    std::string text = "{\"t\":" + std::to_string(monotonicNs()) + ",\"pad\":\"";
    text.append(size - text.size() - 2, 'x');
    return header(size) + text + "\"}";
}

int timerEvery(int ms)
{
    const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    const timespec period { ms / 1000, (ms % 1000) * 1'000'000L };
    const itimerspec spec { period, period };
    timerfd_settime(fd, 0, &spec, nullptr);
    return fd;
}

void readFrom(int client, std::vector<int> &clients)
{
    std::array<char, 4096> buffer {};
    const ssize_t size = recv(client, buffer.data(), buffer.size(), 0);
    if (size <= 0) {
        clients.erase(std::remove(clients.begin(), clients.end(), client), clients.end());
        close(client);
    } else if (std::string_view(buffer.data(), static_cast<std::size_t>(size))
                   .starts_with("GET ")) {
        send(client, handshake.data(), handshake.size(), MSG_NOSIGNAL);
        clients.push_back(client);
    }
}

void sendToAll(const std::vector<int> &clients, std::size_t size)
{
    const std::string bytes = frame(size);
    for (const int client : clients) {
        const ssize_t sent = send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent > 0 && static_cast<std::size_t>(sent) < bytes.size()) {
            std::fputs("wslimit: a client does not read as fast as this sends\n", stderr);
            std::exit(1);
        }
    }
}

}

int main(int argc, char **argv)
{
    if (argc != 4) {
        std::fputs("usage: wslimit PORT MS BYTES\n", stderr);
        return 2;
    }
    raiseFileLimit();
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    const int listener = listenOn(static_cast<std::uint16_t>(std::atoi(argv[1])));
    const int timer = timerEvery(std::atoi(argv[2]));
    watch(epoll, listener);
    watch(epoll, timer);
    const std::size_t size = std::max(smallest, std::strtoul(argv[3], nullptr, 10));

    std::vector<int> clients;
    std::array<epoll_event, 512> events {};
    for (;;) {
        const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            const int fd = events[static_cast<std::size_t>(i)].data.fd;
            std::uint64_t ticks = 0;
            if (fd == listener)
                acceptFrom(listener, epoll);
            else if (fd != timer)
                readFrom(fd, clients);
            else if (read(timer, &ticks, sizeof ticks) == sizeof ticks)
                sendToAll(clients, size);
        }
    }
}
