#include "core/serve/itemsession.h"

#include "core/stream/jsontext.h"

#include <algorithm>

namespace restream {
namespace {

using Kind = WebSocketPeer::Kind;

}

class ItemSession::Subscription final : public Subscriber
{
public:
    enum class State : quint8 {
        Live,
        AwaitsFirst, ///< never polled: the items follow the first good poll
        AwaitsAnew ///< it holds items of another epoch
    };

    Subscription(ItemSession &session, StreamFeed &feed)
        : m_session(session),
          m_feed(feed),
          m_channel(feed.stream().definition().name)
    {
        m_feed.holdItems();
    }
    ~Subscription() override
    {
        m_feed.releaseItems();
        m_feed.remove(*this);
    }

    [[nodiscard]] const QByteArray &name() const { return m_feed.name(); }
    [[nodiscard]] const QString &channel() const { return m_channel; }

    void begin();

    void streamChanged(const ChangesetPtr &changes) override;
    void streamReset() override;
    void statusChanged() override;
    void streamEnded(const Error &reason) override;

private:
    ItemSession &m_session;
    StreamFeed &m_feed;
    QString m_channel;
    State m_state = State::Live;
    std::optional<Error> m_said; ///< why it is paused, as the client was told
};

void ItemSession::Subscription::begin()
{
    if (m_feed.stream().seq() > 0)
        m_session.peer().send(m_feed.frames().itemSnapshot(), Kind::Exempt);
    else
        m_state = State::AwaitsFirst;
    statusChanged();
    m_feed.add(*this);
}

void ItemSession::Subscription::streamChanged(const ChangesetPtr &changes)
{
    WebSocketPeer &peer = m_session.peer();
    if (m_state == State::Live) {
        if (!peer.send(m_feed.frames().itemChanges(changes), Kind::Data))
            peer.close(4408, "slow consumer");
        return;
    }
    if (m_state == State::AwaitsAnew)
        peer.send(m_feed.itemRemovals(), Kind::Exempt);
    peer.send(m_feed.frames().itemSnapshot(), Kind::Exempt);
    m_state = State::Live;
}

void ItemSession::Subscription::streamReset()
{
    if (m_state == State::Live)
        m_state = State::AwaitsAnew;
}

void ItemSession::Subscription::statusChanged()
{
    // The protocol has no word for a state: only what a person must mend is said, once.
    const StreamStatus &status = m_feed.stream().status();
    const auto paused =
        status.state == StreamStatus::State::Paused ? status.error : std::optional<Error>();
    if (paused && paused != m_said)
        m_session.refuse(*paused, {});
    m_said = paused;
}

void ItemSession::Subscription::streamEnded(const Error &reason)
{
    m_session.refuse(reason, {});
    m_session.unsubscribe(QByteArray(name()), {});
}

ItemSession::ItemSession(ServeContext &context, std::unique_ptr<Transport> transport)
    : Session(context, std::move(transport), ClientMessage::Protocol::Items)
{
}

ItemSession::~ItemSession() = default;

void ItemSession::hello()
{
    answer(R"({"__restream_type":"ready"})");
}

void ItemSession::refuse(const Error &error, const QByteArray &)
{
    answer(R"({"__restream_type":"error","message":)" + jsonString(error.message)
           + ",\"code\":" + jsonString(error.code) + '}');
}

void ItemSession::acknowledge(QByteArrayView what, const QString &channel)
{
    answer(R"({"__restream_type":")" + what.toByteArray() + R"(","channel":)" + jsonString(channel)
           + '}');
}

bool ItemSession::isSubscribed(const QByteArray &stream) const
{
    return std::any_of(m_subscriptions.begin(), m_subscriptions.end(),
                       [&stream](const auto &one) { return one->name() == stream; });
}

void ItemSession::subscribe(StreamFeed &feed, const ClientMessage &message)
{
    if (isSubscribed(feed.name()))
        return;
    acknowledge("subscribe", message.channel);
    m_subscriptions.push_back(std::make_unique<Subscription>(*this, feed));
    m_subscriptions.back()->begin();
    context().defer();
}

void ItemSession::unsubscribe(const QByteArray &stream, const ClientMessage &message)
{
    const auto found = std::find_if(m_subscriptions.begin(), m_subscriptions.end(),
                                    [&stream](const auto &one) { return one->name() == stream; });
    QString channel = message.channel;
    if (found != m_subscriptions.end()) {
        channel = (*found)->channel();
        std::swap(*found, m_subscriptions.back());
        m_subscriptions.pop_back();
        context().defer();
    }
    acknowledge("unsubscribe", channel);
}

size_t ItemSession::unsubscribeAll(const ClientMessage &message)
{
    const size_t count = m_subscriptions.size();
    while (!m_subscriptions.empty())
        unsubscribe(QByteArray(m_subscriptions.back()->name()), message);
    return count;
}

void ItemSession::dropSubscriptions()
{
    m_subscriptions.clear();
}

}
