// The load of the bench: many WebSocket clients of one server, whose CPU time and memory are read meanwhile. Prints one JSON object.

#include "loopback.h"
#include "usage.h"
#include "wsclients.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>

namespace {

using namespace bench;

constexpr const char *usageText =
    R"(usage: wsload PORT PATH CLIENTS SECONDS SERVER_PIDS [OPTION…] [TEXT…]
  SERVER_PIDS     of the processes whose CPU time and memory are the server's: 12,34
  TEXT            every client sends it once it is connected
  --first TEXT    the first client alone sends this too
  --streams N     a text with %n is sent N times, with 0, 1, … in its place
  --spacing MS    between two texts of a client
  --settle S      seconds between the last text and counting
  --ask TEXT      while counting, the first client sends it 150 times a second
  --storm BYTES   connects all clients at once, and ends when each got a message of so many bytes; nothing is counted
)";

constexpr double patienceSeconds = 20;
constexpr double questionsPerSecond = 150; // restreamd takes 200 from one client

struct Options
{
    std::uint16_t port = 0;
    std::string path;
    std::size_t clients = 0;
    double seconds = 0;
    std::vector<int> server;
    Greetings greetings;
    int streams = 1;
    double settle = 1;
    std::string question;
    std::size_t stormBytes = 0;
};

double secondsSince(std::chrono::steady_clock::time_point then)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

/// The texts; one with %n once for each n, in its place.
std::vector<std::string> expanded(const std::vector<std::string> &texts, int streams)
{
    std::vector<std::string> result;
    for (int n = 0; n < streams; ++n) {
        for (std::string text : texts) {
            const std::size_t at = text.find("%n");
            if (at != std::string::npos)
                result.push_back(text.replace(at, 2, std::to_string(n)));
            else if (n == 0)
                result.push_back(text);
        }
    }
    return result;
}

Options parse(int argc, char **argv)
{
    if (argc < 6) {
        std::fputs(usageText, stderr);
        std::exit(2);
    }
    Options options;
    options.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    options.path = argv[2];
    options.clients = static_cast<std::size_t>(std::max(1, std::atoi(argv[3])));
    options.seconds = std::atof(argv[4]);
    options.server = pidsFrom(argv[5]);
    Greetings &greetings = options.greetings;
    const std::map<std::string, std::function<void(const char *)>> setters {
        { "--first", [&](const char *value) { greetings.first.emplace_back(value); } },
        { "--streams", [&](const char *value) { options.streams = std::atoi(value); } },
        { "--spacing",
          [&](const char *value) { greetings.spacingSeconds = std::atof(value) / 1e3; } },
        { "--settle", [&](const char *value) { options.settle = std::atof(value); } },
        { "--ask", [&](const char *value) { options.question = value; } },
        { "--storm",
          [&](const char *value) { options.stormBytes = std::strtoull(value, nullptr, 10); } },
    };
    for (int i = 6; i < argc; ++i) {
        const auto setter = setters.find(argv[i]);
        if (setter == setters.end())
            greetings.all.emplace_back(argv[i]);
        else if (i + 1 < argc)
            setter->second(argv[++i]);
    }
    greetings.all = expanded(greetings.all, options.streams);
    greetings.first = expanded(greetings.first, options.streams);
    return options;
}

void storm(const Options &options, WsClients &clients)
{
    const Usage before = usageOf(options.server);
    const auto started = std::chrono::steady_clock::now();
    clients.storm(options.greetings, options.stormBytes);
    const double seconds = secondsSince(started);
    std::printf("{\"clients\":%zu,\"closed\":%zu,\"storm_s\":%.6f,\"cpu_s\":%.6f}\n",
                options.clients, clients.closed(), seconds,
                usageOf(options.server).cpuSeconds - before.cpuSeconds);
}

void printLatencies(const char *name, const Deliveries::Latencies &latencies)
{
    std::printf(",\"%s\":{\"count\":%zu,\"p50_us\":%.0f,\"p99_us\":%.0f,\"max_us\":%.0f}", name,
                latencies.count, latencies.p50Us, latencies.p99Us, latencies.maxUs);
}

void load(const Options &options, WsClients &clients)
{
    const Usage before = usageOf(options.server);
    const auto started = std::chrono::steady_clock::now();
    clients.connectAll();
    const double connectSeconds = secondsSince(started);
    clients.greet(options.greetings);
    clients.pumpFor(options.settle);
    // What a loaded machine has not brought yet is not to be missed.
    if (options.seconds > 0 && options.question.empty())
        clients.awaitStamped(patienceSeconds);

    const Usage atStart = usageOf(options.server);
    const auto from = std::chrono::steady_clock::now();
    if (options.question.empty())
        clients.countFor(options.seconds);
    else
        clients.askFor(options.seconds, options.question, 1.0 / questionsPerSecond);
    const Usage atEnd = usageOf(options.server);
    const double seconds = secondsSince(from);

    const Counts counts = clients.counts();
    const auto count = static_cast<double>(options.clients);
    const Deliveries::Spacing spacing = clients.deliveries().spacing();
    std::printf("{\"clients\":%zu,\"closed\":%zu,\"connect_s\":%.3f,\"seconds\":%.6f,"
                "\"frames\":%llu,\"bytes\":%llu,\"fewest\":%llu,\"most\":%llu,\"first\":%llu,"
                "\"cpu_s\":%.6f,\"kb_per_client\":%.3f,\"rss_kb\":%ld,"
                "\"messages\":%zu,\"gap_mean_ms\":%.2f,\"gap_p10_ms\":%.2f,\"gap_p99_ms\":%.2f",
                options.clients, clients.closed(), connectSeconds, seconds,
                static_cast<unsigned long long>(counts.frames),
                static_cast<unsigned long long>(counts.bytes),
                static_cast<unsigned long long>(counts.fewest),
                static_cast<unsigned long long>(counts.most),
                static_cast<unsigned long long>(counts.first),
                atEnd.cpuSeconds - atStart.cpuSeconds,
                static_cast<double>(atStart.rssKb - before.rssKb) / count, atEnd.rssKb,
                spacing.messages, spacing.meanMs, spacing.p10Ms, spacing.p99Ms);
    printLatencies("each", clients.deliveries().each());
    printLatencies("last", clients.deliveries().last(options.clients));
    std::printf("}\n");
}

}

int main(int argc, char **argv)
{
    raiseFileLimit();
    const Options options = parse(argc, argv);
    WsClients clients(options.port, options.path, options.clients);
    if (options.stormBytes != 0)
        storm(options, clients);
    else
        load(options, clients);
    return 0;
}
