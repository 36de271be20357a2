#pragma once

#include "core/serve/outbox.h"
#include "core/serve/sendqueue.h"
#include "core/serve/serveoptions.h"
#include "core/serve/transport.h"
#include "core/serve/websocketframe.h"

#include <QByteArray>

#include <functional>
#include <memory>

namespace restream {

/// One WebSocket after its handshake.
///
/// What is sent in one turn of the event loop is gathered, and leaves at its end with one system call. What the connection does not take
/// waits in a queue that shares the frames' bytes. No call here may destroy the peer. start() hands on what came early; the others call
/// nothing of the owner but closing() and gone(), which must only take note.
class WebSocketPeer final : private Transport::Owner
{
public:
    class Owner
    {
    public:
        virtual void messageReceived(const QByteArray &message, bool isText) = 0;
        /// `frames` came in one go, control frames and fragments included; false: read no further.
        virtual bool framesReceived(int frames) = 0;
        virtual void drained() = 0; ///< all that was queued has left
        // Each is called once, from within any call.
        virtual void closing() = 0; ///< nothing more is sent
        virtual void gone() = 0; ///< the connection is over

    protected:
        ~Owner() = default;
    };

    using Kind = SendQueue::Kind;

    /// `outbox` and `limits` outlive it.
    WebSocketPeer(std::unique_ptr<Transport> transport, const ServeLimits &limits, Outbox &outbox,
                  Owner &owner);
    ~WebSocketPeer();
    Q_DISABLE_COPY_MOVE(WebSocketPeer)

    /// Starts reading; `early` came behind the handshake already.
    void start(const QByteArray &early);
    /// Sends whole frames. False: past the bound, not taken (Data only). Once closing, everything is dropped.
    bool send(const QByteArray &frames, Kind kind, void *tag = nullptr);
    /// Drops the Data that waits but for what is partly sent; `dropped` gets the tag of each.
    void dropData(const std::function<void(void *tag)> &dropped);
    void untag(void *tag) { m_queue.untag(tag); } ///< forgets one that is about to end
    void flush(); ///< sends what was gathered now
    /// Brings into the cache what flush() needs.
    void prefetch() const
    {
        __builtin_prefetch(m_transport.get());
        m_queue.prefetch();
    }

    /// Sends a close frame behind what is partly sent, and ends once the client has read it, or on a deadline.
    void close(quint16 code, QByteArrayView reason);
    /// Pings, and cuts off who is stalled or slow to close. Call it every few seconds.
    void sweep(qint64 nowMs);
    /// Whether the connection has taken all that was sent.
    [[nodiscard]] bool isIdle();

private:
    enum class State : quint8 { Open, Closing, Gone };

    void end();
    [[nodiscard]] bool isGathering() const { return m_outboxPlace >= 0; }
    bool writeQueue(); ///< false: the connection is broken
    void canRead() override;
    void canWrite() override;
    void process();
    void handle(const WebSocketFrameReader::Event &event);
    void setReading(bool on);

    // What each message needs comes first, close together.
    std::unique_ptr<Transport> m_transport;
    SendQueue m_queue;
    const ServeLimits &m_limits;
    Outbox &m_outbox;
    int m_outboxPlace = -1; ///< while what is queued was not offered to the connection yet
    State m_state = State::Open;
    bool m_isNew = true; ///< not swept yet
    bool m_reading = false;
    bool m_processing = false;
    Owner &m_owner;
    WebSocketFrameReader m_reader;
    qint64 m_lastSentMs = -1; ///< as of a sweep
    qint64 m_closingMs = -1; ///< since when only the client's end is waited for
};

}
