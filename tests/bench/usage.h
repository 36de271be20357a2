#pragma once

#include <string>
#include <vector>

namespace bench {

/// What processes have used so far.
struct Usage
{
    double cpuSeconds =
        0; ///< user and system time of all threads, ended ones too, to the nanosecond
    long rssKb = 0; ///< resident memory
};

/// The sum over `pids`; a process that is gone counts as nothing.
Usage usageOf(const std::vector<int> &pids);

/// "12,34" → { 12, 34 }. What is no number is 0.
std::vector<int> pidsFrom(const std::string &list);

}
