#include "deliveries.h"

#include <algorithm>
#include <numeric>

namespace bench {
namespace {

double usBetween(std::uint64_t fromNs, std::uint64_t toNs)
{
    return static_cast<double>(static_cast<std::int64_t>(toNs - fromNs)) / 1e3;
}

/// `sorted` is ascending; 0 where it is empty.
double partOf(const std::vector<double> &sorted, double part)
{
    if (sorted.empty())
        return 0;
    const auto place = static_cast<std::size_t>(part * static_cast<double>(sorted.size()));
    return sorted[std::min(place, sorted.size() - 1)];
}

}

void Deliveries::record(std::uint64_t stampNs, std::uint64_t nowNs)
{
    m_latenciesUs.push_back(usBetween(stampNs, nowNs));
    Message &message = m_messages[stampNs];
    ++message.arrivals;
    message.lastNs = std::max(message.lastNs, nowNs);
}

Deliveries::Latencies Deliveries::last(std::size_t clients) const
{
    std::vector<double> us;
    for (const auto &[stampNs, message] : m_messages) {
        if (message.arrivals >= clients)
            us.push_back(usBetween(stampNs, message.lastNs));
    }
    return latenciesOf(std::move(us));
}

Deliveries::Spacing Deliveries::spacing() const
{
    std::vector<std::uint64_t> stamps;
    for (const auto &[stampNs, message] : m_messages)
        stamps.push_back(stampNs);
    std::sort(stamps.begin(), stamps.end());
    std::vector<double> gaps;
    for (std::size_t i = 1; i < stamps.size(); ++i)
        gaps.push_back(usBetween(stamps[i - 1], stamps[i]) / 1e3);
    std::sort(gaps.begin(), gaps.end());
    const double sum = std::accumulate(gaps.begin(), gaps.end(), 0.0);
    return { stamps.size(), gaps.empty() ? 0 : sum / static_cast<double>(gaps.size()),
             partOf(gaps, 0.1), partOf(gaps, 0.99) };
}

Deliveries::Latencies Deliveries::latenciesOf(std::vector<double> us)
{
    std::sort(us.begin(), us.end());
    return { us.size(), partOf(us, 0.5), partOf(us, 0.99), partOf(us, 1) };
}

}
