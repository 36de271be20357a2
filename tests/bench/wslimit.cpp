// The limit that a broadcast server is measured against: one epoll loop, a fixed answer to every handshake, and one send() of one
// shared frame to each client. It parses nothing and answers nothing, so no server that does its work can cost less.
//
// usage: wslimit PORT MS BYTES: every MS milliseconds one text message of about BYTES bytes goes to everyone.

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view handshake =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

std::uint64_t nowNs()
{
    timespec now {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U
        + static_cast<std::uint64_t>(now.tv_nsec);
}

std::string frame(const std::string &pad)
{
    const std::string text = "{\"t\":" + std::to_string(nowNs()) + ",\"pad\":\"" + pad + "\"}";
    const auto size = static_cast<std::uint16_t>(text.size());
    std::string result = "\x81\x7e";
    result += static_cast<char>(size >> 8U);
    result += static_cast<char>(size & 0xffU);
    return result + text;
}

int listenOn(std::uint16_t port)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || listen(fd, 4096) != 0) {
        std::perror("wslimit: bind");
        std::exit(1);
    }
    return fd;
}

int timerEvery(int ms)
{
    const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    const timespec period { ms / 1000, (ms % 1000) * 1'000'000L };
    const itimerspec spec { period, period };
    timerfd_settime(fd, 0, &spec, nullptr);
    return fd;
}

void watch(int epoll, int fd)
{
    epoll_event event {};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

void acceptFrom(int epoll, int listener)
{
    const int client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0)
        return;
    const int one = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    watch(epoll, client);
}

/// Answers a handshake; a client that went away is forgotten.
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

}

int main(int argc, char **argv)
{
    if (argc != 4) {
        std::fputs("usage: wslimit PORT MS BYTES\n", stderr);
        return 2;
    }
    const rlimit files { 1U << 20U, 1U << 20U };
    setrlimit(RLIMIT_NOFILE, &files);
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    const int listener = listenOn(static_cast<std::uint16_t>(std::atoi(argv[1])));
    const int timer = timerEvery(std::atoi(argv[2]));
    watch(epoll, listener);
    watch(epoll, timer);
    const std::string pad(static_cast<std::size_t>(std::clamp(std::atoi(argv[3]), 200, 60'000)),
                          'x');

    std::vector<int> clients;
    std::array<epoll_event, 512> events {};
    for (;;) {
        const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            const int fd = events[static_cast<std::size_t>(i)].data.fd;
            if (fd == listener) {
                acceptFrom(epoll, listener);
            } else if (fd == timer) {
                std::uint64_t ticks = 0;
                if (read(timer, &ticks, sizeof ticks) != sizeof ticks)
                    continue;
                const std::string bytes = frame(pad);
                for (const int client : clients)
                    send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            } else {
                readFrom(fd, clients);
            }
        }
    }
}
