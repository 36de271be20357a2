#include "core/serve/descriptors.h"

#include <sys/resource.h>

#include <algorithm>
#include <limits>

namespace restream {

void raiseDescriptorLimit()
{
    rlimit files {};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
    }
}

int descriptorLimit()
{
    rlimit files {};
    constexpr rlim_t most = std::numeric_limits<int>::max();
    return ::getrlimit(RLIMIT_NOFILE, &files) == 0 ? int(std::min(files.rlim_cur, most))
                                                   : int(most);
}

}
