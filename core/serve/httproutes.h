#pragma once

#include "core/serve/httpresponse.h"
#include "core/serve/servecontext.h"

#include <optional>

namespace restream {

/// What a path leads to.
enum class Route { None, Index, Channels, Items, Health, ItemSocket, StreamSocket };

struct RouteMatch
{
    Route route = Route::None;
    QString channel; ///< Items
};

RouteMatch routeOf(const QByteArray &path);

/// The answer to a request that needs no waiting, HEAD as GET. Nothing: Items with GET or HEAD.
std::optional<HttpResponse> answerAtOnce(const HttpRequestHead &request, const RouteMatch &match,
                                         const ServeContext &context);
/// Why a request for a WebSocket can't become one; nothing: it can (RFC 6455 §4.2.1).
std::optional<HttpResponse> refuseHandshake(const HttpRequestHead &request,
                                            const RouteMatch &match);

}
