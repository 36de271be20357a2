#pragma once

#include "core/stream/formatbody.h"
#include "core/stream/jsontext.h"
#include "tests/stream/channels.h"

namespace restream {

/// The value, or "code: message".
inline QByteArray shown(const Result<QByteArray> &result)
{
    return result
        ? *result
        : QString(result.error().code + QStringLiteral(": ") + result.error().message).toUtf8();
}

/// UTF-16 of an ASCII text, without a byte order mark.
inline QByteArray utf16(const QByteArray &text, bool bigEndian)
{
    QByteArray result;
    for (const char c : text)
        result.append(bigEndian ? '\0' : c).append(bigEndian ? c : '\0');
    return result;
}

}
