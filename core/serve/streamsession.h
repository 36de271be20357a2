#pragma once

#include "core/serve/session.h"

#include <memory>

namespace restream {

/// A client of `/v1/stream` (docs/protocol.md §4): changesets.
class StreamSession final : public Session
{
public:
    StreamSession(ServeContext &context, std::unique_ptr<Transport> transport);
    ~StreamSession() override;

private:
    class Subscription;
    using Subscriptions = std::vector<std::unique_ptr<Subscription>>;

    void hello() override;
    void refuse(const Error &error, const QByteArray &ref) override;
    [[nodiscard]] bool isSubscribed(const QByteArray &stream) const override;
    [[nodiscard]] size_t subscriptions() const override { return m_subscriptions.size(); }
    void subscribe(StreamFeed &feed, const ClientMessage &message) override;
    void unsubscribe(const QByteArray &stream, const ClientMessage &message) override;
    size_t unsubscribeAll(const ClientMessage &message) override;
    void nothingToUnsubscribe(const ClientMessage &message) override;
    void list(const ClientMessage &message) override;
    void ping(const ClientMessage &message) override;
    void dropSubscriptions() override;
    void drained() override;

    void ended(Subscription &subscription, const Error &reason);
    void lagging();
    void sayUnsubscribed(const QByteArray &stream, const QByteArray &ref);
    [[nodiscard]] Subscriptions::iterator find(const QByteArray &stream);
    void remove(Subscriptions::iterator subscription);

    Subscriptions m_subscriptions;
    bool m_anyLags = false;
};

}
