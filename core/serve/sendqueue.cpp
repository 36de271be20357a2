#include "core/serve/sendqueue.h"

#include <algorithm>
#include <array>

namespace restream {
namespace {

constexpr size_t keptCapacity =
    4; ///< of an empty queue: one that holds more memory is rare, idle ones are many

}

void SendQueue::add(const QByteArray &bytes, Kind kind, void *tag)
{
    m_frames.push_back({ bytes, tag, kind });
    m_waiting += bytes.size();
    if (kind == Kind::Data)
        m_bounded += bytes.size();
}

bool SendQueue::isPast(qint64 bound, qsizetype bytes) const
{
    return !m_frames.empty() && m_bounded + bytes > bound;
}

void SendQueue::exemptLargeFirst(qint64 bound)
{
    if (m_frames.empty())
        return;
    Frame &first = m_frames.front();
    if (first.kind == Kind::Data && first.bytes.size() - m_sentOfFirst > bound) {
        first.kind = Kind::Exempt;
        m_bounded -= first.bytes.size();
    }
}

std::span<const QByteArrayView> SendQueue::parts() const
{
    static thread_local std::array<QByteArrayView, mostParts> parts;
    const size_t count = std::min(m_frames.size(), mostParts);
    for (size_t i = 0; i < count; ++i)
        parts[i] = m_frames[i].bytes;
    if (count > 0)
        parts[0] = parts[0].sliced(m_sentOfFirst);
    return { parts.data(), count };
}

void SendQueue::takeSent(qint64 bytes)
{
    m_waiting -= bytes;
    if (m_waiting == 0) {
        m_frames.clear();
        if (m_frames.capacity() > keptCapacity)
            m_frames.shrink_to_fit();
        m_sentOfFirst = m_bounded = 0;
        return;
    }
    m_sentOfFirst += bytes;
    size_t done = 0;
    for (; done < m_frames.size() && m_sentOfFirst >= m_frames[done].bytes.size(); ++done) {
        const qsizetype size = m_frames[done].bytes.size();
        m_sentOfFirst -= size;
        if (m_frames[done].kind == Kind::Data)
            m_bounded -= size;
    }
    m_frames.erase(m_frames.begin(), m_frames.begin() + qsizetype(done));
}

void SendQueue::drop(bool onlyData, qint64 held, const std::function<void(void *)> &dropped)
{
    const qint64 committed = m_sentOfFirst + held;
    qint64 at = 0;
    size_t kept = 0;
    for (size_t i = 0; i < m_frames.size(); ++i) {
        Frame &frame = m_frames[i];
        const bool isCommitted = at < committed;
        at += frame.bytes.size();
        if (isCommitted || (onlyData && frame.kind != Kind::Data)) {
            if (kept != i)
                m_frames[kept] = std::move(frame);
            ++kept;
            continue;
        }
        m_waiting -= frame.bytes.size();
        if (frame.kind == Kind::Data)
            m_bounded -= frame.bytes.size();
        if (frame.tag != nullptr && dropped)
            dropped(frame.tag);
    }
    m_frames.erase(m_frames.begin() + qsizetype(kept), m_frames.end());
}

void SendQueue::untag(void *tag)
{
    for (Frame &frame : m_frames) {
        if (frame.tag == tag)
            frame.tag = nullptr;
    }
}

}
