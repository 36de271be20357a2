#pragma once

#include "core/result.h"
#include "core/stream/changeset.h"

namespace restream {

/// Who gets the messages of one stream: one subscription of one connection. What a StreamFeed tells it may not add or remove
/// subscribers, streamEnded() apart.
class Subscriber
{
public:
    virtual ~Subscriber() = default;

    virtual void streamChanged(const ChangesetPtr &changes) = 0;
    /// A new epoch; the next changeset is its first.
    virtual void streamReset() = 0;
    /// The state changed; at most once a second.
    virtual void statusChanged() = 0;
    /// The stream was taken away. The subscriber is removed already and may destroy itself.
    virtual void streamEnded(const Error &reason) = 0;

private:
    friend class StreamFeed;
    qsizetype m_place = -1; ///< among the feed's subscribers
};

}
