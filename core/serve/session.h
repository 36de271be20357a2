#pragma once

#include "core/serve/clientmessage.h"
#include "core/serve/servecontext.h"
#include "core/serve/websocketpeer.h"

namespace restream {

/// One WebSocket client: its limits, its messages, and the order of what it asked for while a stream is loading. The two protocols derive from it.
class Session : protected WebSocketPeer::Owner
{
public:
    Session(ServeContext &context, std::unique_ptr<Transport> transport,
            ClientMessage::Protocol protocol);
    virtual ~Session();
    Session(const Session &) = delete;
    Session &operator=(const Session &) = delete;

    /// Answers the handshake, says hello and starts reading; `early` came behind the handshake already.
    void start(const QByteArray &handshakeAnswer, const QByteArray &early);
    void close(quint16 code, QByteArrayView reason) { m_peer.close(code, reason); }
    void sweep(qint64 nowMs) { m_peer.sweep(nowMs); }
    [[nodiscard]] bool isGone() const { return m_gone; }
    /// Ends the subscriptions of one that is only being closed.
    void settle();

    // Its owner's.
    size_t place = 0;
    bool isLeaving = false;

protected:
    [[nodiscard]] WebSocketPeer &peer() { return m_peer; }
    [[nodiscard]] ServeContext &context() { return m_context; }
    void answer(const QByteArray &json)
    {
        m_peer.send(textFrame(json), WebSocketPeer::Kind::Answer);
    }

    // What the protocols differ in.
    virtual void hello() = 0;
    virtual void refuse(const Error &error, const QByteArray &ref) = 0;
    [[nodiscard]] virtual bool isSubscribed(const QByteArray &stream) const = 0;
    [[nodiscard]] virtual size_t subscriptions() const = 0;
    virtual void subscribe(StreamFeed &feed, const ClientMessage &message) = 0;
    /// Also where it was not subscribed.
    virtual void unsubscribe(const QByteArray &stream, const ClientMessage &message) = 0;
    /// Ends all that there are; gives how many.
    virtual size_t unsubscribeAll(const ClientMessage &message) = 0;
    virtual void nothingToUnsubscribe(const ClientMessage &message) = 0;
    virtual void list(const ClientMessage &message) = 0;
    virtual void ping(const ClientMessage &message) = 0;
    virtual void dropSubscriptions() = 0;

private:
    /// A stream that is still loading, and what it is asked for last.
    struct Loading
    {
        StreamFeed *feed;
        QString channel;
        int waiting;
        bool subscribes;
    };

    void messageReceived(const QByteArray &message, bool isText) final;
    bool framesReceived(int frames) final;
    void closing() final;
    void gone() final;
    void forgetLoading();
    [[nodiscard]] bool mayAsk();
    void handle(const ClientMessage &message);
    void handleNamed(const ClientMessage &message);
    void handleUnsubscribeAll(const ClientMessage &message);
    void wait(StreamFeed &feed, const ClientMessage &message);
    void carryOut(const Result<StreamFeed *> &feed, const QByteArray &stream,
                  const ClientMessage &message);
    [[nodiscard]] bool subscribesOrWill(const QByteArray &stream) const;
    [[nodiscard]] size_t subscribedOrWaiting() const;

    ServeContext &m_context;
    WebSocketPeer m_peer;
    std::vector<Loading> m_loading;
    double m_tokens;
    qint64 m_tokensMs;
    qint64 m_floodMs; ///< when the count began
    int m_floodCount = 0;
    ClientMessage::Protocol m_protocol;
    bool m_gone = false;
};

}
