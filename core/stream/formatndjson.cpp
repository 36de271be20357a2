#include "core/stream/formatndjson.h"

#include "core/stream/bytescan.h"
#include "core/stream/jsontext.h"

#include <algorithm>

namespace restream {

Result<QByteArray> ndjsonToJson(const QByteArray &text)
{
    QByteArray json;
    json.reserve(text.size() + 2);
    json.append('[');
    const char *const end = text.constData() + text.size();
    qint64 number = 1;
    for (const char *at = text.constData(); at < end; ++number) {
        const char *const lineEnd = std::find(at, end, '\n');
        const QByteArrayView line(at, lineEnd);
        at = lineEnd + (lineEnd == end ? 0 : 1);
        if (std::all_of(line.begin(), line.end(), jsonscan::isSpace))
            continue;
        if (const std::optional<JsonError> wrong = validateJson(line))
            return Error { QStringLiteral("not_ndjson"),
                           QStringLiteral("the answer can't be read as NDJSON: line %1 is not "
                                          "JSON: %2 at column %3")
                               .arg(number)
                               .arg(wrong->message)
                               .arg(wrong->offset + 1) };
        if (json.size() > 1)
            json.append(',');
        json.append(line);
    }
    json.append(']');
    return json;
}

}
