#include "core/serve/httpconnection.h"

#include "core/logging.h"
#include "core/serve/hostandport.h"
#include "core/serve/sockettransport.h"

#include <sys/socket.h>

namespace restream {
namespace {

constexpr qint64 idleMs = 60000; ///< between two requests
constexpr qint64 drainMs = 2000;
constexpr qint64 mostUnwritten = 256 * 1024; ///< until then the next request of a pipeline waits

QString peerOf(const QTcpSocket &socket)
{
    return hostAndPort(socket.peerAddress(), socket.peerPort());
}

}

HttpConnection::HttpConnection(ServeContext &context, std::unique_ptr<QTcpSocket> socket, bool full,
                               Upgrade upgrade)
    : m_context(context),
      m_socket(std::move(socket)),
      m_upgrade(std::move(upgrade)),
      m_sinceMs(context.clock.monotonicMs()),
      m_full(full)
{
    m_socket->setReadBufferSize(context.options.limits.head * 2);
    QObject::connect(m_socket.get(), &QTcpSocket::readyRead, m_socket.get(), [this] { canRead(); });
    QObject::connect(m_socket.get(), &QTcpSocket::disconnected, m_socket.get(), [this] { end(); });
    onBytesSent(*m_socket, m_socket.get(), [this] { wrote(); });
}

HttpConnection::~HttpConnection()
{
    m_items.reset();
    if (m_socket) {
        m_socket->disconnect();
        m_socket->abort();
        // Perhaps it is what calls.
        m_socket.release()->deleteLater();
    }
}

void HttpConnection::end()
{
    if (m_state == State::Gone)
        return;
    m_state = State::Gone;
    m_context.leaves(*this);
}

void HttpConnection::canRead()
{
    if (m_state == State::Draining)
        m_socket->skip(m_socket->bytesAvailable());
    else
        serve();
}

void HttpConnection::serve()
{
    // An answer that is at hand comes back here while its request is being handled.
    if (m_serving)
        return;
    m_serving = true;
    while (serveOne()) { }
    m_serving = false;
}

bool HttpConnection::serveOne()
{
    if (m_state != State::Head || unsentBytes(*m_socket) > mostUnwritten)
        return false;
    const qint64 limit = m_context.options.limits.head;
    const QByteArray bytes = m_socket->peek(limit + 3);
    if (bytes.isEmpty())
        return false;
    if (!m_headBegun && !m_first)
        m_sinceMs = m_context.clock.monotonicMs();
    m_headBegun = true;
    const HttpParse parse = parseHttpRequestHead(bytes, limit);
    switch (parse.state) {
    case HttpParse::State::Incomplete:
        return false;
    case HttpParse::State::Bad:
        qCWarning(logServe).noquote().nospace()
            << "refused a request from " << peerOf(*m_socket) << ": " << parse.problem;
        m_frame = { false, true, {} };
        respond(problemResponse(parse.status, parse.problem));
        return false;
    case HttpParse::State::Complete:
        handle(parse.request);
        return m_state == State::Head;
    }
    return false;
}

std::optional<HttpResponse> HttpConnection::refuseAccess(const HttpRequestHead &request)
{
    if (m_full) {
        HttpResponse response =
            problemResponse(503,
                            QStringLiteral("There are %1 clients, and no more are let in; "
                                           "try again later.")
                                .arg(m_context.options.limits.clients));
        response.set("Retry-After", "5");
        m_frame.closes = true;
        return response;
    }
    const std::optional<Refusal> refusal =
        m_context.policy->check(request, m_socket->localAddress(), m_socket->localPort());
    if (!refusal)
        return {};
    qCWarning(logServe).noquote().nospace()
        << "refused " << request.method << ' ' << request.path.left(100) << " from "
        << peerOf(*m_socket) << ": " << refusal->reason << "; " << refusal->remedy;
    m_frame.closes = true;
    return problemResponse(403, refusal->reason + QStringLiteral("; ") + refusal->remedy + u'.');
}

void HttpConnection::handle(const HttpRequestHead &request)
{
    m_state = State::Waiting;
    m_first = false;
    m_headBegun = false;
    m_sinceMs = m_context.clock.monotonicMs();
    m_frame = { request.method == "HEAD", !request.keepsAlive() || request.hasBody(), {} };
    if (std::optional<HttpResponse> refused = refuseAccess(request)) {
        respond(*refused);
        return;
    }
    m_frame.origin = request.header("origin");
    const RouteMatch match = routeOf(request.path);
    if (request.wantsWebSocket()) {
        if (const std::optional<HttpResponse> refused = refuseHandshake(request, match)) {
            m_frame.closes = true;
            respond(*refused);
            return;
        }
        m_socket->disconnect();
        m_socket->skip(request.headSize);
        m_upgrade(std::move(m_socket), match.route, request.header("sec-websocket-key"));
        end();
        return;
    }
    m_socket->skip(request.headSize);
    if (const std::optional<HttpResponse> response = answerAtOnce(request, match, m_context)) {
        const bool isGet = request.method == "GET" || request.method == "HEAD";
        const bool refusesBody = request.hasBody() && isGet && response->status == 200;
        respond(refusesBody ? problemResponse(413, QStringLiteral("A request here has no body."))
                            : *response);
        return;
    }
    if (request.hasBody()) {
        respond(problemResponse(413, QStringLiteral("A request here has no body.")));
        return;
    }
    m_items =
        std::make_unique<ItemsRequest>(m_context, request, match.channel,
                                       [this](const HttpResponse &response) { respond(response); });
}

void HttpConnection::respond(const HttpResponse &response)
{
    if (m_state == State::Gone)
        return;
    m_frame.closes = m_frame.closes || m_closing;
    m_socket->write(responseHead(response, m_frame, m_context.hub.nowMs()));
    if (carriesBody(response, m_frame))
        m_socket->write(response.body);
    m_sinceMs = m_context.clock.monotonicMs();
    if (m_frame.closes) {
        drain();
        return;
    }
    // It tells what it wrote, or that the client is gone, from within: what waited for its answer may not be destroyed by the next
    // request while it gives it.
    m_socket->flush();
    if (m_state == State::Gone)
        return;
    m_state = State::Head;
    if (!m_serving) {
        QMetaObject::invokeMethod(
            &m_loop, [this] { canRead(); }, Qt::QueuedConnection);
    }
}

/// Ends our side behind what is written. What is still unread would make the kernel reset the connection and take the answer along.
void HttpConnection::drain()
{
    m_state = State::Draining;
    m_sinceMs = m_context.clock.monotonicMs();
    m_socket->skip(m_socket->bytesAvailable());
    m_socket->flush();
    shutDownOnceWritten();
}

void HttpConnection::shutDownOnceWritten()
{
    if (unsentBytes(*m_socket) == 0)
        ::shutdown(int(m_socket->socketDescriptor()), SHUT_WR);
}

void HttpConnection::wrote()
{
    if (m_state == State::Draining)
        shutDownOnceWritten();
    else
        serve();
}

void HttpConnection::close()
{
    m_closing = true;
    if (m_state != State::Head)
        return;
    if (unsentBytes(*m_socket) == 0)
        end();
    else
        drain();
}

void HttpConnection::sweep(qint64 nowMs)
{
    if (m_state == State::Gone)
        return;
    const qint64 unwritten = unsentBytes(*m_socket);
    if (unwritten > 0) {
        if (unwritten != m_unwritten)
            m_sinceMs = nowMs;
        m_unwritten = unwritten;
        if (nowMs - m_sinceMs >= m_context.options.limits.stalledMs)
            end();
        return;
    }
    m_unwritten = 0;
    const qint64 since = nowMs - m_sinceMs;
    const qint64 headMs = m_full ? drainMs : m_context.options.limits.headMs;
    const bool isIdle = !m_first && !m_headBegun;
    if ((m_state == State::Head && since >= (isIdle ? idleMs : headMs))
        || (m_state == State::Draining && since >= drainMs))
        end();
}

}
