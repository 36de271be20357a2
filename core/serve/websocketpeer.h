#pragma once

#include "core/serve/serveoptions.h"
#include "core/serve/websocketframe.h"

#include <QByteArray>

#include <functional>
#include <memory>
#include <vector>

class QSocketNotifier;

namespace restream {

/// One WebSocket after its handshake, on a plain descriptor.
///
/// A frame goes straight to the descriptor where nothing waits, else into a queue that shares the frame's bytes. No call here may
/// destroy the peer. start() hands on what came early; the others call nothing of the owner but closing() and gone(), which must
/// only take note.
class WebSocketPeer final
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

    /// What the bound of the queue means for a message.
    enum class Kind : quint8 {
        Answer, ///< always queued; while too much waits, nothing is read from the client
        Exempt, ///< what a subscriber gets at subscription: as Answer
        Data ///< bounded
    };

    /// Takes `descriptor`, which does not block, and closes it in the end.
    WebSocketPeer(int descriptor, const ServeLimits &limits, Owner &owner);
    ~WebSocketPeer();
    Q_DISABLE_COPY_MOVE(WebSocketPeer)

    /// Starts reading; `early` came behind the handshake already.
    void start(const QByteArray &early);
    /// Sends whole frames. False: past the bound, not taken (Data only). Once closing, everything is dropped.
    bool send(const QByteArray &frames, Kind kind, void *tag = nullptr);
    /// Drops the Data that waits but for what is partly sent; `dropped` gets the tag of each.
    void dropData(const std::function<void(void *tag)> &dropped);
    void untag(void *tag); ///< forgets one that is about to end

    /// Sends a close frame behind what is partly sent, and ends once the client has read it, or on a deadline.
    void close(quint16 code, QByteArrayView reason);
    /// Pings, and cuts off who is stalled or slow to close. Call it every few seconds.
    void sweep(qint64 nowMs);
    [[nodiscard]] bool isIdle() const { return m_queue.empty(); } ///< nothing waits

private:
    enum class State : quint8 { Open, Closing, Gone };
    struct Queued
    {
        QByteArray bytes;
        void *tag;
        Kind kind;
    };

    void end();
    qint64 write(QByteArrayView bytes); ///< -1: the connection is broken
    void enqueue(const QByteArray &bytes, qint64 sent, Kind kind, void *tag);
    void canRead();
    void canWrite();
    void process();
    void handle(const WebSocketFrameReader::Event &event);
    void setReading(bool on);

    Owner &m_owner;
    const ServeLimits &m_limits;
    std::unique_ptr<QSocketNotifier> m_readable;
    std::unique_ptr<QSocketNotifier> m_writable;
    WebSocketFrameReader m_reader;
    std::vector<Queued> m_queue;
    qint64 m_sentOfFirst = 0;
    qint64 m_waiting = 0; ///< bytes queued
    qint64 m_bounded = 0; ///< those of them that the bound is for
    qint64 m_lastSentMs = -1; ///< as of a sweep
    qint64 m_closingMs = -1; ///< since when only the client's end is waited for
    int m_descriptor;
    State m_state = State::Open;
    bool m_sent = true; ///< since the last sweep
    bool m_processing = false;
};

}
