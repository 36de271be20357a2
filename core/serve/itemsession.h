#pragma once

#include "core/serve/session.h"

#include <memory>

namespace restream {

/// A client of `/channels` (docs/protocol.md §3): item messages, as clients of the original Restream know them.
class ItemSession final : public Session
{
public:
    ItemSession(ServeContext &context, std::unique_ptr<Transport> transport);
    ~ItemSession() override;

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
    void nothingToUnsubscribe(const ClientMessage &) override { }
    void list(const ClientMessage &) override { } ///< not part of this protocol, nor is ping
    void ping(const ClientMessage &) override { }
    void dropSubscriptions() override;
    void drained() override { }

    void acknowledge(QByteArrayView what, const QString &channel);

    Subscriptions m_subscriptions;
};

}
