#pragma once

#include "core/stream/itemreader.h"

namespace restream {

using BodyFormat = ChannelDefinition::Format;

/// What `body` is read as; never Auto. The definition's format counts, else what Content-Type says; where that says nothing of the four, a body that
/// begins with "<" is XML, and any other JSON.
BodyFormat bodyFormat(const QByteArray &body, const QByteArray &contentType,
                      const ChannelDefinition &definition);

/// `body` as the JSON text that readItems() reads (docs/channel.md, "Formats"); `contentType` as sent, or empty. A JSON body in UTF-8 is given back as it is,
/// not copied and not checked. Pure; any thread.
/// Errors: `empty_body`, `bad_charset`, `not_xml`, `not_csv`, `not_ndjson`, `too_large`.
Result<QByteArray> decodeBody(const QByteArray &body, const QByteArray &contentType,
                              const ChannelDefinition &definition);

/// From a body as it came to its items: decodeBody(), then readItems(), with the errors of both.
Result<PolledItems> readBody(const QByteArray &body, const QByteArray &contentType,
                             const ChannelDefinition &definition, const ItemSet &held = {});

}
