#include "core/stream/history.h"

namespace restream {

void History::append(ChangesetPtr changes)
{
    Q_ASSERT(m_changesets.empty() || changes->seq == m_changesets.back()->seq + 1);
    m_bytes += changes->bytes();
    m_changesets.push_back(std::move(changes));
}

void History::prune(qint64 nowMs)
{
    const auto oldest = nowMs - static_cast<qint64>(m_bounds.hours * 3'600'000);
    while (!m_changesets.empty()
           && (size() > m_bounds.changesets || m_bytes > m_bounds.bytes
               || m_changesets.front()->timeMs < oldest)) {
        m_bytes -= m_changesets.front()->bytes();
        m_changesets.pop_front();
    }
}

void History::clear()
{
    m_changesets.clear();
    m_bytes = 0;
}

std::optional<std::vector<ChangesetPtr>> History::since(qint64 seq, qint64 current) const
{
    if (seq < 0 || seq > current)
        return {};
    if (seq == current)
        return std::vector<ChangesetPtr>();
    if (m_changesets.empty() || seq + 1 < first() || m_changesets.back()->seq < current)
        return {};
    const auto begin = m_changesets.begin() + (seq + 1 - first());
    return std::vector<ChangesetPtr>(begin, begin + (current - seq));
}

}
