#include "core/stream/digest.h"

namespace restream {

Result<Digest> digestBody(const QByteArray &body, const ItemSet &held,
                          const ChannelDefinition &definition, qint64 poll)
{
    const Result<PolledItems> polled = readItems(body, definition, held);
    if (!polled)
        return polled.error();
    return Digest { diff(*polled, diffRules(definition), poll), polled->withoutId,
                    polled->duplicates, polled->beyondLimit };
}

}
