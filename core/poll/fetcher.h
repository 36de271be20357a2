#pragma once

#include "core/config/keystore.h"
#include "core/config/params.h"
#include "core/poll/calltrace.h"
#include "core/result.h"

#include <QByteArray>

#include <functional>
#include <memory>
#include <optional>

namespace restream {

/// What an answer is recognised by at the next poll.
struct Validators
{
    QByteArray etag;
    QByteArray lastModified;

    bool operator==(const Validators &) const = default;
};

struct FetchRequest
{
    Params params;
    Keys keys;
    Validators validators; ///< of the last good answer; empty: ask for the whole
    bool trace = false; ///< whether the result is to carry a trace
};

/// What one call brought.
struct FetchResult
{
    enum class Kind {
        Body, ///< a new body
        NotModified, ///< 304: the same as the last good one
        NoContent, ///< 204: no change, and not a poll that counts for `removal.after`
        Failed, ///< asked again later, backing off
        RateLimited, ///< the server said wait (429, or 503 with Retry-After)
        Refused ///< nothing will be asked until a person acts: 401, 403, a key that is missing
    };

    Kind kind = Kind::Failed;
    QByteArray body;
    QByteArray contentType; ///< of the body, as sent; empty where nobody says
    Validators validators;
    Error error; ///< of all kinds from Failed on
    std::optional<qint64> retryAfterMs; ///< as the server said, not yet capped
    std::shared_ptr<const CallTrace> trace; ///< where it was asked for, of an HTTP call
};

/// How a channel's bodies are got. Lives on the engine thread. One call at a time.
class Fetcher
{
public:
    virtual ~Fetcher() = default; ///< Cancels a call under way: its callback is not called.

    /// Calls `done` exactly once, later, unless cancelled.
    virtual void fetch(const FetchRequest &request, std::function<void(FetchResult)> done) = 0;
    virtual void cancel() = 0;
    /// True where a call goes to somebody else's server, and so counts for quotas and intervals over restarts.
    [[nodiscard]] virtual bool isRemote() const = 0;
};

/// Makes the fetcher of a channel; how is the composer's business (app/).
using FetcherFactory = std::function<std::unique_ptr<Fetcher>(const ChannelDefinition &)>;

}
