#include "core/logbook.h"

#include <utility>

namespace restream {

void LogBook::add(LogLine line)
{
    bool first = false;
    {
        const QMutexLocker lock(&m_mutex);
        // Who logs without end while nobody reads fills no memory.
        if (m_fresh.size() >= mostLines)
            m_fresh.erase(m_fresh.begin(), m_fresh.begin() + mostLines / 2);
        first = m_fresh.empty();
        m_fresh.push_back(std::move(line));
    }
    if (first) {
        QMetaObject::invokeMethod(
            this, [this] { tell(); }, Qt::QueuedConnection);
    }
}

std::vector<LogLine> LogBook::lines() const
{
    const QMutexLocker lock(&m_mutex);
    return { m_lines.begin(), m_lines.end() };
}

void LogBook::tell()
{
    std::vector<LogLine> fresh;
    {
        const QMutexLocker lock(&m_mutex);
        fresh.swap(m_fresh);
        m_lines.insert(m_lines.end(), fresh.begin(), fresh.end());
        while (m_lines.size() > mostLines)
            m_lines.pop_front();
    }
    for (const LogLine &line : fresh)
        emit added(line);
}

}
