#include "wsclients.h"

#include "loopback.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t clientsPerAddress = 5'000; // of the 28,000 ports of each, others use some
constexpr std::size_t connectsAtOnce = 256;
constexpr double patienceSeconds = 60;

double secondsSince(Clock::time_point then)
{
    return std::chrono::duration<double>(Clock::now() - then).count();
}

[[noreturn]] void fail(const std::string &message)
{
    std::fprintf(stderr, "wsload: %s\n", message.c_str());
    std::exit(1);
}

/// The stamp of a message, or 0.
std::uint64_t stampOf(std::string_view message)
{
    constexpr std::string_view name = "\"t\":";
    std::size_t at = message.find(name);
    if (at == std::string_view::npos)
        return 0;
    at += name.size();
    if (at < message.size() && message[at] == '"')
        ++at;
    return std::strtoull(message.data() + at, nullptr, 10);
}

}

WsClients::WsClients(std::uint16_t port, const std::string &path, std::size_t count)
    : m_port(port),
      m_request("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port)
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
                  "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"),
      m_clients(count),
      m_epoll(epoll_create1(EPOLL_CLOEXEC))
{
}

WsClients::~WsClients()
{
    for (const Client &client : m_clients) {
        if (client.fd >= 0)
            close(client.fd);
    }
    close(m_epoll);
}

void WsClients::connectAll()
{
    for (std::size_t i = 0; i < m_clients.size(); ++i) {
        connectOne(i);
        while (i + 1 > m_opened + m_closed + connectsAtOnce)
            pump(10);
    }
    const auto started = Clock::now();
    while (m_opened + m_closed < m_clients.size() && secondsSince(started) < patienceSeconds)
        pump(10);
    if (m_opened < m_clients.size())
        fail("only " + std::to_string(m_opened) + " of " + std::to_string(m_clients.size())
             + " handshakes succeeded");
}

void WsClients::storm(const Greetings &greetings, std::size_t bytes)
{
    for (const std::string &text : greetings.all)
        m_onOpen += clientFrame(opcodeText, text);
    m_wantedBytes = bytes;
    m_satisfied = 0;
    for (std::size_t i = 0; i < m_clients.size(); ++i)
        connectOne(i);
    const auto started = Clock::now();
    while (m_satisfied + m_closed < m_clients.size() && secondsSince(started) < patienceSeconds)
        pump(10);
    if (m_satisfied < m_clients.size())
        fail("only " + std::to_string(m_satisfied) + " of " + std::to_string(m_clients.size())
             + " clients got their first message");
}

void WsClients::connectOne(std::size_t index)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in source =
        loopbackAddress(static_cast<std::uint32_t>(index / clientsPerAddress), 0);
    const sockaddr_in address = loopbackAddress(0, m_port);
    const int one = 1;
    // A port is then taken only towards this server: those that former connections to others still hold for a minute are free.
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (fd < 0 || bind(fd, reinterpret_cast<const sockaddr *>(&source), sizeof source) != 0
        || connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        fail(std::string("connect: ") + std::strerror(errno));
    fcntl(fd, F_SETFL, O_NONBLOCK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    m_clients[index].fd = fd;
    epoll_event event {};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(m_epoll, EPOLL_CTL_ADD, fd, &event);
    sendTo(m_clients[index], m_request);
}

void WsClients::greet(const Greetings &greetings)
{
    for (const std::string &text : greetings.all) {
        const std::string frame = clientFrame(opcodeText, text);
        for (const Client &client : m_clients)
            sendTo(client, frame);
        pumpFor(greetings.spacingSeconds);
    }
    for (const std::string &text : greetings.first) {
        sendTo(m_clients.front(), clientFrame(opcodeText, text));
        pumpFor(greetings.spacingSeconds);
    }
}

void WsClients::countFor(double seconds)
{
    m_counting = true;
    pumpFor(seconds);
    m_counting = false;
}

void WsClients::askFor(double seconds, const std::string &text, double everySeconds)
{
    const std::string question = clientFrame(opcodeText, text);
    const auto started = Clock::now();
    m_counting = true;
    do {
        sendTo(m_clients.front(), question);
        pumpFor(everySeconds);
    } while (secondsSince(started) < seconds);
    m_counting = false;
}

void WsClients::pumpFor(double seconds)
{
    const auto started = Clock::now();
    do {
        const double left = seconds - secondsSince(started);
        pump(std::clamp(static_cast<int>(left * 1e3), 0, 10));
    } while (secondsSince(started) < seconds);
}

void WsClients::awaitStamped(double seconds)
{
    const auto started = Clock::now();
    const std::uint64_t before = m_stamped;
    while (m_stamped == before && secondsSince(started) < seconds)
        pump(10);
}

void WsClients::pump(int ms)
{
    std::array<epoll_event, 1024> events {};
    const int count = epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), ms);
    for (int i = 0; i < count; ++i) {
        Client &client = m_clients[events[static_cast<std::size_t>(i)].data.u64];
        if (client.fd >= 0)
            receive(client);
    }
}

void WsClients::receive(Client &client)
{
    const ssize_t size = recv(client.fd, m_buffer.data(), m_buffer.size(), 0);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
        drop(client);
        return;
    }
    if (size < 0)
        return;
    const std::string_view bytes(m_buffer.data(), static_cast<std::size_t>(size));
    if (client.open && client.received.empty()) {
        client.received = bytes.substr(readFrames(client, bytes));
        return;
    }
    client.received += bytes;
    if (client.open || readHandshake(client))
        client.received.erase(0, readFrames(client, client.received));
}

bool WsClients::readHandshake(Client &client)
{
    const std::size_t end = client.received.find("\r\n\r\n");
    if (end == std::string::npos)
        return false;
    if (!client.received.starts_with("HTTP/1.1 101"))
        fail("refused: " + client.received.substr(0, 60));
    client.received.erase(0, end + 4);
    client.open = true;
    ++m_opened;
    if (!m_onOpen.empty())
        sendTo(client, m_onOpen);
    return true;
}

std::size_t WsClients::readFrames(Client &client, std::string_view bytes)
{
    std::size_t done = 0;
    for (;;) {
        const ServerFrame frame = readServerFrame(bytes.substr(done));
        if (frame.size == 0)
            return done;
        take(client, frame);
        done += frame.size;
    }
}

void WsClients::take(Client &client, const ServerFrame &frame)
{
    if (frame.opcode == opcodePing)
        sendTo(client, clientFrame(opcodePong, frame.payload));
    if (frame.opcode != opcodeText)
        return;
    if (!client.satisfied && m_wantedBytes != 0 && frame.size >= m_wantedBytes) {
        client.satisfied = true;
        ++m_satisfied;
    }
    const std::uint64_t stamp = stampOf(frame.payload);
    if (stamp != 0)
        ++m_stamped;
    if (!m_counting)
        return;
    ++client.frames;
    ++m_frames;
    m_bytes += frame.size;
    if (stamp != 0)
        m_deliveries.record(stamp, monotonicNs());
}

void WsClients::drop(Client &client)
{
    close(client.fd);
    client.fd = -1;
    ++m_closed;
}

void WsClients::sendTo(const Client &client, const std::string &bytes)
{
    if (client.fd >= 0
        && send(client.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL)
            != static_cast<ssize_t>(bytes.size()))
        fail("a client could not send: its server does not read");
}

Counts WsClients::counts() const
{
    const auto [fewest, most] =
        std::minmax_element(m_clients.begin(), m_clients.end(),
                            [](const Client &a, const Client &b) { return a.frames < b.frames; });
    return { m_frames, m_bytes, fewest->frames, most->frames, m_clients.front().frames };
}

}
