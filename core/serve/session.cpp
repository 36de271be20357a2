#include "core/serve/session.h"

#include <algorithm>

namespace restream {

using Action = ClientMessage::Action;

Session::Session(ServeContext &context, std::unique_ptr<Transport> transport,
                 ClientMessage::Protocol protocol)
    : m_context(context),
      m_peer(std::move(transport), context.options.limits, context.outbox, *this),
      m_tokens(context.options.limits.messageBurst),
      m_tokensMs(context.clock.monotonicMs()),
      m_floodMs(m_tokensMs),
      m_protocol(protocol)
{
}

Session::~Session()
{
    forgetLoading();
}

void Session::forgetLoading()
{
    const auto loading = std::exchange(m_loading, {});
    for (const Loading &one : loading)
        one.feed->forget(this);
}

void Session::settle()
{
    dropSubscriptions();
    forgetLoading();
}

void Session::start(const QByteArray &handshakeAnswer, const QByteArray &early)
{
    m_peer.send(handshakeAnswer, WebSocketPeer::Kind::Answer);
    hello();
    m_peer.start(early);
}

void Session::gone()
{
    m_gone = true;
    m_context.sessionLeaves(*this);
}

void Session::closing()
{
    m_context.sessionLeaves(*this);
}

bool Session::framesReceived(int frames)
{
    const ServeLimits &limits = m_context.options.limits;
    const qint64 now = m_context.clock.monotonicMs();
    if (now - m_floodMs >= limits.floodMs) {
        m_floodMs = now;
        m_floodCount = 0;
    }
    m_floodCount += frames;
    if (m_floodCount <= limits.floodMessages)
        return true;
    m_peer.close(4429, "too many messages");
    return false;
}

bool Session::mayAsk()
{
    const ServeLimits &limits = m_context.options.limits;
    const qint64 now = m_context.clock.monotonicMs();
    m_tokens = std::min(double(limits.messageBurst),
                        m_tokens + double(now - m_tokensMs) * limits.messagesPerSecond / 1000);
    m_tokensMs = now;
    if (m_tokens < 1)
        return false;
    m_tokens -= 1;
    return true;
}

void Session::messageReceived(const QByteArray &message, bool isText)
{
    const ParsedMessage parsed = parseClientMessage(message, m_protocol);
    if (!mayAsk()) {
        refuse({ QStringLiteral("rate_limited"),
                 QStringLiteral("More than %1 messages a second; this one was passed over.")
                     .arg(m_context.options.limits.messagesPerSecond) },
               parsed.message.ref);
    } else if (!isText) {
        refuse({ QStringLiteral("bad_message"),
                 QStringLiteral("The message is binary; messages are JSON in text frames.") },
               parsed.message.ref);
    } else if (parsed.error) {
        refuse(*parsed.error, parsed.message.ref);
    } else {
        handle(parsed.message);
    }
}

void Session::handle(const ClientMessage &message)
{
    switch (message.action) {
    case Action::Subscribe:
    case Action::Unsubscribe:
        handleNamed(message);
        break;
    case Action::UnsubscribeAll:
        handleUnsubscribeAll(message);
        break;
    case Action::List:
        list(message);
        break;
    case Action::Ping:
        ping(message);
        break;
    case Action::Auth:
        // Loopback needs no token: whoever sends one by habit is let on without a word.
        break;
    }
}

void Session::handleNamed(const ClientMessage &message)
{
    const auto channel = m_context.hub.channels().constFind(message.channel);
    if (channel == m_context.hub.channels().constEnd()) {
        refuse(unknownChannel(message.channel), message.ref);
        return;
    }
    const Result<Params> params = resolveParams(*channel, message.params);
    if (!params) {
        refuse(params.error(), message.ref);
        return;
    }
    const QByteArray name = streamName(message.channel, *params);
    StreamFeed *feed = m_context.feeds.find(name);
    if (message.action == Action::Unsubscribe) {
        const bool waits = std::any_of(m_loading.begin(), m_loading.end(),
                                       [feed](const Loading &one) { return one.feed == feed; });
        if (feed != nullptr && waits)
            wait(*feed, message);
        else
            unsubscribe(name, message);
        return;
    }
    const int limit = m_context.options.limits.subscriptionsPerClient;
    if (!subscribesOrWill(name) && subscribedOrWaiting() >= size_t(limit)) {
        refuse({ QStringLiteral("too_many_subscriptions"),
                 QStringLiteral("A connection may hold %1 subscriptions; unsubscribe from some, or "
                                "open another connection.")
                     .arg(limit) },
               message.ref);
        return;
    }
    if (feed == nullptr)
        feed = &m_context.feeds.open(message.channel, *params, name);
    wait(*feed, message);
}

void Session::wait(StreamFeed &feed, const ClientMessage &message)
{
    if (feed.isLoading()) {
        auto loading = std::find_if(m_loading.begin(), m_loading.end(),
                                    [&feed](const Loading &one) { return one.feed == &feed; });
        if (loading == m_loading.end())
            loading = m_loading.insert(loading, { &feed, message.channel, 0, false });
        ++loading->waiting;
        loading->subscribes = message.action == Action::Subscribe;
    }
    feed.whenReady(this, [this, message, &feed](const Result<StreamFeed *> &ready) {
        const auto loading =
            std::find_if(m_loading.begin(), m_loading.end(),
                         [&feed](const Loading &one) { return one.feed == &feed; });
        if (loading != m_loading.end() && --loading->waiting == 0)
            m_loading.erase(loading);
        carryOut(ready, feed.name(), message);
    });
}

void Session::carryOut(const Result<StreamFeed *> &feed, const QByteArray &stream,
                       const ClientMessage &message)
{
    if (message.action == Action::Unsubscribe)
        unsubscribe(stream, message);
    else if (feed)
        subscribe(**feed, message);
    else
        refuse(feed.error(), message.ref);
}

void Session::handleUnsubscribeAll(const ClientMessage &message)
{
    size_t ended = unsubscribeAll(message);
    // Copied, since a stream that is loaded meanwhile changes the list.
    const std::vector<Loading> loading = m_loading;
    for (const Loading &one : loading) {
        if (!one.subscribes)
            continue;
        ClientMessage unsubscribe = message;
        unsubscribe.action = Action::Unsubscribe;
        unsubscribe.channel = one.channel;
        wait(*one.feed, unsubscribe);
        ++ended;
    }
    if (ended == 0)
        nothingToUnsubscribe(message);
}

bool Session::subscribesOrWill(const QByteArray &stream) const
{
    return isSubscribed(stream)
        || std::any_of(m_loading.begin(), m_loading.end(), [&stream](const Loading &one) {
               return one.subscribes && one.feed->name() == stream;
           });
}

size_t Session::subscribedOrWaiting() const
{
    const auto waiting = std::count_if(m_loading.begin(), m_loading.end(),
                                       [](const Loading &one) { return one.subscribes; });
    return subscriptions() + size_t(waiting);
}

}
