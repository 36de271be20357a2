#include "core/stream/digest.h"

namespace restream {

Result<Digest> digestBody(const QByteArray &body, const ItemSet &held,
                          const ChannelDefinition &definition, qint64 poll)
{
    const Result<PolledItems> polled = readItems(body, definition);
    if (!polled)
        return polled.error();
    return Digest { diff(held, *polled, diffRules(definition), poll), polled->withoutId,
                    polled->duplicates, polled->beyondLimit };
}

}
