#include "core/stream/streamactivity.h"

#include <algorithm>

namespace restream {
namespace {

constexpr qint64 minuteMs = 60'000;

}

void StreamActivity::add(size_t changes, qint64 nowMs)
{
    if (changes == 0)
        return;
    const qint64 number = nowMs / minuteMs;
    if (m_minutes.empty() || m_minutes.back().number < number)
        m_minutes.push_back({ number, 0 });
    m_minutes.back().changes += int(changes);
    while (m_minutes.front().number <= number - mostMinutes)
        m_minutes.pop_front();
}

std::vector<int> StreamActivity::perMinute(qint64 nowMs) const
{
    const qint64 last = nowMs / minuteMs;
    const qint64 oldest = last - mostMinutes + 1;
    const auto first = std::find_if(m_minutes.begin(), m_minutes.end(),
                                    [oldest](const Minute &one) { return one.number >= oldest; });
    if (first == m_minutes.end() || first->number > last)
        return {};
    std::vector<int> counts(size_t(last - first->number + 1));
    for (auto minute = first; minute != m_minutes.end() && minute->number <= last; ++minute)
        counts[size_t(minute->number - first->number)] = minute->changes;
    return counts;
}

}
