#pragma once

#include "core/config/channeldefinition.h"
#include "core/result.h"

#include <QByteArray>

namespace restream {

/// An XML document (UTF-8, whatever its declaration says) as JSON text, by the rule of docs/channel.md, "XML".
///
/// `definition` says where the items are (items, shape), so that one alone is a list too. Limits: 256 levels, 4 million elements; a document type
/// with declarations of its own is refused, and with it every entity but XML's five. Linear in time. Pure.
/// Error: `not_xml`, with line and column.
Result<QByteArray> xmlToJson(const QByteArray &text, const ChannelDefinition &definition);

}
