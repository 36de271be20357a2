// The load of the fan-out bench: many WebSocket clients on one epoll loop. Each sends what it is told to send, and then the text
// frames that arrive are counted. A frame that carries "t":<CLOCK_MONOTONIC ns> also gives a latency. The server's CPU
// time and memory are read from /proc. Prints one JSON object.
//
// usage: wsload PORT PATH CLIENTS SECONDS SERVER_PID [--settle SECONDS] [--spacing MS] [TEXT…]
//   TEXT     sent by every client once it is connected
//   --spacing  milliseconds between two TEXTs (of one client)
//   --settle   seconds to wait between the last TEXT and counting

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned opcodeText = 1;
constexpr unsigned opcodePing = 9;
constexpr std::size_t clientsPerAddress = 20'000; // each source address has about 28,000 ports

struct Options
{
    std::uint16_t port = 0;
    std::string path;
    std::size_t clients = 0;
    double seconds = 0;
    int server = 0;
    double settle = 1;
    int spacingMs = 0;
    std::vector<std::string> texts;
};

struct Frame
{
    unsigned opcode = 0;
    std::string_view payload;
    std::size_t size = 0; ///< with its header; 0: not yet whole
};

struct Client
{
    int fd = -1;
    bool open = false;
    std::string received;
    std::uint64_t frames = 0;
};

struct Usage
{
    double cpuSeconds = 0;
    long rssKb = 0;
};

double secondsSince(Clock::time_point then)
{
    return std::chrono::duration<double>(Clock::now() - then).count();
}

/// CPU time of all threads, to the nanosecond (/proc/PID/stat counts in hundredths of a second), and resident memory.
Usage usageOf(int pid)
{
    Usage usage;
    const std::string folder = "/proc/" + std::to_string(pid);
    std::error_code error;
    for (const auto &task : std::filesystem::directory_iterator(folder + "/task", error)) {
        double ns = 0;
        std::ifstream(task.path() / "schedstat") >> ns;
        usage.cpuSeconds += ns / 1e9;
    }
    std::ifstream status(folder + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:"))
            usage.rssKb = std::strtol(line.c_str() + 6, nullptr, 10);
    }
    return usage;
}

/// A client's frame. The mask is zero, which is allowed and leaves the payload as it is.
std::string clientFrame(unsigned opcode, std::string_view payload)
{
    std::string frame(1, static_cast<char>(0x80U | opcode));
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80U | payload.size());
    } else {
        frame += static_cast<char>(0x80U | 126U);
        frame += static_cast<char>(payload.size() >> 8U);
        frame += static_cast<char>(payload.size() & 0xffU);
    }
    frame.append(4, '\0');
    frame += payload;
    return frame;
}

Frame serverFrame(std::string_view bytes)
{
    const auto at = [bytes](std::size_t i) {
        return static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i]));
    };
    if (bytes.size() < 2)
        return {};
    std::uint64_t length = at(1) & 0x7fU;
    std::size_t header = 2;
    if (length >= 126) {
        const std::size_t more = length == 126 ? 2 : 8;
        header += more;
        if (bytes.size() < header)
            return {};
        length = 0;
        for (std::size_t i = 2; i < 2 + more; ++i)
            length = length << 8U | at(i);
    }
    if (bytes.size() < header + length)
        return {};
    return { static_cast<unsigned>(at(0) & 0xfU), bytes.substr(header, length), header + length };
}

class Load final
{
public:
    explicit Load(Options options) : m_options(std::move(options)), m_clients(m_options.clients) { }

    int run();

private:
    bool connectAll();
    bool connectOne(std::size_t index, const std::string &request);
    void sendTexts();
    void pumpFor(double seconds);
    void pump(int ms);
    void receive(Client &client);
    bool readHandshake(Client &client);
    void readFrames(Client &client);
    void count(Client &client, const Frame &frame);
    void drop(Client &client);
    void print(const Usage &before, const Usage &atStart, const Usage &atEnd, double connectSeconds,
               double seconds);

    Options m_options;
    std::vector<Client> m_clients;
    std::vector<double> m_latenciesUs;
    std::array<char, 1 << 18> m_buffer {};
    int m_epoll = epoll_create1(EPOLL_CLOEXEC);
    bool m_counting = false;
    std::size_t m_opened = 0;
    std::size_t m_closed = 0;
    std::uint64_t m_frames = 0;
    std::uint64_t m_bytes = 0;
};

int Load::run()
{
    const Usage before = usageOf(m_options.server);
    const auto started = Clock::now();
    if (!connectAll())
        return 1;
    const double connectSeconds = secondsSince(started);
    sendTexts();
    pumpFor(m_options.settle);

    const Usage atStart = usageOf(m_options.server);
    const auto from = Clock::now();
    m_counting = true;
    pumpFor(m_options.seconds);
    m_counting = false;
    print(before, atStart, usageOf(m_options.server), connectSeconds, secondsSince(from));
    return 0;
}

bool Load::connectAll()
{
    const std::string request = "GET " + m_options.path
        + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(m_options.port)
        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
          "dGhlIHNhbXBsZSBub25jZQ==\r\n"
          "Sec-WebSocket-Version: 13\r\n\r\n";
    for (std::size_t i = 0; i < m_clients.size(); ++i) {
        if (!connectOne(i, request)) {
            std::perror("wsload: connect");
            return false;
        }
        while (i + 1 > m_opened + m_closed + 256)
            pump(10);
    }
    const auto started = Clock::now();
    while (m_opened + m_closed < m_clients.size() && secondsSince(started) < 60)
        pump(10);
    if (m_opened == m_clients.size())
        return true;
    std::fprintf(stderr, "wsload: only %zu of %zu handshakes succeeded\n", m_opened,
                 m_clients.size());
    return false;
}

bool Load::connectOne(std::size_t index, const std::string &request)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in source {};
    source.sin_family = AF_INET;
    source.sin_addr.s_addr =
        htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(index / clientsPerAddress));
    sockaddr_in address = source;
    address.sin_port = htons(m_options.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, reinterpret_cast<const sockaddr *>(&source), sizeof source) != 0
        || connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return false;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    m_clients[index].fd = fd;
    epoll_event event {};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(m_epoll, EPOLL_CTL_ADD, fd, &event);
    return send(fd, request.data(), request.size(), MSG_NOSIGNAL)
        == static_cast<ssize_t>(request.size());
}

void Load::sendTexts()
{
    for (const std::string &text : m_options.texts) {
        const std::string frame = clientFrame(opcodeText, text);
        for (const Client &client : m_clients) {
            if (client.fd >= 0)
                send(client.fd, frame.data(), frame.size(), MSG_NOSIGNAL);
        }
        pumpFor(m_options.spacingMs / 1e3);
    }
}

void Load::pumpFor(double seconds)
{
    const auto started = Clock::now();
    do
        pump(10);
    while (secondsSince(started) < seconds);
}

void Load::pump(int ms)
{
    std::array<epoll_event, 1024> events {};
    const int count = epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), ms);
    for (int i = 0; i < count; ++i) {
        Client &client = m_clients[events[static_cast<std::size_t>(i)].data.u64];
        if (client.fd >= 0)
            receive(client);
    }
}

void Load::receive(Client &client)
{
    const ssize_t size = recv(client.fd, m_buffer.data(), m_buffer.size(), 0);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
        drop(client);
        return;
    }
    if (size < 0)
        return;
    client.received.append(m_buffer.data(), static_cast<std::size_t>(size));
    if (client.open || readHandshake(client))
        readFrames(client);
}

bool Load::readHandshake(Client &client)
{
    const std::size_t end = client.received.find("\r\n\r\n");
    if (end == std::string::npos)
        return false;
    if (!client.received.starts_with("HTTP/1.1 101")) {
        std::fprintf(stderr, "wsload: refused: %.60s\n", client.received.c_str());
        drop(client);
        return false;
    }
    client.received.erase(0, end + 4);
    client.open = true;
    ++m_opened;
    return true;
}

void Load::readFrames(Client &client)
{
    std::size_t done = 0;
    for (;;) {
        const Frame frame = serverFrame(std::string_view(client.received).substr(done));
        if (frame.size == 0)
            break;
        if (frame.opcode == opcodePing) {
            const std::string pong = clientFrame(0xa, frame.payload);
            send(client.fd, pong.data(), pong.size(), MSG_NOSIGNAL);
        } else if (m_counting && frame.opcode == opcodeText) {
            count(client, frame);
        }
        done += frame.size;
    }
    client.received.erase(0, done);
}

void Load::count(Client &client, const Frame &frame)
{
    ++client.frames;
    ++m_frames;
    m_bytes += frame.size;
    const std::size_t at = frame.payload.find("\"t\":");
    if (at == std::string_view::npos)
        return;
    const auto sent = std::strtoull(frame.payload.data() + at + 4, nullptr, 10);
    const auto now =
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch())
            .count();
    m_latenciesUs.push_back(static_cast<double>(now - static_cast<std::int64_t>(sent)) / 1e3);
}

void Load::drop(Client &client)
{
    close(client.fd);
    client.fd = -1;
    ++m_closed;
}

void Load::print(const Usage &before, const Usage &atStart, const Usage &atEnd,
                 double connectSeconds, double seconds)
{
    std::sort(m_latenciesUs.begin(), m_latenciesUs.end());
    const auto latency = [this](double part) {
        if (m_latenciesUs.empty())
            return 0.0;
        const auto index =
            static_cast<std::size_t>(part * static_cast<double>(m_latenciesUs.size()));
        return m_latenciesUs[std::min(index, m_latenciesUs.size() - 1)];
    };
    const auto [fewest, most] =
        std::minmax_element(m_clients.begin(), m_clients.end(),
                            [](const Client &a, const Client &b) { return a.frames < b.frames; });
    const auto clients = static_cast<double>(m_clients.size());
    const auto frames = static_cast<double>(m_frames);
    std::printf(
        "{\"clients\":%zu,\"closed\":%zu,\"connect_s\":%.3f,\"seconds\":%.3f,\"frames\":%.0f,"
        "\"bytes_per_frame\":%.0f,"
        "\"fewest\":%.0f,\"most\":%.0f,\"cpu_s\":%.6f,\"kb_per_client\":%.2f,\"rss_kb\":%ld,"
        "\"p50_us\":%.0f,\"p99_us\":%.0f,\"max_us\":%.0f}\n",
        m_clients.size(), m_closed, connectSeconds, seconds, frames,
        m_frames != 0 ? static_cast<double>(m_bytes) / frames : 0.0,
        static_cast<double>(fewest->frames), static_cast<double>(most->frames),
        atEnd.cpuSeconds - atStart.cpuSeconds,
        static_cast<double>(atStart.rssKb - before.rssKb) / clients, atEnd.rssKb, latency(0.5),
        latency(0.99), latency(1));
}

Options parse(int argc, char **argv)
{
    if (argc < 6) {
        std::fputs("usage: wsload PORT PATH CLIENTS SECONDS SERVER_PID [--settle S] [--spacing MS] "
                   "[TEXT…]\n",
                   stderr);
        std::exit(2);
    }
    Options options;
    options.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    options.path = argv[2];
    options.clients = static_cast<std::size_t>(std::max(1, std::atoi(argv[3])));
    options.seconds = std::atof(argv[4]);
    options.server = std::atoi(argv[5]);
    for (int i = 6; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--settle" && i + 1 < argc)
            options.settle = std::atof(argv[++i]);
        else if (argument == "--spacing" && i + 1 < argc)
            options.spacingMs = std::atoi(argv[++i]);
        else
            options.texts.emplace_back(argument);
    }
    return options;
}

}

int main(int argc, char **argv)
{
    rlimit files {};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    return Load(parse(argc, argv)).run();
}
