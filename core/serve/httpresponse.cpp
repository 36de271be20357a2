#include "core/serve/httpresponse.h"

#include "core/stream/jsontext.h"

#include <QDateTime>
#include <QLocale>

namespace restream {
namespace {

QByteArray phrase(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 204:
        return "No Content";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 426:
        return "Upgrade Required";
    case 431:
        return "Request Header Fields Too Large";
    case 503:
        return "Service Unavailable";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "Internal Server Error";
    }
}

bool hasNoBody(int status)
{
    return status == 204 || status == 304;
}

}

HttpResponse jsonResponse(QByteArray body)
{
    HttpResponse response;
    response.contentType = "application/json";
    response.body = std::move(body);
    return response;
}

HttpResponse problemResponse(int status, const QString &detail, const QString &code)
{
    HttpResponse response;
    response.status = status;
    response.contentType = "application/problem+json";
    response.body = "{\"type\":\"about:blank\",\"title\":\"" + phrase(status)
        + "\",\"status\":" + QByteArray::number(status) + ",\"detail\":" + jsonString(detail);
    if (!code.isEmpty())
        response.body += ",\"code\":" + jsonString(code);
    response.body += '}';
    return response;
}

HttpResponse methodNotAllowed()
{
    HttpResponse response = problemResponse(405, QStringLiteral("Only GET and HEAD work here."));
    response.set("Allow", "GET, HEAD");
    return response;
}

bool carriesBody(const HttpResponse &response, const ResponseFrame &frame)
{
    return !frame.isHead && !hasNoBody(response.status);
}

QByteArray responseHead(const HttpResponse &response, const ResponseFrame &frame, qint64 nowMs)
{
    const QString date = QLocale::c().toString(QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC),
                                               QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'"));
    QByteArray head = "HTTP/1.1 " + QByteArray::number(response.status) + ' '
        + phrase(response.status) + "\r\nDate: " + date.toLatin1() + "\r\n";
    for (const auto &[name, value] : response.headers)
        head += name + ": " + value + "\r\n";
    if (!hasNoBody(response.status)) {
        head += "Content-Type: " + response.contentType + "\r\nContent-Length: "
            + QByteArray::number(response.body.size()) + "\r\nX-Content-Type-Options: nosniff\r\n";
    }
    head += "Cache-Control: no-cache\r\nVary: Origin\r\n";
    if (!frame.origin.isEmpty()) {
        head += "Access-Control-Allow-Origin: " + frame.origin
            + "\r\nAccess-Control-Expose-Headers: ETag, Age\r\n";
    }
    if (frame.closes)
        head += "Connection: close\r\n";
    return head + "\r\n";
}

}
