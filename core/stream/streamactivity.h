#pragma once

#include <QtGlobal>

#include <deque>
#include <vector>

namespace restream {

/// How many changes each of the last minutes brought. Pure: times come in as arguments, in ms of one clock.
class StreamActivity final
{
public:
    static constexpr qint64 mostMinutes = 60;

    void add(size_t changes, qint64 nowMs);
    /// The minutes up to the one of `nowMs`, oldest first, from the first one that had a change on; at most `mostMinutes`.
    [[nodiscard]] std::vector<int> perMinute(qint64 nowMs) const;

private:
    struct Minute
    {
        qint64 number = 0; ///< since the clock's beginning
        int changes = 0;
    };

    std::deque<Minute> m_minutes; ///< those with changes, ascending
};

}
