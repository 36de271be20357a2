#pragma once

#include "core/stream/bytescan.h"
#include "core/stream/jsontext.h"

namespace restream {

/// Appends `text` (UTF-8) to `json` as a JSON string with its quotes; what needs no escape is copied in runs.
inline void appendJsonString(QByteArray &json, QByteArrayView text)
{
    const char *at = text.data();
    const char *const end = at + text.size();
    json.append('"');
    for (;;) {
        const char *const special = jsonscan::findInString(at, end);
        json.append(at, special - at);
        if (special == end)
            break;
        const QByteArray escaped = jsonString(QByteArrayView(special, 1));
        json.append(escaped.constData() + 1, escaped.size() - 2);
        at = special + 1;
    }
    json.append('"');
}

}
