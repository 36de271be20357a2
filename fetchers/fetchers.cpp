#include "fetchers/fetchers.h"

#include "core/poll/httpclient.h"
#include "fetchers/httpfetcher.h"
#include "fetchers/replayfetcher.h"

namespace restream {

FetcherFactory makeFetcherFactory(Clock &clock)
{
    return [&clock, client = std::make_shared<HttpClient>(clock)](
               const ChannelDefinition &channel) -> std::unique_ptr<Fetcher> {
        switch (channel.fetcher) {
        case ChannelDefinition::FetcherKind::Replay:
            return std::make_unique<ReplayFetcher>(clock, channel);
        case ChannelDefinition::FetcherKind::Http:
            break;
        }
        return std::make_unique<HttpFetcher>(clock, client, channel);
    };
}

}
