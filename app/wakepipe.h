#pragma once

#include <QtGlobal>

namespace restream {

/// What a signal handler wakes a program through, without missing the instant before it waits: pipe(2), neither end of which blocks.
class WakePipe final
{
public:
    WakePipe();
    ~WakePipe();
    Q_DISABLE_COPY_MOVE(WakePipe)

    [[nodiscard]] int readEnd() const { return m_readEnd; } ///< readable since the first wake()
    [[nodiscard]] int writeEnd() const { return m_writeEnd; }
    /// May be called from a signal handler.
    static void wake(int writeEnd);

private:
    int m_readEnd = -1;
    int m_writeEnd = -1;
};

}
