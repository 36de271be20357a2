#pragma once

#include "core/serve/httprequesthead.h"

#include <QByteArray>
#include <QString>

#include <utility>
#include <vector>

namespace restream {

/// An HTTP answer before it is written.
struct HttpResponse
{
    int status = 200;
    QByteArray contentType;
    QByteArray body;
    std::vector<std::pair<QByteArray, QByteArray>> headers; ///< further ones

    void set(const QByteArray &name, const QByteArray &value) { headers.emplace_back(name, value); }
};

HttpResponse jsonResponse(QByteArray body);
/// RFC 9457 `application/problem+json`; `code` as in docs/protocol.md, left out where it is empty.
HttpResponse problemResponse(int status, const QString &detail, const QString &code = {});
/// 405 for a resource that GET and HEAD work on.
HttpResponse methodNotAllowed();

/// What of the request the writing of an answer depends on.
struct ResponseFrame
{
    bool isHead = false; ///< the body is left out
    bool closes = false; ///< the connection ends behind it
    QByteArray origin; ///< an allowed page's, for CORS; empty: none
};

/// The head and, but for HEAD, the body are apart so that a shared body is not copied.
QByteArray responseHead(const HttpResponse &response, const ResponseFrame &frame, qint64 nowMs);
/// Whether a body follows the head.
bool carriesBody(const HttpResponse &response, const ResponseFrame &frame);

}
