#pragma once

#include "core/clock.h"
#include "core/config/keystore.h"
#include "core/engineanswers.h"
#include "core/lifetime.h"
#include "core/poll/fetcher.h"
#include "core/worker.h"

#include <functional>
#include <memory>

namespace restream {

/// One poll by a definition that need not be saved: what comes is looked at, nothing is kept but that the call was made. Engine thread. Destroying it ends it.
class Trial final
{
public:
    struct Context
    {
        Clock &clock;
        Worker &worker; ///< reads the body
        FetcherFactory fetchers;
        /// Reads keys from the key store.
        std::function<void(const ChannelDefinition &, const QStringList &names,
                           std::function<void(Result<Keys>)>)>
            readKeys;
        /// Leave by the quota, as StateStore::recordCall() gives it.
        std::function<void(const ChannelDefinition &, const Params &, const Keys &,
                           std::function<void(Result<qint64>)>)>
            askLeave;
    };
    using Done = std::function<void(TryOutcome)>;

    Trial(Context context, Done done) : m_context(std::move(context)), m_done(std::move(done)) { }

    /// `given` keys go before those of the key store. Calls `done` once, possibly at once.
    void start(const QByteArray &json, const QString &file, const Params &params, Keys given);

private:
    void gotKeys(const Result<Keys> &keys, Keys given);
    void gotLeave(const Result<qint64> &leave, const Keys &keys);
    void fetched(FetchResult result);
    void end(std::optional<Error> error);

    Context m_context;
    Done m_done;
    ChannelDefinition m_definition;
    Params m_params;
    TryOutcome m_outcome;
    qint64 m_startMs = 0;
    std::unique_ptr<Fetcher> m_fetcher;
    Lifetime m_lifetime;
};

}
