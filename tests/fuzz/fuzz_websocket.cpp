// Any bytes as a client's frames: however they are cut into pieces, the same events come of them. The first byte says how they are cut.

#include "core/serve/websocketframe.h"

#include <cstdlib>
#include <vector>

using namespace restream;

namespace {

using Event = WebSocketFrameReader::Event;
using Kind = Event::Kind;

constexpr qint64 limit = 1000;

void require(bool holds)
{
    if (!holds)
        std::abort();
}

void check(const Event &event)
{
    const bool isControl = event.kind == Kind::Ping || event.kind == Kind::Pong;
    require(event.payload.size() <= (isControl ? 125 : event.kind == Kind::Close ? 123 : limit));
    if (event.kind == Kind::Text || event.kind == Kind::Close)
        require(isUtf8(event.payload));
    if (event.kind == Kind::Violation)
        require(event.code == 1002 || event.code == 1007 || event.code == 1009);
    if (event.kind == Kind::Close && event.code != 1005)
        require(event.code >= 1000 && event.code <= 4999 && event.code != 1006);
}

struct Read
{
    std::vector<Event> events;
    int frames = 0;
};

/// Pieces are of `step` bytes, or, where that is 0, of one to eight by the bits of what is read. Ends with a violation.
Read read(QByteArrayView bytes, qsizetype step)
{
    Read all;
    WebSocketFrameReader reader(limit);
    while (!bytes.isEmpty()) {
        const qsizetype wanted = step > 0 ? step : 1 + (static_cast<unsigned char>(bytes[0]) & 7);
        const qsizetype size = std::min(wanted, bytes.size());
        // A copy of the exact size, so that a read beyond it is seen.
        const std::vector<char> piece(bytes.begin(), bytes.begin() + size);
        reader.append(QByteArrayView(piece.data(), size));
        bytes = bytes.sliced(size);
        for (Event event = reader.next(); event.kind != Kind::NeedMore; event = reader.next()) {
            check(event);
            all.events.push_back(event);
            if (event.kind != Kind::Violation)
                continue;
            reader.append("\x81\x80\0\0\0\0");
            require(reader.next().kind == Kind::Violation);
            all.frames += reader.takeFrameCount();
            return all;
        }
        all.frames += reader.takeFrameCount();
    }
    return all;
}

}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const QByteArrayView bytes(data + 1, qsizetype(size - 1));
    const Read whole = read(bytes, bytes.size() + 1);
    const Read cut = read(bytes, data[0] % 32);
    require(whole.frames == cut.frames);
    require(whole.events.size() == cut.events.size());
    for (size_t i = 0; i < whole.events.size(); ++i) {
        const Event &one = whole.events[i];
        const Event &other = cut.events[i];
        require(one.kind == other.kind && one.code == other.code && one.payload == other.payload);
    }
    return 0;
}
