#include "core/serve/httproutes.h"

#include "core/serve/channellist.h"

namespace restream {
namespace {

HttpResponse upgradeRequired()
{
    HttpResponse response =
        problemResponse(426,
                        QStringLiteral("This is a WebSocket (version 13): connect to it "
                                       "with a WebSocket client."));
    response.set("Upgrade", "websocket");
    response.set("Sec-WebSocket-Version", "13");
    return response;
}

/// The answer to a page that asks before it asks.
HttpResponse preflight()
{
    HttpResponse response;
    response.status = 204;
    response.set("Access-Control-Allow-Methods", "GET, HEAD");
    response.set("Access-Control-Allow-Headers", "Authorization, If-None-Match, Last-Event-ID");
    response.set("Access-Control-Max-Age", "600");
    return response;
}

HttpResponse notFound()
{
    return problemResponse(404,
                           QStringLiteral("There is nothing at this path; GET / names the "
                                          "channels."));
}

}

RouteMatch routeOf(const QByteArray &path)
{
    if (path == "/")
        return { Route::Index, {} };
    if (path == "/channels")
        return { Route::ItemSocket, {} };
    if (path == "/v1/stream")
        return { Route::StreamSocket, {} };
    if (path == "/v1/channels")
        return { Route::Channels, {} };
    if (path == "/healthz")
        return { Route::Health, {} };
    const QList<QByteArray> parts = path.split('/');
    if (parts.size() == 5 && parts[1] == "v1" && parts[2] == "channels" && parts[4] == "items")
        return { Route::Items, QString::fromUtf8(QByteArray::fromPercentEncoding(parts[3])) };
    return {};
}

std::optional<HttpResponse> answerAtOnce(const HttpRequestHead &request, const RouteMatch &match,
                                         const ServeContext &context)
{
    if (match.route == Route::None)
        return notFound();
    if (request.method == "OPTIONS" && !request.header("origin").isNull())
        return preflight();
    if (request.method != "GET" && request.method != "HEAD")
        return methodNotAllowed();
    switch (match.route) {
    case Route::Index:
        return jsonResponse(channelIndexJson(context.hub));
    case Route::Channels:
        return jsonResponse(channelListJson(context.hub, [&context](const QByteArray &stream) {
            return context.feeds.subscribers(stream);
        }));
    case Route::Health:
        return jsonResponse("{\"status\":\"ok\"}");
    case Route::ItemSocket:
    case Route::StreamSocket:
        return upgradeRequired();
    case Route::Items:
    case Route::None:
        break;
    }
    return {};
}

std::optional<HttpResponse> refuseHandshake(const HttpRequestHead &request, const RouteMatch &match)
{
    if (match.route != Route::ItemSocket && match.route != Route::StreamSocket) {
        return problemResponse(404,
                               QStringLiteral("There is no WebSocket at this path; there is "
                                              "one at /channels and one at /v1/stream."));
    }
    if (request.method != "GET")
        return methodNotAllowed();
    if (request.minorVersion != 1)
        return problemResponse(400, QStringLiteral("A WebSocket needs HTTP/1.1."));
    if (request.header("sec-websocket-version") != "13")
        return upgradeRequired();
    const QByteArray key = request.header("sec-websocket-key");
    const auto decoded =
        QByteArray::fromBase64Encoding(key, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || (*decoded).size() != 16) {
        return problemResponse(400,
                               QStringLiteral("Sec-WebSocket-Key must be 16 bytes in "
                                              "base64."));
    }
    return {};
}

}
