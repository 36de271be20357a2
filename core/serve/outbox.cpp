#include "core/serve/outbox.h"

#include "core/serve/websocketpeer.h"

namespace restream {

int Outbox::add(WebSocketPeer &peer)
{
    if (m_peers.empty()) {
        QMetaObject::invokeMethod(
            &m_loop, [this] { flush(); }, Qt::QueuedConnection);
    }
    m_peers.push_back(&peer);
    return int(m_peers.size()) - 1;
}

/// Sending pushes what others need out of the cache: the peers that come next are fetched meanwhile, and what they point to.
void Outbox::prefetch(size_t at) const
{
    if (at + 1 < m_peers.size() && m_peers[at + 1] != nullptr)
        m_peers[at + 1]->prefetch();
    if (at + 2 < m_peers.size()) {
        constexpr size_t cacheLine = 64;
        const auto *const peer = reinterpret_cast<const char *>(m_peers[at + 2]);
        __builtin_prefetch(peer);
        __builtin_prefetch(peer + cacheLine);
    }
}

void Outbox::flush()
{
    // By index: what ends meanwhile may gather again.
    for (size_t i = 0; i < m_peers.size(); ++i) { // NOLINT(modernize-loop-convert)
        prefetch(i);
        if (m_peers[i] != nullptr)
            m_peers[i]->flush();
    }
    m_peers.clear();
}

}
