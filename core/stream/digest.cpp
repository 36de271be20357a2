#include "core/stream/digest.h"

#include "core/stream/formatbody.h"

namespace restream {

Result<Digest> digestBody(const QByteArray &body, const QByteArray &contentType,
                          const ItemSet &held, const ChannelDefinition &definition, qint64 poll)
{
    const Result<PolledItems> polled = readBody(body, contentType, definition, held);
    if (!polled)
        return polled.error();
    return Digest { diff(*polled, diffRules(definition), poll), polled->withoutId,
                    polled->duplicates, polled->beyondLimit };
}

}
