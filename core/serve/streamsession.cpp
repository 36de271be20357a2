#include "core/serve/streamsession.h"

#include "core/serve/channellist.h"
#include "core/stream/jsontext.h"

#include <algorithm>

namespace restream {
namespace {

using Kind = WebSocketPeer::Kind;

/// `,"ref":…`, or nothing.
QByteArray refMember(const QByteArray &ref)
{
    return ref.isEmpty() ? QByteArray() : ",\"ref\":" + ref;
}

/// `recovered`: "true", "false", or empty where nothing was to be resumed.
QByteArray subscribedJson(const Stream &stream, QByteArrayView recovered, const QByteArray &ref)
{
    QByteArray out =
        "{\"type\":\"subscribed\",\"stream\":" + jsonString(QByteArrayView(stream.name()))
        + ",\"channel\":" + jsonString(stream.definition().name) + ",\"params\":"
        + jsonParams(stream.params()) + ",\"epoch\":" + jsonString(QByteArrayView(stream.epoch()))
        + ",\"seq\":" + QByteArray::number(stream.seq());
    if (!recovered.isEmpty()) {
        out += ",\"recovered\":";
        out += recovered;
    }
    return out + refMember(ref) + '}';
}

}

class StreamSession::Subscription final : public Subscriber
{
public:
    /// What its next data is.
    enum class State : quint8 {
        Live, ///< changes
        Awaiting, ///< a snapshot, once the stream has been polled
        Lagging ///< a snapshot, once the client reads again
    };

    Subscription(StreamSession &session, StreamFeed &feed, UpdateForm form)
        : m_session(session),
          m_feed(feed),
          m_form(form)
    {
    }
    ~Subscription() override
    {
        m_session.peer().untag(this);
        m_feed.remove(*this);
    }

    [[nodiscard]] const QByteArray &name() const { return m_feed.name(); }
    /// It missed something: what is so now is said once the client reads again.
    [[nodiscard]] bool isBehind() const { return m_isBehind; }

    /// What it gets at subscription; then it is live.
    void begin(const ClientMessage &message);
    void dataDropped() { lag(SnapshotReason::Lagged); }
    void catchUp();

    void streamChanged(const ChangesetPtr &changes) override;
    void streamReset() override;
    void statusChanged() override;
    void streamEnded(const Error &reason) override { m_session.ended(*this, reason); }

private:
    void send(const QByteArray &frame);
    void sendSnapshot();
    void lag(SnapshotReason reason);

    StreamSession &m_session;
    StreamFeed &m_feed;
    UpdateForm m_form;
    State m_state = State::Live;
    bool m_isBehind = false;
    SnapshotReason m_reason = SnapshotReason::Subscribed;
};

void StreamSession::Subscription::begin(const ClientMessage &message)
{
    const Stream &stream = m_feed.stream();
    std::optional<std::vector<ChangesetPtr>> missed;
    if (message.since && message.since->epoch == stream.epoch())
        missed = stream.history().since(message.since->seq, stream.seq());
    const QByteArrayView recovered = !message.since ? "" : missed ? "true" : "false";
    m_session.answer(subscribedJson(stream, recovered, message.ref));
    if (missed) {
        for (const ChangesetPtr &changes : *missed)
            m_session.peer().send(m_feed.frames().changes(changes, m_form), Kind::Exempt);
    } else if (message.since || message.snapshot) {
        m_reason = message.since ? SnapshotReason::Resync : SnapshotReason::Subscribed;
        if (stream.seq() > 0)
            sendSnapshot();
        else
            m_state = State::Awaiting;
    }
    if (m_feed.isStatusKnown())
        m_session.peer().send(m_feed.frames().status(), Kind::Exempt);
    m_feed.add(*this);
}

void StreamSession::Subscription::sendSnapshot()
{
    m_state = State::Live;
    m_session.peer().send(m_feed.frames().snapshot(m_reason), Kind::Exempt);
}

void StreamSession::Subscription::send(const QByteArray &frame)
{
    if (!m_session.peer().send(frame, Kind::Data, this)) {
        lag(SnapshotReason::Lagged);
        m_session.lagging();
    }
}

void StreamSession::Subscription::lag(SnapshotReason reason)
{
    m_isBehind = true;
    m_session.m_anyLags = true;
    // Who has yet to get a first snapshot of an epoch gets that one, and until then missed a status only.
    if (m_state == State::Awaiting)
        return;
    if (m_state != State::Lagging)
        m_reason = reason;
    m_state = State::Lagging;
}

void StreamSession::Subscription::catchUp()
{
    m_isBehind = false;
    if (m_state == State::Lagging)
        sendSnapshot();
    m_session.peer().send(m_feed.frames().status(), Kind::Exempt);
}

void StreamSession::Subscription::streamChanged(const ChangesetPtr &changes)
{
    switch (m_state) {
    case State::Live:
        send(m_feed.frames().changes(changes, m_form));
        break;
    case State::Awaiting:
        m_state = State::Live;
        if (m_session.peer().isIdle())
            sendSnapshot();
        else
            lag(m_reason);
        break;
    case State::Lagging:
        break;
    }
}

void StreamSession::Subscription::streamReset()
{
    m_state = State::Awaiting;
    m_reason = SnapshotReason::Resync;
}

void StreamSession::Subscription::statusChanged()
{
    if (m_state != State::Lagging)
        send(m_feed.frames().status());
}

StreamSession::StreamSession(ServeContext &context, std::unique_ptr<Transport> transport)
    : Session(context, std::move(transport), ClientMessage::Protocol::Changes)
{
}

StreamSession::~StreamSession() = default;

void StreamSession::hello()
{
    answer(R"({"type":"ready","protocol":1,"server":"Restream )" RESTREAM_VERSION R"("})");
}

void StreamSession::refuse(const Error &error, const QByteArray &ref)
{
    answer("{\"type\":\"error\",\"code\":" + jsonString(error.code)
           + ",\"message\":" + jsonString(error.message) + refMember(ref) + '}');
}

StreamSession::Subscriptions::iterator StreamSession::find(const QByteArray &stream)
{
    return std::find_if(m_subscriptions.begin(), m_subscriptions.end(),
                        [&stream](const auto &one) { return one->name() == stream; });
}

bool StreamSession::isSubscribed(const QByteArray &stream) const
{
    return std::any_of(m_subscriptions.begin(), m_subscriptions.end(),
                       [&stream](const auto &one) { return one->name() == stream; });
}

void StreamSession::remove(Subscriptions::iterator subscription)
{
    std::swap(*subscription, m_subscriptions.back());
    m_subscriptions.pop_back();
    context().defer();
}

void StreamSession::subscribe(StreamFeed &feed, const ClientMessage &message)
{
    if (const auto before = find(feed.name()); before != m_subscriptions.end())
        remove(before);
    m_subscriptions.push_back(std::make_unique<Subscription>(*this, feed, message.updates));
    m_subscriptions.back()->begin(message);
    context().defer();
}

void StreamSession::sayUnsubscribed(const QByteArray &stream, const QByteArray &ref)
{
    answer("{\"type\":\"unsubscribed\",\"stream\":" + jsonString(QByteArrayView(stream))
           + refMember(ref) + '}');
}

void StreamSession::unsubscribe(const QByteArray &stream, const ClientMessage &message)
{
    if (const auto subscription = find(stream); subscription != m_subscriptions.end())
        remove(subscription);
    sayUnsubscribed(stream, message.ref);
}

size_t StreamSession::unsubscribeAll(const ClientMessage &message)
{
    const size_t count = m_subscriptions.size();
    while (!m_subscriptions.empty()) {
        const QByteArray name = m_subscriptions.back()->name();
        remove(m_subscriptions.end() - 1);
        sayUnsubscribed(name, message.ref);
    }
    return count;
}

void StreamSession::nothingToUnsubscribe(const ClientMessage &message)
{
    answer("{\"type\":\"unsubscribed\",\"stream\":null" + refMember(message.ref) + '}');
}

void StreamSession::list(const ClientMessage &message)
{
    const auto subscribers = [this](const QByteArray &stream) {
        return context().feeds.subscribers(stream);
    };
    answer("{\"type\":\"channels\",\"channels\":" + channelListJson(context().hub, subscribers)
           + refMember(message.ref) + '}');
}

void StreamSession::ping(const ClientMessage &message)
{
    answer("{\"type\":\"pong\"" + refMember(message.ref) + '}');
}

void StreamSession::ended(Subscription &subscription, const Error &reason)
{
    refuse(reason, {});
    unsubscribe(QByteArray(subscription.name()), {});
}

void StreamSession::lagging()
{
    // Only subscriptions of this session are tags, and they take theirs back.
    peer().dropData([](void *tag) { static_cast<Subscription *>(tag)->dataDropped(); });
}

void StreamSession::dropSubscriptions()
{
    m_subscriptions.clear();
}

void StreamSession::drained()
{
    if (!m_anyLags)
        return;
    // One at a time: the next snapshot waits until this one was read.
    for (const auto &subscription : m_subscriptions) {
        if (!subscription->isBehind())
            continue;
        subscription->catchUp();
        if (!peer().isIdle())
            return;
    }
    m_anyLags = false;
}

}
