#include "core/poll/httpexchange.h"

#include "core/logging.h"
#include "core/poll/httperrors.h"

#include <QNetworkAccessManager>
#include <QNetworkRequest>
#include <QUrlQuery>

#include <algorithm>

namespace restream {
namespace {

using namespace std::chrono_literals;

constexpr int maxRedirects = 5;
constexpr auto connectPatience = 5s; // until the next address is tried
constexpr qint64 maxErrorBody = 64 * 1024;
constexpr qint64 readAhead = 1024 * 1024; // what the network thread may hold while we are busy

bool isRedirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

QString sizeText(qint64 bytes)
{
    return bytes >= 1024 * 1024 ? QString::number(bytes / (1024 * 1024)) % QStringLiteral(" MiB")
                                : QString::number(bytes) % QStringLiteral(" bytes");
}

Error addressProblem(const QString &host)
{
    return { QStringLiteral("private_address"),
             QStringLiteral("%1 is in this machine's own or private network; a channel may ask it "
                            "only where its URL says so, or with "
                            "\"private\": true in its request")
                 .arg(host) };
}

}

HttpExchange::HttpExchange(QNetworkAccessManager &manager, Clock &clock, HostResolver &resolver,
                           HttpRequest request, HttpClient::Done done)
    : m_manager(manager),
      m_resolver(resolver),
      m_request(std::move(request)),
      m_done(std::move(done)),
      m_host(hostLabel(m_request.url)),
      m_url(m_request.url),
      m_clock(clock),
      m_deadline(clock.makeTimer([this] { outOfTime(); }))
{
    m_url.setFragment({});
    m_deadline->start(std::chrono::milliseconds(m_request.timeoutMs));
    QMetaObject::invokeMethod(
        &m_context, [this] { begin(); }, Qt::QueuedConnection);
}

HttpExchange::~HttpExchange()
{
    dropReply();
}

void HttpExchange::begin()
{
    if (auto problem = requestProblem(m_request))
        return fail(*problem);
    const QString host = m_url.host(QUrl::FullyEncoded);
    if (QHostAddress literal; literal.setAddress(host))
        return resolved({ literal });
    m_lookup = m_resolver.resolve(
        host, [this](const QList<QHostAddress> &addresses) { resolved(addresses); });
}

void HttpExchange::resolved(QList<QHostAddress> addresses)
{
    m_lookup.reset();
    if (addresses.isEmpty())
        return fail(transportError(QNetworkReply::HostNotFoundError, m_host, false));
    if (!m_request.allowPrivate
        && !std::all_of(addresses.begin(), addresses.end(), isPublicAddress))
        return fail(addressProblem(m_host));
    m_addresses = std::move(addresses);
    send();
}

// The URL with the address that was checked in the host's place, and the secrets in theirs.
QUrl HttpExchange::addressedUrl() const
{
    QUrl url = m_url;
    if (!m_request.secretQuery.isEmpty()) {
        QString query = url.query(QUrl::FullyEncoded);
        const QUrlQuery present(query);
        for (const auto &[name, value] : m_request.secretQuery) {
            if (present.hasQueryItem(name)) // a redirect took it along
                continue;
            if (!query.isEmpty())
                query += QLatin1Char('&');
            query += QString::fromLatin1(QUrl::toPercentEncoding(name)) % QLatin1Char('=')
                % QString::fromLatin1(QUrl::toPercentEncoding(value));
        }
        url.setQuery(query, QUrl::StrictMode);
    }
    url.setHost(m_addresses.at(m_address).toString());
    return url;
}

void HttpExchange::addHeaders(QNetworkRequest &request) const
{
    request.setRawHeader("User-Agent", "Restream/" RESTREAM_VERSION);
    request.setRawHeader("Accept", "*/*");
    request.setRawHeader("Accept-Language", "*"); // else Qt tells the user's
    for (const auto &[name, value] : m_request.headers)
        request.setRawHeader(name, value);
    if (!m_request.validators.etag.isEmpty())
        request.setRawHeader("If-None-Match", m_request.validators.etag);
    if (!m_request.validators.lastModified.isEmpty())
        request.setRawHeader("If-Modified-Since", m_request.validators.lastModified);
    for (const auto &[name, value] : m_request.secretHeaders)
        request.setRawHeader(name, value);
    request.setRawHeader("Accept-Encoding", "gzip");
    request.setRawHeader("Host", hostLabel(m_url).toLatin1());
}

void HttpExchange::send()
{
    QNetworkRequest request(addressedUrl());
    addHeaders(request);
    const QString host = m_url.host(QUrl::FullyEncoded);
    if (QHostAddress literal; !literal.setAddress(host))
        request.setPeerVerifyName(host);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute,
                         QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);

    m_sent = 0;
    m_status = 0;
    m_decoder.reset();
    m_tlsErrors.clear();
    m_reply = m_manager.get(request);
    m_reply->setReadBufferSize(readAhead);
    QNetworkReply *reply = m_reply;
    QObject::connect(reply, &QNetworkReply::requestSent, &m_context, [this] {
        ++m_sent;
        m_connectTimer.reset();
    });
    QObject::connect(reply, &QNetworkReply::sslErrors, &m_context,
                     [this](const QList<QSslError> &errors) { m_tlsErrors = errors; });
    QObject::connect(reply, &QNetworkReply::metaDataChanged, &m_context, [this] { readHead(); });
    QObject::connect(reply, &QNetworkReply::readyRead, &m_context, [this] { read(); });
    QObject::connect(reply, &QNetworkReply::finished, &m_context, [this] { replyFinished(); });
    if (m_address + 1 < m_addresses.size()) {
        m_connectTimer = m_clock.makeTimer([this] { tryNextAddress(); });
        m_connectTimer->start(connectPatience);
    }
}

bool HttpExchange::tryNextAddress()
{
    m_connectTimer.reset();
    if (m_address + 1 >= m_addresses.size())
        return false;
    dropReply();
    ++m_address;
    send();
    return true;
}

void HttpExchange::dropReply()
{
    if (!m_reply)
        return;
    QObject::disconnect(m_reply, nullptr, &m_context, nullptr);
    m_reply->abort();
    m_reply->deleteLater();
    m_reply = nullptr;
}

/// Takes the head where it has come; false where the call ended with it.
bool HttpExchange::readHead()
{
    if (m_status != 0)
        return true;
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status == 0)
        return true;
    m_status = status;
    const auto coding = BodyDecoder::codingOf(m_reply->rawHeader("Content-Encoding"));
    if (isGood() && !coding) {
        fail({ QStringLiteral("bad_encoding"),
               QStringLiteral("%1 sent a Content-Encoding other than gzip, which was not asked for")
                   .arg(m_host) });
        return false;
    }
    const qint64 announced = m_reply->header(QNetworkRequest::ContentLengthHeader).toLongLong();
    if (isGood() && announced > BodyDecoder::mostReceived(m_request.maxBody)) {
        fail(tooLarge());
        return false;
    }
    m_decoder.emplace(coding.value_or(BodyDecoder::Coding::Identity),
                      isGood() ? m_request.maxBody : std::min(maxErrorBody, m_request.maxBody));
    return true;
}

/// Takes what has come; false where the call ended with it.
bool HttpExchange::read()
{
    if (!readHead())
        return false;
    if (!m_decoder)
        return true;
    const BodyDecoder::Outcome outcome = m_decoder->add(m_reply->read(m_reply->bytesAvailable()));
    if (outcome == BodyDecoder::Outcome::Ok)
        return true;
    if (!isGood())
        bodyEnded();
    else if (outcome == BodyDecoder::Outcome::TooLarge)
        fail(tooLarge());
    else
        fail(notGzip());
    return false;
}

void HttpExchange::replyFinished()
{
    m_connectTimer.reset();
    if (!read())
        return;
    const QNetworkReply::NetworkError error = m_reply->error();
    if (m_status == 0) {
        if (!m_tlsErrors.isEmpty())
            return fail(tlsError(m_tlsErrors, m_host));
        if (mayBeOneAddressOnly(error) && tryNextAddress())
            return;
        return fail(transportError(error, m_host, false));
    }
    // A body that broke off below a status that isn't good changes nothing: the status is the answer.
    if (isGood() && error != QNetworkReply::NoError)
        return fail(transportError(error, m_host, true));
    bodyEnded();
}

void HttpExchange::bodyEnded()
{
    if (isRedirect(m_status) && m_reply->hasRawHeader("Location"))
        return redirect(
            m_url.resolved(QUrl::fromEncoded(m_reply->rawHeader("Location"), QUrl::StrictMode)));
    constexpr int noContent = 204;
    if (isGood() && m_status != noContent && m_decoder->finish() != BodyDecoder::Outcome::Ok)
        return fail(notGzip());
    HttpAnswer answer;
    answer.status = m_status;
    answer.body = m_decoder->take();
    answer.contentType = m_reply->rawHeader("Content-Type");
    answer.retryAfter = m_reply->rawHeader("Retry-After");
    answer.validators = { m_reply->rawHeader("ETag"), m_reply->rawHeader("Last-Modified") };
    if (m_request.wantsHeaders) {
        for (const auto &[name, value] : m_reply->rawHeaderPairs())
            answer.headers.append({ name, value });
    }
    finish(std::move(answer));
}

void HttpExchange::redirect(const QUrl &target)
{
    if (auto problem = redirectProblem(m_url, target))
        return fail(*problem);
    m_visited.append(m_url);
    m_url = target;
    m_url.setFragment({});
    if (m_visited.contains(m_url) || m_visited.size() > maxRedirects) {
        return fail(
            { QStringLiteral("redirect_loop"),
              QStringLiteral(
                  "%1 redirects in a circle, or more than %2 times; check the channel's URL")
                  .arg(m_host, QString::number(maxRedirects)) });
    }
    dropReply();
    send();
}

void HttpExchange::outOfTime()
{
    if (m_status != 0 && !isGood() && !isRedirect(m_status))
        return bodyEnded();
    fail({ QStringLiteral("timeout"),
           QStringLiteral(
               "no complete answer from %1 within %2 s; try later, or raise request.timeout")
               .arg(m_host, QString::number(double(m_request.timeoutMs) / 1000)) });
}

Error HttpExchange::tooLarge() const
{
    return { QStringLiteral("too_large"),
             QStringLiteral(
                 "the body from %1 is longer than %2; ask for less, or raise request.max_body")
                 .arg(m_host, sizeText(m_request.maxBody)) };
}

Error HttpExchange::notGzip() const
{
    return {
        QStringLiteral("bad_encoding"),
        QStringLiteral("the body from %1 should be gzip and is not, or is cut off").arg(m_host)
    };
}

void HttpExchange::fail(Error error)
{
    finish(std::move(error));
}

void HttpExchange::finish(Result<HttpAnswer> result)
{
    m_deadline->stop();
    m_connectTimer.reset();
    m_lookup.reset();
    dropReply();
    if (result.ok())
        qCDebug(logHttp).noquote() << m_host << result->status << result->body.size() << "bytes";
    else
        qCDebug(logHttp).noquote() << m_host << result.error().code;
    // The handler may destroy this.
    const auto done = std::exchange(m_done, {});
    done(std::move(result));
}

}
