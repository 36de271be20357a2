#pragma once

#include "deliveries.h"
#include "wsframes.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// What is sent to every client, or to the first one alone, as soon as it is connected.
struct Greetings
{
    std::vector<std::string> all; ///< texts, one frame each
    std::vector<std::string> first;
    double spacingSeconds = 0; ///< between two of them
};

/// What arrived while it was counted.
struct Counts
{
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0; ///< of frames, headers included
    std::uint64_t fewest = 0; ///< frames of the client that got fewest
    std::uint64_t most = 0;
    std::uint64_t first = 0; ///< frames of the first client
};

/// Many WebSocket clients of one server on one epoll loop. They count the text frames that arrive; one that carries
/// "t":<CLOCK_MONOTONIC ns> (a number or a string) also gives a latency. Failures end the program with a message.
class WsClients final
{
public:
    /// Connects to 127.0.0.1:`port`, `path`, when told to.
    WsClients(std::uint16_t port, const std::string &path, std::size_t count);
    ~WsClients();
    WsClients(const WsClients &) = delete;
    WsClients &operator=(const WsClients &) = delete;

    /// Connects all, a few hundred at a time, and waits for their handshakes.
    void connectAll();
    /// Connects all at once; each is greeted when its handshake is done. Waits until each got a text frame of at least `bytes`.
    void storm(const Greetings &greetings, std::size_t bytes);
    void greet(const Greetings &greetings);
    /// Counts for so many seconds.
    void countFor(double seconds);
    /// As countFor(), while the first client sends `text` each `everySeconds`.
    void askFor(double seconds, const std::string &text, double everySeconds);
    void pumpFor(double seconds);
    /// Waits, at most so many seconds, for the next stamped message.
    void awaitStamped(double seconds);

    [[nodiscard]] Counts counts() const;
    [[nodiscard]] const Deliveries &deliveries() const { return m_deliveries; }
    [[nodiscard]] std::size_t closed() const { return m_closed; }

private:
    struct Client
    {
        int fd = -1;
        bool open = false;
        bool satisfied = false; ///< got a frame of m_wantedBytes
        std::string received; ///< of a frame that is not whole yet
        std::uint64_t frames = 0;
    };

    void connectOne(std::size_t index);
    void pump(int ms);
    void receive(Client &client);
    bool readHandshake(Client &client);
    std::size_t readFrames(Client &client, std::string_view bytes);
    void take(Client &client, const ServerFrame &frame);
    void drop(Client &client);
    static void sendTo(const Client &client, const std::string &bytes);

    std::uint16_t m_port;
    std::string m_request;
    std::vector<Client> m_clients;
    Deliveries m_deliveries;
    std::array<char, 1 << 18> m_buffer {};
    int m_epoll;
    std::string m_onOpen; ///< frames that a client sends when its handshake is done
    std::size_t m_wantedBytes = 0;
    std::size_t m_opened = 0;
    std::size_t m_satisfied = 0;
    std::size_t m_closed = 0;
    std::uint64_t m_stamped = 0; ///< messages with a stamp, whether counted or not
    bool m_counting = false;
    std::uint64_t m_frames = 0;
    std::uint64_t m_bytes = 0;
};

}
