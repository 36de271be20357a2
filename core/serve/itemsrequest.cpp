#include "core/serve/itemsrequest.h"

#include "core/serve/utf8check.h"

#include <algorithm>

namespace restream {
namespace {

constexpr qint64 shortestInterest = 30000;
constexpr qint64 deadlineSlack = 5000;
constexpr qint64 soonMs = 2000;

/// One part of a query: %XX and '+' resolved; nothing where that gives no UTF-8.
std::optional<QString> decoded(QByteArray part)
{
    part.replace('+', ' ');
    const QByteArray bytes = QByteArray::fromPercentEncoding(part);
    return isUtf8(bytes) ? std::optional(QString::fromUtf8(bytes)) : std::nullopt;
}

Result<Params> queryParams(const QByteArray &query)
{
    Params params;
    for (const QByteArray &part : query.split('&')) {
        if (part.isEmpty())
            continue;
        const qsizetype equals = part.indexOf('=');
        const auto name = decoded(part.left(equals < 0 ? part.size() : equals));
        const auto value = decoded(equals < 0 ? QByteArray() : part.mid(equals + 1));
        if (!name || !value) {
            return Error { QStringLiteral("bad_param"),
                           QStringLiteral("The query is not percent-encoded UTF-8.") };
        }
        if (name->startsWith(u'_') || *name == QStringLiteral("token"))
            continue;
        if (params.contains(*name)) {
            return Error { QStringLiteral("bad_param"),
                           QStringLiteral("The param \"%1\" is given twice.").arg(*name) };
        }
        params.insert(*name, *value);
    }
    return params;
}

HttpResponse errorResponse(const Error &error)
{
    int status = 400;
    if (error.code == QStringLiteral("unknown_channel"))
        status = 404;
    else if (error.code == QStringLiteral("too_many_streams"))
        status = 503;
    else if (error.code == QStringLiteral("internal"))
        status = 500;
    return problemResponse(status, error.message, error.code);
}

/// RFC 9110 §13.1.2, with its weak comparison.
bool matches(const QByteArray &ifNoneMatch, const QByteArray &etag)
{
    const QList<QByteArray> tags = ifNoneMatch.split(',');
    return std::any_of(tags.begin(), tags.end(), [&etag](const QByteArray &each) {
        QByteArray tag = each.trimmed();
        if (tag.startsWith("W/"))
            tag.remove(0, 2);
        return tag == "*" || tag == etag;
    });
}

}

ItemsRequest::ItemsRequest(ServeContext &context, const HttpRequestHead &request,
                           const QString &channel, Done done)
    : m_context(context),
      m_ifNoneMatch(request.header("if-none-match")),
      m_done(std::move(done))
{
    const auto definition = context.hub.channels().constFind(channel);
    if (definition == context.hub.channels().constEnd()) {
        finish(errorResponse(unknownChannel(channel)));
        return;
    }
    const Result<Params> given = queryParams(request.query);
    const Result<Params> params = given ? resolveParams(*definition, *given) : given;
    if (!params) {
        finish(errorResponse(params.error()));
        return;
    }
    const QByteArray name = streamName(channel, *params);
    const StreamFeed *const known = context.feeds.find(name);
    const bool wasPolled = known != nullptr && !known->isLoading() && !known->isWatched();
    StreamFeed &feed = context.feeds.open(channel, *params, name);
    m_feed = &feed;
    feed.whenReady(this, [this, &feed, wasPolled](const Result<StreamFeed *> &ready) {
        if (ready)
            loaded(feed, wasPolled);
        else
            finish(errorResponse(ready.error()));
    });
}

ItemsRequest::~ItemsRequest()
{
    if (m_feed != nullptr)
        m_feed->forget(this);
}

bool ItemsRequest::isFresh(const Stream &stream) const
{
    const qint64 lastOk = stream.status().lastOkMs;
    return stream.seq() > 0 && lastOk > 0
        && m_context.hub.nowMs() - lastOk <= stream.definition().pollIntervalMs();
}

/// Whether a call is under way or due, so that waiting for it has a point.
bool ItemsRequest::mayStillCome(const Stream &stream) const
{
    // While a call is under way no next one is planned: 0.
    const StreamStatus &status = stream.status();
    const qint64 soon = status.state == StreamStatus::State::Live ? soonMs : 0;
    return status.state != StreamStatus::State::Paused
        && status.nextPollMs <= m_context.hub.nowMs() + soon;
}

void ItemsRequest::loaded(StreamFeed &feed, bool wasPolled)
{
    const Stream &stream = feed.stream();
    feed.keepUntil(m_context.clock.monotonicMs()
                   + std::max(shortestInterest, 2 * stream.definition().pollIntervalMs()));
    if (isFresh(stream) || (wasPolled && stream.seq() > 0)) {
        answer(feed, false);
        return;
    }
    feed.watch(this, [this](StreamFeed &watched) { called(watched); });
    m_deadline = m_context.clock.makeTimer([this] { answer(*m_feed, true); });
    m_deadline->start(std::chrono::milliseconds(
        qint64(stream.definition().request.timeoutSeconds * 1000) + deadlineSlack));
    // Observed only now: what the stream says of itself may be of before.
    if (!mayStillCome(stream))
        answer(feed, true);
}

void ItemsRequest::called(StreamFeed &feed)
{
    if (feed.isOver()) {
        finish(problemResponse(404, QStringLiteral("The channel was taken away."),
                               QStringLiteral("unknown_channel")));
    } else if (isFresh(feed.stream())) {
        answer(feed, false);
    } else if (!mayStillCome(feed.stream())) {
        answer(feed, true);
    }
}

void ItemsRequest::answer(StreamFeed &feed, bool failed)
{
    const Stream &stream = feed.stream();
    const StreamStatus &status = stream.status();
    const qint64 now = m_context.hub.nowMs();
    if (stream.seq() == 0) {
        HttpResponse response =
            problemResponse(503,
                            status.error ? status.error->message
                                         : QStringLiteral("The first answer is still awaited."),
                            status.error ? status.error->code : QString());
        if (status.nextPollMs > now)
            response.set("Retry-After", QByteArray::number((status.nextPollMs - now + 999) / 1000));
        finish(response);
        return;
    }
    const bool stale = failed || status.stale;
    // Other bytes need another tag, since a strong one promises the same bytes.
    const QByteArray etag =
        '"' + stream.epoch() + ':' + QByteArray::number(stream.seq()) + (stale ? ":stale\"" : "\"");
    HttpResponse response;
    if (!m_ifNoneMatch.isNull() && matches(m_ifNoneMatch, etag))
        response.status = 304;
    else
        response = jsonResponse(stale ? itemsJson(stream, true) : feed.frames().itemsBody());
    response.set("ETag", etag);
    if (status.lastOkMs > 0) {
        const qint64 age = std::max<qint64>(0, now - status.lastOkMs) / 1000;
        response.set("Age", QByteArray::number(age));
    }
    finish(response);
}

void ItemsRequest::finish(const HttpResponse &response)
{
    if (m_deadline)
        m_deadline->stop();
    if (m_feed != nullptr) {
        m_feed->forget(this);
        m_feed = nullptr;
    }
    if (const Done done = std::exchange(m_done, nullptr))
        done(response);
}

}
