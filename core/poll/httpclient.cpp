#include "core/poll/httpclient.h"

#include "core/poll/httpexchange.h"

#include <QNetworkAccessManager>
#include <QNetworkProxy>

#include <algorithm>

namespace restream {
namespace {

bool isToken(const QByteArray &name)
{
    // RFC 9110 §5.6.2
    return !name.isEmpty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || QByteArrayView("!#$%&'*+-.^_`|~").contains(c);
    });
}

// Those that belong to the connection, and the one that decides how the body is read.
bool isOurs(const QByteArray &name)
{
    static const QList<QByteArray> names { "host",
                                           "connection",
                                           "keep-alive",
                                           "content-length",
                                           "transfer-encoding",
                                           "accept-encoding",
                                           "upgrade",
                                           "te",
                                           "trailer",
                                           "expect" };
    return names.contains(name.toLower());
}

std::optional<Error> headerProblem(const HttpRequest::Headers &headers)
{
    const auto bad = [](const QString &message) {
        return Error { QStringLiteral("bad_header"), message };
    };
    for (const auto &[name, value] : headers) {
        if (!isToken(name))
            return bad(QStringLiteral(
                "a header's name may hold only letters, digits and -, _ and the like"));
        const QString shown = QString::fromLatin1(name);
        if (isOurs(name))
            return bad(
                QStringLiteral(
                    "the header %1 is set by Restream itself; take it out of the channel's headers")
                    .arg(shown));
        const bool clean = std::none_of(value.begin(), value.end(), [](char c) {
            return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f';
        });
        if (!clean)
            return bad(
                QStringLiteral("the header %1 would hold a line break or another control character")
                    .arg(shown));
    }
    return std::nullopt;
}

}

std::optional<Error> requestProblem(const HttpRequest &request)
{
    const QUrl &url = request.url;
    const bool web =
        url.scheme() == QLatin1String("http") || url.scheme() == QLatin1String("https");
    if (!url.isValid() || !web || url.host().isEmpty() || !url.userInfo().isEmpty()) {
        return Error {
            QStringLiteral("bad_url"),
            QStringLiteral(
                "the URL must be http:// or https:// with a host and without a user or password")
        };
    }
    if (auto problem = headerProblem(request.headers))
        return problem;
    return headerProblem(request.secretHeaders);
}

HttpClient::HttpClient(Clock &clock, std::unique_ptr<HostResolver> resolver)
    : m_clock(clock),
      m_resolver(std::move(resolver)),
      m_manager(std::make_unique<QNetworkAccessManager>())
{
    // A proxy would resolve names itself, and so undo the check of addresses.
    m_manager->setProxy(QNetworkProxy::NoProxy);
    m_manager->setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

HttpClient::~HttpClient() = default;

std::unique_ptr<HttpCall> HttpClient::get(HttpRequest request, Done done)
{
    return std::make_unique<HttpExchange>(*m_manager, m_clock, *m_resolver, std::move(request),
                                          std::move(done));
}

}
