// The API that is polled in the bench: one epoll loop that answers each GET from a body made beforehand. What is asked for is in the URL:
//
//   GET /anything?items=200&size=180&changed=2      a JSON list of so many items of so many bytes; `changed` of them are others than in the
//                                                   last answer to the same URL, in turn
//
// A changed item says when: "t":"<CLOCK_MONOTONIC ns>", written just before the answer is sent. The answers of a URL have one length, no ETag, and
// cost the same however large they are, but for their copying to the socket.
//
// usage: upstream PORT (0: a free one). Prints "listening on PORT" when it is ready.

#include "loopback.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

using namespace bench;

constexpr int stampDigits = 20;

/// What is served at one URL.
struct Resource
{
    std::string answer; ///< head and body
    std::vector<std::size_t> stampAt; ///< of each item, in `answer`
    std::size_t changed = 0; ///< items a request
    std::size_t next = 0; ///< the item that changes first at the next request
};

struct Connection
{
    std::string received;
    std::string unsent;
};

std::size_t queryNumber(std::string_view target, std::string_view name, std::size_t otherwise)
{
    std::size_t at = target.find(std::string(name) + "=");
    if (at == std::string_view::npos)
        return otherwise;
    at += name.size() + 1;
    return std::strtoul(target.data() + at, nullptr, 10);
}

/// Appends an item of `size` bytes, like one of a real API: an id, numbers, texts, a list. Returns where its stamp is.
std::size_t appendItem(std::string &body, std::size_t number, std::size_t size)
{
    const std::size_t start = body.size();
    std::array<char, 24> id {};
    std::snprintf(id.data(), id.size(), "ev%08zu", number);
    body += "{\"id\":\"" + std::string(id.data()) + "\",\"t\":\"";
    const std::size_t stamp = body.size();
    body.append(stampDigits, '0');
    body += "\",\"mag\":" + std::to_string(number % 9) + "." + std::to_string(number % 10)
        + ",\"felt\":null,\"place\":\"" + std::to_string(number % 97)
        + " km NNE of Somewhere\",\"at\":[-122." + std::to_string(1000 + number % 9000) + ",38."
        + std::to_string(1000 + number % 9000) + "],\"note\":\"";
    const std::size_t made = body.size() - start + 2;
    body.append(size > made ? size - made : 0, 'x');
    body += "\"}";
    return stamp;
}

Resource makeResource(std::string_view target)
{
    const std::size_t items = queryNumber(target, "items", 1);
    const std::size_t size = queryNumber(target, "size", 180);
    Resource resource;
    resource.changed = std::min(items, queryNumber(target, "changed", 1));
    std::string body = "[";
    for (std::size_t i = 0; i < items; ++i) {
        body += i == 0 ? "" : ",";
        resource.stampAt.push_back(appendItem(body, i, size));
    }
    body += "]";
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        + std::to_string(body.size()) + "\r\n\r\n";
    for (std::size_t &at : resource.stampAt)
        at += head.size();
    resource.answer = head + body;
    return resource;
}

/// Changes the items whose turn it is.
void stamp(Resource &resource)
{
    std::array<char, stampDigits + 1> digits {};
    std::snprintf(digits.data(), digits.size(), "%0*llu", stampDigits,
                  static_cast<unsigned long long>(monotonicNs()));
    for (std::size_t i = 0; i < resource.changed; ++i) {
        std::memcpy(resource.answer.data() + resource.stampAt[resource.next], digits.data(),
                    stampDigits);
        resource.next = (resource.next + 1) % resource.stampAt.size();
    }
}

class Upstream final
{
public:
    explicit Upstream(std::uint16_t port) : m_listener(listenOn(port)) { }

    void run();

private:
    void read(int fd);
    void answer(int fd, Connection &connection, std::string_view request);
    void flush(int fd, Connection &connection);
    void drop(int fd);

    int m_epoll = epoll_create1(EPOLL_CLOEXEC);
    int m_listener;
    std::unordered_map<int, Connection> m_connections;
    std::unordered_map<std::string, Resource> m_resources; ///< by request target
};

void Upstream::run()
{
    watch(m_epoll, m_listener);
    std::printf("listening on %d\n", portOf(m_listener));
    std::fflush(stdout);
    std::array<epoll_event, 512> events {};
    for (;;) {
        const int count = epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            const epoll_event &event = events[static_cast<std::size_t>(i)];
            const int fd = event.data.fd;
            if (fd == m_listener) {
                if (const int accepted = acceptFrom(m_listener, m_epoll); accepted >= 0)
                    m_connections[accepted];
                continue;
            }
            if ((event.events & EPOLLOUT) != 0)
                flush(fd, m_connections[fd]);
            if ((event.events & ~EPOLLOUT) != 0)
                read(fd);
        }
    }
}

void Upstream::read(int fd)
{
    std::array<char, 16384> buffer {};
    const ssize_t size = recv(fd, buffer.data(), buffer.size(), 0);
    if (size <= 0) {
        drop(fd);
        return;
    }
    Connection &connection = m_connections[fd];
    connection.received.append(buffer.data(), static_cast<std::size_t>(size));
    for (std::size_t end = 0; (end = connection.received.find("\r\n\r\n")) != std::string::npos;) {
        answer(fd, connection, std::string_view(connection.received).substr(0, end));
        connection.received.erase(0, end + 4);
    }
}

void Upstream::answer(int fd, Connection &connection, std::string_view request)
{
    const std::size_t from = request.find(' ') + 1;
    const std::string target(request.substr(from, request.find(' ', from) - from));
    auto found = m_resources.find(target);
    if (found == m_resources.end())
        found = m_resources.emplace(target, makeResource(target)).first;
    stamp(found->second);
    const std::string &bytes = found->second.answer;
    const ssize_t sent =
        connection.unsent.empty() ? send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) : 0;
    const auto done = static_cast<std::size_t>(std::max<ssize_t>(0, sent));
    if (done < bytes.size()) {
        connection.unsent.append(bytes, done);
        epoll_event event {};
        event.events = EPOLLIN | EPOLLOUT;
        event.data.fd = fd;
        epoll_ctl(m_epoll, EPOLL_CTL_MOD, fd, &event);
    }
}

void Upstream::flush(int fd, Connection &connection)
{
    const ssize_t sent = send(fd, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
    if (sent > 0)
        connection.unsent.erase(0, static_cast<std::size_t>(sent));
    if (!connection.unsent.empty())
        return;
    epoll_event event {};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(m_epoll, EPOLL_CTL_MOD, fd, &event);
}

void Upstream::drop(int fd)
{
    m_connections.erase(fd);
    close(fd);
}

}

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fputs("usage: upstream PORT\n", stderr);
        return 2;
    }
    raiseFileLimit();
    Upstream(static_cast<std::uint16_t>(std::atoi(argv[1]))).run();
}
