#include "fetchers/httpfetcher.h"

#include "core/poll/httperrors.h"
#include "fetchers/answerreader.h"
#include "fetchers/requestbuilder.h"

namespace restream {
namespace {

FetchResult resultOf(Error error)
{
    // What no later attempt can change waits for a person.
    static const QStringList forGood {
        QStringLiteral("key_missing"),    QStringLiteral("key_refused"),
        QStringLiteral("missing_param"),  QStringLiteral("bad_param"),
        QStringLiteral("bad_url"),        QStringLiteral("bad_header"),
        QStringLiteral("private_address")
    };
    FetchResult result;
    result.kind =
        forGood.contains(error.code) ? FetchResult::Kind::Refused : FetchResult::Kind::Failed;
    result.error = std::move(error);
    return result;
}

}

HttpFetcher::HttpFetcher(Clock &clock, std::shared_ptr<HttpClient> client,
                         ChannelDefinition channel)
    : m_clock(clock),
      m_client(std::move(client)),
      m_channel(std::move(channel))
{
}

HttpFetcher::~HttpFetcher() = default;

void HttpFetcher::fetch(const FetchRequest &request, std::function<void(FetchResult)> done)
{
    cancel();
    m_done = std::move(done);
    Result<HttpRequest> built = requestFor(request);
    if (!built) {
        m_later = std::make_unique<QObject>();
        QMetaObject::invokeMethod(
            m_later.get(),
            [this, error = built.error(), keys = request.keys] { deliver(resultOf(error), keys); },
            Qt::QueuedConnection);
        return;
    }
    built->validators = request.validators;
    m_trace.reset();
    if (request.trace) {
        built->wantsHeaders = true;
        m_trace = std::make_shared<CallTrace>();
        m_trace->request = requestText(*built);
    }
    const QString host = hostLabel(built->url);
    m_call = m_client->get(std::move(*built),
                           [this, keys = request.keys, host](Result<HttpAnswer> answer) {
                               answered(std::move(answer), keys, host);
                           });
}

Result<HttpRequest> HttpFetcher::requestFor(const FetchRequest &request)
{
    if (!m_built || m_built->params != request.params || m_built->keys != request.keys) {
        m_built.reset();
        Result<HttpRequest> made = buildRequest(m_channel, request.params, request.keys);
        if (!made)
            return made.error();
        m_built = Built { request.params, request.keys, std::move(*made) };
    }
    return m_built->request;
}

void HttpFetcher::cancel()
{
    m_call.reset();
    m_later.reset();
    m_done = {};
}

void HttpFetcher::answered(Result<HttpAnswer> answer, const Keys &keys, const QString &host)
{
    if (m_trace && answer) {
        m_trace->status = answer->status;
        m_trace->headers = answer->headers;
    }
    deliver(answer ? readAnswer(std::move(*answer), m_channel, keys, host, m_clock.wallMs())
                   : resultOf(answer.error()),
            keys);
}

void HttpFetcher::deliver(FetchResult result, const Keys &keys)
{
    result.error.message = redacted(result.error.message, keys);
    result.trace = std::exchange(m_trace, nullptr);
    // The handler may fetch again, or destroy this.
    const auto done = std::exchange(m_done, {});
    const auto call = std::move(m_call);
    const auto later = std::move(m_later);
    done(std::move(result));
}

}
