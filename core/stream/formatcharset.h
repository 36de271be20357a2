#pragma once

#include "core/result.h"

#include <QByteArray>

namespace restream {

/// The charset that a Content-Type names, in lower case and without quotes; empty where it names none.
QByteArray charsetOf(const QByteArray &contentType);

/// The encoding that an XML declaration at the start of `body` names (XML 1.0 §4.3.3), in lower case; empty where there is none.
QByteArray xmlEncodingOf(const QByteArray &body);

/// `body` as UTF-8 without a byte order mark. What it is written in says its byte order mark, else `charset`; UTF-8 where both are silent. Nothing is
/// copied where it is UTF-8 already. As in browsers (WHATWG Encoding §4.2), ISO-8859-1 means windows-1252, and ASCII is read as UTF-8.
/// Pure. Error: `bad_charset`, with the charset's name where it is unknown, with the offset of the first byte that it does not allow.
Result<QByteArray> toUtf8(const QByteArray &body, const QByteArray &charset);

}
