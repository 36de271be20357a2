#pragma once

#include "core/config/params.h"
#include "core/result.h"
#include "core/stream/stream.h"

#include <functional>
#include <memory>
#include <vector>

namespace restream {

/// What the serving side needs of the engine: the channels, and streams that are polled while somebody observes them.
/// Lives on the engine thread. core/engine.* owns the one implementation; tests of core/serve bring a fake.
class Hub
{
public:
    virtual ~Hub() = default;

    /// The channels that can be subscribed to, by name.
    [[nodiscard]] virtual const QMap<QString, ChannelDefinition> &channels() const = 0;
    /// Starts observing the stream of `channel` with `given` params, and polling it where nobody did.
    /// `ready` comes once the stream's kept state is loaded: at once where it already is, else later; `observer` is told of changes from
    /// then on. Observing twice is the caller's error.
    /// Errors: unknown_channel, those of resolveParams(), too_many_streams, internal.
    virtual void observe(const QString &channel, const Params &given, StreamObserver *observer,
                         std::function<void(Result<const Stream *>)> ready) = 0;
    /// Ends it, also while loading (`ready` is then not called). 30 s after the last observer the stream is no longer polled.
    virtual void unobserve(StreamObserver *observer) = 0;
    /// Streams in memory now, in order of their names.
    [[nodiscard]] virtual std::vector<const Stream *> streams() const = 0;
    [[nodiscard]] virtual qint64 nowMs() const = 0; ///< wall clock
};

}
