#include "core/serve/websocketpeer.h"

#include <array>
#include <span>

namespace restream {
namespace {

constexpr qint64 closeMs = 5000;

/// Pings of clients that all got the same last message are spread over a fifth of the silence.
qint64 spread(int number, qint64 pingMs)
{
    return number % 32 * (pingMs / 160);
}

}

WebSocketPeer::WebSocketPeer(std::unique_ptr<Transport> transport, const ServeLimits &limits,
                             Outbox &outbox, Owner &owner)
    : m_transport(std::move(transport)),
      m_limits(limits),
      m_outbox(outbox),
      m_owner(owner),
      m_reader(limits.message)
{
}

WebSocketPeer::~WebSocketPeer()
{
    if (isGathering())
        m_outbox.remove(m_outboxPlace);
}

void WebSocketPeer::start(const QByteArray &early)
{
    if (m_state == State::Gone)
        return;
    m_transport->start(*this);
    m_reading = true;
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
    if (isGathering())
        m_outbox.remove(std::exchange(m_outboxPlace, -1));
    setReading(false);
    m_transport->setWriting(false);
    m_queue = {};
    m_owner.gone();
}

void WebSocketPeer::setReading(bool on)
{
    if (m_reading == on)
        return;
    m_reading = on;
    m_transport->setReading(on);
}

bool WebSocketPeer::send(const QByteArray &frames, Kind kind, void *tag)
{
    // Whether there is room for more is known once the connection was offered what there is.
    if (isGathering()
        && (m_queue.size() == SendQueue::mostParts
            || m_queue.waiting() + frames.size() > m_limits.queue))
        flush();
    if (m_state != State::Open || frames.isEmpty())
        return true;
    if (kind == Kind::Data && m_queue.isPast(m_limits.queue, frames.size()))
        return false;
    const bool gathers = m_queue.isEmpty();
    m_queue.add(frames, kind, tag);
    if (gathers)
        m_outboxPlace = m_outbox.add(*this);
    else if (!isGathering() && m_queue.waiting() > m_limits.queue)
        setReading(false);
    return true;
}

void WebSocketPeer::flush()
{
    if (!isGathering())
        return;
    m_outbox.remove(std::exchange(m_outboxPlace, -1));
    if (!writeQueue()) {
        end();
        return;
    }
    if (m_queue.isEmpty())
        return;
    // One message that is alone in the queue may be larger than the bound; this one was alone when it was gathered, too.
    m_queue.exemptLargeFirst(m_limits.queue);
    m_transport->setWriting(true);
    if (m_queue.waiting() > m_limits.queue)
        setReading(false);
}

bool WebSocketPeer::isIdle()
{
    flush();
    return m_queue.isEmpty();
}

bool WebSocketPeer::writeQueue()
{
    while (!m_queue.isEmpty()) {
        const size_t before = m_queue.size();
        const std::span<const QByteArrayView> parts = m_queue.parts();
        const qint64 sent = m_transport->write(parts);
        if (sent < 0)
            return false;
        m_queue.takeSent(sent);
        if (before - m_queue.size() < parts.size())
            break;
    }
    return true;
}

void WebSocketPeer::canWrite()
{
    if (m_state == State::Gone)
        return;
    if (!writeQueue()) {
        end();
        return;
    }
    if (m_queue.isEmpty())
        m_transport->setWriting(false);
    if (m_state == State::Closing && m_queue.isEmpty()) {
        m_transport->shutDown();
    } else if (m_state == State::Open) {
        if (m_queue.isEmpty()) {
            m_owner.drained();
            flush();
        }
        // What that sent may have met the end of the connection.
        if (m_state == State::Open && m_queue.waiting() <= m_limits.queue / 2 && !m_reading) {
            setReading(true);
            process();
        }
    }
}

void WebSocketPeer::dropData(const std::function<void(void *)> &dropped)
{
    flush();
    m_queue.drop(true, m_transport->held(), dropped);
}

void WebSocketPeer::close(quint16 code, QByteArrayView reason)
{
    flush();
    if (m_state != State::Open)
        return;
    m_state = State::Closing;
    m_owner.closing();
    m_queue.drop(false, m_transport->held());
    m_queue.add(closeFrame(code, reason.first(std::min<qsizetype>(reason.size(), 123))),
                Kind::Answer, nullptr);
    if (!writeQueue()) {
        end();
        return;
    }
    m_transport->setWriting(!m_queue.isEmpty());
    if (m_queue.isEmpty())
        m_transport->shutDown();
    setReading(true);
}

void WebSocketPeer::canRead()
{
    static thread_local std::array<char, 65536> buffer;
    if (m_state == State::Gone)
        return;
    const qint64 got = m_transport->read(buffer.data(), buffer.size());
    if (got < 0) {
        end();
    } else if (got > 0) {
        m_reader.append(QByteArrayView(buffer.data(), got));
        process();
    }
}

void WebSocketPeer::process()
{
    using Met = WebSocketFrameReader::Event::Kind;
    // An answer may drain the queue, which asks to go on; the loop that runs does.
    if (m_processing)
        return;
    m_processing = true;
    while (m_state != State::Gone && (m_state == State::Closing || m_reading)) {
        const WebSocketFrameReader::Event event = m_reader.next();
        if (m_state == State::Open && !m_owner.framesReceived(m_reader.takeFrameCount()))
            continue;
        if (event.kind == Met::NeedMore)
            break;
        if (m_state == State::Closing) {
            // After a violation what comes can't be read: the end of the connection is waited for.
            if (event.kind == Met::Violation)
                break;
            if (event.kind == Met::Close && m_queue.isEmpty())
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
    flush();
    if (m_state == State::Gone)
        return;
    if (m_transport->takeProgress() || std::exchange(m_isNew, false))
        m_lastSentMs = nowMs;
    if (m_state == State::Closing && m_queue.isEmpty()) {
        if (m_closingMs < 0)
            m_closingMs = nowMs;
        else if (nowMs - m_closingMs >= closeMs)
            end();
    } else if (!m_queue.isEmpty()) {
        if (nowMs - m_lastSentMs >= m_limits.stalledMs)
            end();
    } else if (nowMs - m_lastSentMs
               >= m_limits.pingMs + spread(m_transport->number(), m_limits.pingMs)) {
        send(controlFrame(Opcode::Ping, {}), Kind::Answer);
        m_lastSentMs = nowMs;
    }
}

}
