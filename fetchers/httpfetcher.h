#pragma once

#include "core/poll/fetcher.h"
#include "core/poll/httpclient.h"

#include <QObject>

#include <memory>
#include <optional>

namespace restream {

/// Gets a channel's bodies over HTTP. All share one HttpClient.
class HttpFetcher final : public Fetcher
{
public:
    HttpFetcher(Clock &clock, std::shared_ptr<HttpClient> client, ChannelDefinition channel);
    ~HttpFetcher() override;

    void fetch(const FetchRequest &request, std::function<void(FetchResult)> done) override;
    void cancel() override;
    [[nodiscard]] bool isRemote() const override { return true; }

private:
    /// The request of these params and keys; built where it isn't the last one.
    [[nodiscard]] Result<HttpRequest> requestFor(const FetchRequest &request);
    void answered(Result<HttpAnswer> answer, const Keys &keys, const QString &host);
    void deliver(FetchResult result, const Keys &keys);

    Clock &m_clock;
    std::shared_ptr<HttpClient> m_client;
    ChannelDefinition m_channel;
    std::function<void(FetchResult)> m_done; ///< set while a call is under way
    std::shared_ptr<CallTrace> m_trace; ///< of the call under way, where wanted
    struct Built
    {
        Params params;
        Keys keys;
        HttpRequest request;
    };
    std::optional<Built> m_built;
    std::unique_ptr<HttpCall> m_call;
    std::unique_ptr<QObject> m_later; ///< holds a result that needs no call until it is told
};

}
