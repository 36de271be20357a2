// Any bytes as the head of a request: however they are cut into pieces, the same comes of them. A server looks at all that has come, again
// with each piece, until it knows.

#include "core/serve/httprequesthead.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

using namespace restream;

namespace {

using State = HttpParse::State;

constexpr qint64 limit = 300;

void require(bool holds)
{
    if (!holds)
        std::abort();
}

HttpParse parse(QByteArrayView bytes)
{
    // A copy of the exact size, so that a read beyond it is seen.
    const std::vector<char> exact(bytes.begin(), bytes.end());
    return parseHttpRequestHead(QByteArrayView(exact.data(), bytes.size()), limit);
}

void requireSame(const HttpParse &one, const HttpParse &other)
{
    require(one.state == other.state && one.status == other.status && one.problem == other.problem);
    require(one.request.method == other.request.method && one.request.path == other.request.path
            && one.request.query == other.request.query
            && one.request.minorVersion == other.request.minorVersion
            && one.request.headers == other.request.headers
            && one.request.headSize == other.request.headSize);
}

bool isPlain(QByteArrayView text)
{
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void checkWhole(const HttpParse &whole, QByteArrayView bytes)
{
    const HttpRequestHead &request = whole.request;
    require(request.headSize > 0 && request.headSize <= std::min<qint64>(bytes.size(), limit + 2));
    require(bytes.first(request.headSize).endsWith("\r\n\r\n"));
    require(request.path.startsWith('/') && !request.method.isEmpty());
    require(isPlain(request.path) && isPlain(request.query) && isPlain(request.method));
    for (const auto &[name, value] : request.headers) {
        require(!name.isEmpty() && isPlain(name) && isPlain(value));
        require(name == name.toLower() && value == value.trimmed());
        require(!request.header(name).isNull());
    }
    // What follows is another request's.
    requireSame(whole, parse(bytes.first(request.headSize)));
    // They are asked whatever was sent.
    std::ignore = request.keepsAlive();
    std::ignore = request.hasBody();
    std::ignore = request.wantsWebSocket();
}

}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArrayView bytes(data, qsizetype(size));
    const HttpParse whole = parse(bytes);
    if (whole.state == State::Complete)
        checkWhole(whole, bytes);
    else if (whole.state == State::Bad)
        require(whole.status >= 400 && !whole.problem.isEmpty());
    else
        require(bytes.size() <= limit + 2);
    for (qsizetype come = 0; come < bytes.size(); ++come) {
        const HttpParse cut = parse(bytes.first(come));
        if (cut.state == State::Incomplete)
            continue;
        requireSame(cut, whole);
        return 0;
    }
    return 0;
}
