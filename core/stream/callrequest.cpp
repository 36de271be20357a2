#include "core/stream/callrequest.h"

#include "core/poll/quota.h"

namespace restream {

CallRequest callRequest(const QByteArray &salt, const ChannelDefinition &definition,
                        const Params &params, const Keys &keys, qint64 nowMs)
{
    CallRequest call;
    call.stream = streamName(definition.name, params);
    call.nowMs = nowMs;
    call.quota = definition.quota;
    if (!call.quota.isEmpty())
        call.bucket = quotaBucket(salt, keys, requestHost(definition, params));
    return call;
}

}
