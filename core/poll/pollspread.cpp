#include "core/poll/pollspread.h"

#include <algorithm>
#include <cmath>

namespace restream {

double pollPhase(quint64 ordinal)
{
    // Steps of the golden section never leave a gap much wider than the others.
    constexpr double step = 0.61803398874989484820;
    const double place = double(ordinal) * step;
    return place - std::floor(place);
}

qint64 spreadPoll(qint64 lastCallMs, qint64 intervalMs, double phase)
{
    constexpr qint64 shareOfInterval = 16;
    constexpr qint64 lateAtMost =
        8; // a part of the step; what is later than that is early for the next point
    const qint64 step = intervalMs + pollSlackMs;
    const auto offset = qint64(phase * double(step));
    const qint64 late = ((lastCallMs - offset) % step + step) % step;
    const qint64 due = lastCallMs + intervalMs;
    if (late <= step / lateAtMost)
        return due + std::max<qint64>(0, pollSlackMs - late);
    const qint64 early = step + pollSlackMs - late;
    return due + std::max(std::min(early, pollSlackMs), early / shareOfInterval);
}

}
