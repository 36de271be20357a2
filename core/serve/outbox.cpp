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

void Outbox::flush()
{
    // By index: what ends meanwhile may gather again.
    for (size_t i = 0; i < m_peers.size(); ++i) { // NOLINT(modernize-loop-convert)
        if (m_peers[i] != nullptr)
            m_peers[i]->flush();
    }
    m_peers.clear();
}

}
