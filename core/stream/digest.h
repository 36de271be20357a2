#pragma once

#include "core/stream/diff.h"

namespace restream {

/// What a body changed, and what of it could not be used.
struct Digest
{
    Difference difference;
    qint64 withoutId = 0;
    qint64 duplicates = 0;
    qint64 beyondLimit = 0;
};

/// From a body to what it changed: readBody(), then diff(). Pure; any thread. Errors: those of readBody().
Result<Digest> digestBody(const QByteArray &body, const QByteArray &contentType,
                          const ItemSet &held, const ChannelDefinition &definition, qint64 poll);

}
