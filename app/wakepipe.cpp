#include "app/wakepipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace restream {

WakePipe::WakePipe()
{
    std::array<int, 2> ends { -1, -1 };
    if (::pipe(ends.data()) != 0)
        return;
    for (const int end : ends) {
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
        ::fcntl(end, F_SETFL, O_NONBLOCK);
    }
    m_readEnd = ends[0];
    m_writeEnd = ends[1];
}

WakePipe::~WakePipe()
{
    ::close(m_readEnd);
    ::close(m_writeEnd);
}

void WakePipe::wake(int writeEnd)
{
    const int before = errno;
    [[maybe_unused]] const auto written = ::write(writeEnd, "", 1);
    errno = before;
}

}
