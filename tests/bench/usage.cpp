#include "usage.h"

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>

namespace bench {
namespace {

long rssKbOf(int pid)
{
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:"))
            return std::strtol(line.c_str() + 6, nullptr, 10);
    }
    return 0;
}

}

Usage usageOf(const std::vector<int> &pids)
{
    Usage usage;
    for (const int pid : pids) {
        clockid_t clock {};
        timespec used {};
        // /proc/PID/stat counts in hundredths of a second, which is too coarse for a load of a second or two.
        if (clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &used) == 0)
            usage.cpuSeconds +=
                static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
        usage.rssKb += rssKbOf(pid);
    }
    return usage;
}

std::vector<int> pidsFrom(const std::string &list)
{
    std::vector<int> pids;
    std::istringstream parts(list);
    for (std::string part; std::getline(parts, part, ',');)
        pids.push_back(std::atoi(part.c_str()));
    return pids;
}

}
