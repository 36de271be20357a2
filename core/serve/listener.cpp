#include "core/serve/listener.h"

#include "core/serve/acceptor.h"
#include "core/serve/clients.h"
#include "core/serve/descriptors.h"
#include "core/serve/handshaker.h"
#include "core/serve/hostandport.h"
#include "core/serve/itemsession.h"
#include "core/serve/streamsession.h"

#include <QHostInfo>
#include <QSslSocket>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace restream {
namespace {

constexpr std::chrono::milliseconds tickInterval { 1000 };
constexpr std::chrono::milliseconds closeDeadline { 2000 };
constexpr size_t sweepParts = 5; ///< of the WebSockets, one is looked at each tick
constexpr size_t mostRefusals = 256; ///< connections past the limit that wait for their 503

void setOption(int descriptor, int level, int option, int value)
{
    ::setsockopt(descriptor, level, option, &value, sizeof(value));
}

/// Delivers at once, and notices within a minute that the other side is gone.
void tune(int descriptor)
{
    setOption(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
    setOption(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
    setOption(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, 25);
    setOption(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, 10);
    setOption(descriptor, IPPROTO_TCP, TCP_KEEPCNT, 3);
    setOption(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, 55000);
}

}

struct Listener::Private
{
    Private(Listener &listener, Hub &hub, Clock &given, ServeOptions serve);

    void accepted(int descriptor);
    [[nodiscard]] std::unique_ptr<QTcpSocket> socketFor(int descriptor) const;
    void upgrade(std::unique_ptr<QTcpSocket> socket, Route route, const QByteArray &key);
    void upgraded(std::unique_ptr<QTcpSocket> socket, Route route, const QByteArray &answer);
    void defer();
    void reap();
    void tick();
    void finishClosing();
    [[nodiscard]] size_t clients() const;

    Listener &q;
    Clock &clock;
    ServeOptions options;
    AccessPolicy policy;
    StreamFeeds feeds;
    QObject loop; ///< whose queued calls end with it
    Outbox outbox;
    ServeContext context;
    Clients<Session> sessions;
    Clients<HttpConnection> connections;
    Handshaker handshaker;
    Acceptor acceptor;
    std::unique_ptr<Timer> ticker;
    std::unique_ptr<Timer> closing;
    std::function<void()> closed;
    size_t upgrading = 0; ///< connections whose handshake is being answered
    size_t sweepPart = 0;
    bool deferred = false;
    bool isClosing = false;
};

Listener::Private::Private(Listener &listener, Hub &hub, Clock &given, ServeOptions serve)
    : q(listener),
      clock(given),
      options(std::move(serve)),
      policy(options, QHostInfo::localHostName()),
      feeds(hub, clock, [this] { defer(); }),
      context { hub,
                clock,
                options,
                feeds,
                &policy,
                outbox,
                [this] { defer(); },
                [this](Session &session) {
                    sessions.leaves(session);
                    defer();
                },
                [this](HttpConnection &connection) {
                    connections.leaves(connection);
                    defer();
                } },
      acceptor([this](int descriptor) { accepted(descriptor); }),
      ticker(clock.makeTimer([this] { tick(); })),
      closing(clock.makeTimer([this] { finishClosing(); }))
{
}

size_t Listener::Private::clients() const
{
    return sessions.size() + connections.size() + upgrading;
}

std::unique_ptr<QTcpSocket> Listener::Private::socketFor(int descriptor) const
{
    tune(descriptor);
    std::unique_ptr<QTcpSocket> socket;
    if (options.tls)
        socket = std::make_unique<QSslSocket>();
    else
        socket = std::make_unique<QTcpSocket>();
    if (!socket->setSocketDescriptor(descriptor)) {
        ::close(descriptor);
        return nullptr;
    }
    if (auto *const tls = qobject_cast<QSslSocket *>(socket.get())) {
        tls->setSslConfiguration(*options.tls);
        tls->startServerEncryption();
    }
    return socket;
}

void Listener::Private::accepted(int descriptor)
{
    const auto limit = size_t(options.limits.clients);
    const size_t now = clients();
    if (now >= limit + mostRefusals) {
        ::close(descriptor);
        return;
    }
    std::unique_ptr<QTcpSocket> socket = socketFor(descriptor);
    if (!socket)
        return;
    connections.add(std::make_unique<HttpConnection>(
        context, std::move(socket), now >= limit,
        [this](std::unique_ptr<QTcpSocket> leaving, Route route, const QByteArray &key) {
            upgrade(std::move(leaving), route, key);
        }));
    defer();
}

void Listener::Private::upgrade(std::unique_ptr<QTcpSocket> socket, Route route,
                                const QByteArray &key)
{
    ++upgrading;
    handshaker.answer(
        key,
        [this, route, socket = std::make_shared<std::unique_ptr<QTcpSocket>>(std::move(socket))](
            const QByteArray &answer) {
            --upgrading;
            if (answer.isEmpty())
                defer();
            else
                upgraded(std::move(*socket), route, answer);
        });
}

void Listener::Private::upgraded(std::unique_ptr<QTcpSocket> socket, Route route,
                                 const QByteArray &answer)
{
    const QByteArray early = socket->readAll();
    std::unique_ptr<Transport> transport = makeTransport(std::move(socket));
    if (isClosing)
        return;
    std::unique_ptr<Session> session;
    if (route == Route::ItemSocket)
        session = std::make_unique<ItemSession>(context, std::move(transport));
    else
        session = std::make_unique<StreamSession>(context, std::move(transport));
    sessions.add(std::move(session)).start(answer, early);
    defer();
}

void Listener::Private::defer()
{
    if (std::exchange(deferred, true))
        return;
    QMetaObject::invokeMethod(
        &loop, [this] { reap(); }, Qt::QueuedConnection);
}

void Listener::Private::reap()
{
    deferred = false;
    sessions.reap([](Session &session) { session.settle(); });
    connections.reap([](HttpConnection &) {});
    acceptor.resume();
    feeds.collect();
    if (isClosing && clients() == 0)
        finishClosing();
    else if (q.onClientsChanged)
        q.onClientsChanged();
}

void Listener::Private::tick()
{
    ticker->start(tickInterval);
    const qint64 now = clock.monotonicMs();
    acceptor.resume();
    feeds.tick();
    connections.forEach([now](HttpConnection &connection) { connection.sweep(now); });
    sessions.forSome(sweepPart, sweepParts, [now](Session &session) { session.sweep(now); });
    sweepPart = (sweepPart + 1) % sweepParts;
}

void Listener::Private::finishClosing()
{
    closing->stop();
    ticker->stop();
    sessions.clear();
    connections.clear();
    if (const auto done = std::exchange(closed, nullptr))
        done();
}

Listener::Listener(Hub &hub, Clock &clock, ServeOptions options)
    : d(std::make_unique<Private>(*this, hub, clock, std::move(options)))
{
}

Listener::~Listener()
{
    onClientsChanged = nullptr;
    d->acceptor.close();
    d->sessions.clear();
    d->connections.clear();
}

Result<QString> Listener::listen()
{
    raiseDescriptorLimit();
    const Result<quint16> port = d->acceptor.listen(d->options.bind, d->options.port);
    if (!port)
        return port.error();
    d->ticker->start(tickInterval);
    return (d->options.tls ? QStringLiteral("https://%1/") : QStringLiteral("http://%1/"))
        .arg(hostAndPort(d->options.bind, *port));
}

void Listener::close(std::function<void()> done)
{
    d->acceptor.close();
    d->isClosing = true;
    d->closed = std::move(done);
    d->closing->start(closeDeadline);
    d->sessions.forEach([](Session &session) { session.close(1001, "server going away"); });
    d->connections.forEach([](HttpConnection &connection) { connection.close(); });
    d->defer();
}

qint64 Listener::clients() const
{
    return qint64(d->clients());
}

int Listener::subscribers(const QByteArray &stream) const
{
    return d->feeds.subscribers(stream);
}

qint64 Listener::encoded(const QByteArray &stream) const
{
    const StreamFeed *const feed = d->feeds.find(stream);
    return feed == nullptr ? 0 : feed->encoded();
}

}
