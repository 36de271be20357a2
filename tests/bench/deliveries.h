#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace bench {

/// When stamped messages arrived: how late each one, and how late the last client had it.
class Deliveries final
{
public:
    struct Latencies
    {
        std::size_t count = 0; ///< 0: the others mean nothing
        double p50Us = 0;
        double p99Us = 0;
        double maxUs = 0;
    };
    /// How evenly the messages were made.
    struct Spacing
    {
        std::size_t messages = 0;
        double meanMs = 0;
        double p10Ms = 0;
        double p99Ms = 0;
    };

    /// A message that was made at `stampNs` has arrived at `nowNs` (both of CLOCK_MONOTONIC) at one more client.
    void record(std::uint64_t stampNs, std::uint64_t nowNs);

    /// From the making to the arrival, over all arrivals.
    [[nodiscard]] Latencies each() const { return latenciesOf(m_latenciesUs); }
    /// From the making to the last arrival, over the messages that reached `clients` clients.
    [[nodiscard]] Latencies last(std::size_t clients) const;
    [[nodiscard]] Spacing spacing() const;

private:
    struct Message
    {
        std::size_t arrivals = 0;
        std::uint64_t lastNs = 0;
    };

    static Latencies latenciesOf(std::vector<double> us);

    std::vector<double> m_latenciesUs;
    std::unordered_map<std::uint64_t, Message> m_messages; ///< by stamp
};

}
