#pragma once

#include "core/clock.h"
#include "core/poll/fetcher.h"
#include "core/poll/hostresolver.h"
#include "core/result.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QUrl>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

class QNetworkAccessManager;

namespace restream {

/// One GET.
struct HttpRequest
{
    using Headers = QList<std::pair<QByteArray, QByteArray>>;

    QUrl url; ///< http or https, without user and password
    Headers headers;
    /// What must not be seen: added when the request is sent, and only ever to the scheme, host and port of `url`.
    QList<std::pair<QString, QString>> secretQuery;
    Headers secretHeaders;
    Validators validators; ///< sent as If-None-Match and If-Modified-Since
    qint64 timeoutMs = 30'000; ///< from the call to the body's last byte
    qint64 maxBody = 64 * 1024 * 1024; ///< bytes after decoding
    bool allowPrivate = false; ///< the host may be, or resolve to, an address that isn't public
    bool wantsHeaders = false; ///< all of the answer's, not only those below
};

/// Why a request can't be sent: `bad_url`, `bad_header`. Pure.
std::optional<Error> requestProblem(const HttpRequest &request);

/// What came back, redirects followed and the body decoded. The body of a status other than 2xx may be cut: it is only good for a message.
struct HttpAnswer
{
    int status = 0;
    QByteArray body;
    QByteArray contentType;
    QByteArray retryAfter; ///< the header's text; empty: none
    Validators validators;
    HttpRequest::Headers headers = {}; ///< where wanted
};

/// A call under way. Destroying it ends the call silently.
class HttpCall
{
public:
    virtual ~HttpCall() = default;
};

/// Makes HTTP calls as a careful guest: one deadline for the whole, a cap on the body, redirects only within the origin, no cookies, no cache,
/// no proxy, and only to addresses that were checked. Engine thread.
///
/// Error codes: `bad_url`, `bad_header`, `private_address`, `dns_failed`, `connection_refused`, `unreachable`, `connection_closed` (before an answer),
/// `incomplete` (in the midst of one), `timeout`, `tls_failed`, `bad_response`, `bad_encoding`, `too_large`, `redirect_refused`, `redirect_loop`.
/// Messages name the host, never the path or the query. Every HTTP status is an answer, not an error.
class HttpClient final
{
public:
    using Done = std::function<void(Result<HttpAnswer>)>;

    /// `clock` outlives the client, the client outlives its calls.
    explicit HttpClient(Clock &clock,
                        std::unique_ptr<HostResolver> resolver = makeSystemResolver());
    ~HttpClient();
    HttpClient(const HttpClient &) = delete;
    HttpClient &operator=(const HttpClient &) = delete;

    /// Calls `done` once, later; it may destroy the call.
    [[nodiscard]] std::unique_ptr<HttpCall> get(HttpRequest request, Done done);

private:
    Clock &m_clock;
    std::unique_ptr<HostResolver> m_resolver;
    std::unique_ptr<QNetworkAccessManager> m_manager;
};

}
