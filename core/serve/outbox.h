#pragma once

#include <QObject>

#include <vector>

namespace restream {

class WebSocketPeer;

/// The peers that have gathered frames in this turn of the event loop. At its end each sends its own with one system call.
class Outbox final
{
public:
    Outbox() = default;
    Q_DISABLE_COPY_MOVE(Outbox)

    /// Gives the peer's place, for remove().
    int add(WebSocketPeer &peer);
    /// Forgets a peer that has sent, or is about to end.
    void remove(int place) { m_peers[size_t(place)] = nullptr; }

private:
    void flush();
    void prefetch(size_t at) const;

    QObject m_loop; ///< whose queued calls end with it
    std::vector<WebSocketPeer *> m_peers; ///< null: removed
};

}
