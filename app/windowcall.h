#pragma once

#include "core/result.h"

#include <QLocalServer>

#include <functional>

namespace restream {

/// Lets a second start of the window on the same data folder bring the first one forward: a socket in that folder, for its user alone (0600).
class WindowCall final
{
public:
    /// `onCall` comes from the event loop of this thread.
    explicit WindowCall(std::function<void()> onCall);

    /// Only for who holds the folder's InstanceLock: a socket that a dead program has left is replaced. Error `not_listening`.
    Result<void> listen(const QString &dataFolder);

    /// Calls whoever listens in the folder; false where nobody answers within some seconds. Blocks.
    static bool call(const QString &dataFolder);

private:
    void answer();

    QLocalServer m_server;
    std::function<void()> m_onCall;
};

}
