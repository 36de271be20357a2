// XML, CSV and NDJSON: whatever comes is refused or becomes JSON, and nothing in between.
#include "core/stream/formatbody.h"
#include "core/stream/jsontext.h"

#include <cstdlib>

using namespace restream;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

}

/// The first byte chooses format, charset and options; the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const QByteArrayList types { "", "text/plain; charset=iso-8859-1",
                                        "text/plain; charset=utf-16",
                                        "text/plain; charset=shift_jis" };
    static const QStringList delimiters { QStringLiteral(","), QStringLiteral("\t"),
                                          QStringLiteral("\u00a7") };
    static const QStringList items { QString(), QStringLiteral("/a/b"),
                                     QStringLiteral("/a/b/0/c") };
    if (size == 0)
        return 0;
    const uint8_t choice = data[0];
    ChannelDefinition definition;
    definition.name = QStringLiteral("fuzz");
    definition.format = BodyFormat(1 + choice % 4);
    definition.csv = { delimiters[choice / 4 % 3], choice % 2 == 0 };
    definition.items = items[choice / 16 % 3];
    definition.request.maxBody = 100'000;
    // A copy of the exact size, so that a read beyond it is seen.
    const QByteArray body(reinterpret_cast<const char *>(data) + 1, qsizetype(size) - 1);
    const QByteArray type = types[choice / 64];
    const Result<QByteArray> json = decodeBody(body, type, definition);
    require(json ? true : !json.error().message.isEmpty());
    if (json && definition.format != BodyFormat::Json)
        require(!validateJson(*json));
    (void)readBody(body, type, definition);
    return 0;
}
