#include "core/serve/websocketpeer.h"

#include <QSocketNotifier>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace restream {
namespace {

constexpr qint64 closeMs = 5000;

/// Pings of clients that all got the same last message are spread over a fifth of the silence.
qint64 spread(int descriptor, qint64 pingMs)
{
    return descriptor % 32 * (pingMs / 160);
}

}

WebSocketPeer::WebSocketPeer(int descriptor, const ServeLimits &limits, Owner &owner)
    : m_owner(owner),
      m_limits(limits),
      m_reader(limits.message),
      m_descriptor(descriptor)
{
}

WebSocketPeer::~WebSocketPeer()
{
    m_readable.reset();
    m_writable.reset();
    ::close(m_descriptor);
}

void WebSocketPeer::start(const QByteArray &early)
{
    if (m_state == State::Gone)
        return;
    m_readable = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Read);
    QObject::connect(m_readable.get(), &QSocketNotifier::activated, m_readable.get(),
                     [this] { canRead(); });
    if (!early.isEmpty()) {
        m_reader.append(early);
        process();
    }
}

void WebSocketPeer::end()
{
    if (m_state == State::Gone)
        return;
    m_state = State::Gone;
    setReading(false);
    if (m_writable)
        m_writable->setEnabled(false);
    m_queue.clear();
    m_queue.shrink_to_fit();
    m_waiting = m_bounded = m_sentOfFirst = 0;
    m_owner.gone();
}

void WebSocketPeer::setReading(bool on)
{
    if (m_readable && m_readable->isEnabled() != on)
        m_readable->setEnabled(on);
}

qint64 WebSocketPeer::write(QByteArrayView bytes)
{
    qint64 written = 0;
    while (written < bytes.size()) {
        const ssize_t sent = ::send(m_descriptor, bytes.data() + written,
                                    size_t(bytes.size() - written), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno != EAGAIN)
            return -1;
        if (sent <= 0)
            break;
        m_sent = true;
        written += sent;
    }
    return written;
}

bool WebSocketPeer::send(const QByteArray &frames, Kind kind, void *tag)
{
    if (m_state != State::Open || frames.isEmpty())
        return true;
    if (!m_queue.empty()) {
        if (kind == Kind::Data && m_bounded + frames.size() > m_limits.queue)
            return false;
        enqueue(frames, 0, kind, tag);
        return true;
    }
    const qint64 sent = write(frames);
    if (sent < 0)
        end();
    else if (sent < frames.size())
        enqueue(frames, sent, kind, tag);
    return true;
}

void WebSocketPeer::enqueue(const QByteArray &bytes, qint64 sent, Kind kind, void *tag)
{
    // One message that is alone in the queue may be larger than the bound.
    if (m_queue.empty()) {
        m_sentOfFirst = sent;
        if (kind == Kind::Data && bytes.size() - sent > m_limits.queue)
            kind = Kind::Exempt;
    }
    m_queue.push_back({ bytes, tag, kind });
    m_waiting += bytes.size() - sent;
    if (kind == Kind::Data)
        m_bounded += bytes.size();
    if (!m_writable) {
        m_writable = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Write);
        QObject::connect(m_writable.get(), &QSocketNotifier::activated, m_writable.get(),
                         [this] { canWrite(); });
    } else if (!m_writable->isEnabled()) {
        m_writable->setEnabled(true);
    }
    if (m_state == State::Open && m_waiting > m_limits.queue)
        setReading(false);
}

void WebSocketPeer::canWrite()
{
    size_t done = 0;
    while (done < m_queue.size()) {
        const Queued &first = m_queue[done];
        const qint64 sent = write(QByteArrayView(first.bytes).sliced(m_sentOfFirst));
        if (sent < 0) {
            end();
            return;
        }
        m_waiting -= sent;
        m_sentOfFirst += sent;
        if (m_sentOfFirst < first.bytes.size())
            break;
        if (first.kind == Kind::Data)
            m_bounded -= first.bytes.size();
        m_sentOfFirst = 0;
        ++done;
    }
    m_queue.erase(m_queue.begin(), m_queue.begin() + qsizetype(done));
    if (m_queue.empty()) {
        m_queue.shrink_to_fit();
        m_writable->setEnabled(false);
    }
    if (m_state == State::Closing && m_queue.empty()) {
        ::shutdown(m_descriptor, SHUT_WR);
    } else if (m_state == State::Open) {
        if (m_queue.empty())
            m_owner.drained();
        // What that sent may have met the end of the connection.
        if (m_state == State::Open && m_waiting <= m_limits.queue / 2 && m_readable
            && !m_readable->isEnabled()) {
            setReading(true);
            process();
        }
    }
}

void WebSocketPeer::dropData(const std::function<void(void *)> &dropped)
{
    size_t kept = 0;
    for (size_t i = 0; i < m_queue.size(); ++i) {
        Queued &queued = m_queue[i];
        const bool isPartlySent = i == 0 && m_sentOfFirst > 0;
        if (queued.kind == Kind::Data && !isPartlySent) {
            m_waiting -= queued.bytes.size();
            m_bounded -= queued.bytes.size();
            if (queued.tag != nullptr)
                dropped(queued.tag);
        } else {
            if (kept != i)
                m_queue[kept] = std::move(queued);
            ++kept;
        }
    }
    m_queue.erase(m_queue.begin() + qsizetype(kept), m_queue.end());
}

void WebSocketPeer::untag(void *tag)
{
    for (Queued &queued : m_queue) {
        if (queued.tag == tag)
            queued.tag = nullptr;
    }
}

void WebSocketPeer::close(quint16 code, QByteArrayView reason)
{
    if (m_state != State::Open)
        return;
    m_state = State::Closing;
    m_owner.closing();
    if (m_sentOfFirst == 0) {
        m_queue.clear();
        m_waiting = m_bounded = 0;
    } else {
        m_queue.erase(m_queue.begin() + 1, m_queue.end());
        m_waiting = m_queue.front().bytes.size() - m_sentOfFirst;
    }
    const QByteArray frame =
        closeFrame(code, reason.first(std::min<qsizetype>(reason.size(), 123)));
    const qint64 sent = m_queue.empty() ? write(frame) : 0;
    if (sent < 0) {
        end();
        return;
    }
    if (sent < frame.size()) {
        enqueue(frame, sent, Kind::Answer, nullptr);
    } else {
        if (m_writable)
            m_writable->setEnabled(false);
        ::shutdown(m_descriptor, SHUT_WR);
    }
    setReading(true);
}

void WebSocketPeer::canRead()
{
    static thread_local std::array<char, 65536> buffer;
    const ssize_t got = ::recv(m_descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        end();
        return;
    }
    m_reader.append(QByteArrayView(buffer.data(), got));
    process();
}

void WebSocketPeer::process()
{
    using Met = WebSocketFrameReader::Event::Kind;
    // An answer may drain the queue, which asks to go on; the loop that runs does.
    if (m_processing)
        return;
    m_processing = true;
    while (m_state != State::Gone && (m_state == State::Closing || m_readable->isEnabled())) {
        const WebSocketFrameReader::Event event = m_reader.next();
        if (m_state == State::Open && !m_owner.framesReceived(m_reader.takeFrameCount()))
            continue;
        if (event.kind == Met::NeedMore)
            break;
        if (m_state == State::Closing) {
            // After a violation what comes can't be read: the end of the connection is waited for.
            if (event.kind == Met::Violation)
                break;
            if (event.kind == Met::Close && m_queue.empty())
                end();
            continue;
        }
        handle(event);
    }
    m_processing = false;
}

void WebSocketPeer::handle(const WebSocketFrameReader::Event &event)
{
    using Met = WebSocketFrameReader::Event::Kind;
    switch (event.kind) {
    case Met::NeedMore:
    case Met::Pong:
        break;
    case Met::Text:
    case Met::Binary:
        m_owner.messageReceived(event.payload, event.kind == Met::Text);
        break;
    case Met::Ping:
        send(controlFrame(Opcode::Pong, event.payload), Kind::Answer);
        break;
    case Met::Close:
        close(event.code, {});
        break;
    case Met::Violation:
        close(event.code,
              event.code == 1009       ? "a message is larger than the limit"
                  : event.code == 1007 ? "a text is not UTF-8"
                                       : "not what RFC 6455 allows");
        break;
    }
}

void WebSocketPeer::sweep(qint64 nowMs)
{
    if (m_state == State::Gone)
        return;
    if (m_sent) {
        m_lastSentMs = nowMs;
        m_sent = false;
    }
    if (m_state == State::Closing && m_queue.empty()) {
        if (m_closingMs < 0)
            m_closingMs = nowMs;
        else if (nowMs - m_closingMs >= closeMs)
            end();
    } else if (!m_queue.empty()) {
        if (nowMs - m_lastSentMs >= m_limits.stalledMs)
            end();
    } else if (nowMs - m_lastSentMs >= m_limits.pingMs + spread(m_descriptor, m_limits.pingMs)) {
        send(controlFrame(Opcode::Ping, {}), Kind::Answer);
        m_lastSentMs = nowMs;
    }
}

}
