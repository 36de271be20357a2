#include "fetchers/fetchers.h"
#include "fetchers/httpfetcher.h"
#include "tests/support/fakeclock.h"
#include "tests/support/faultserver.h"

#include <QTest>

using namespace restream;

using Kind = FetchResult::Kind;

class TestHttpFetcher : public QObject
{
    Q_OBJECT

private slots:
    void body_comesWithValidatorsThatMakeItNotModified();
    void paramsAndKey_reachTheServer();
    void missingKey_isRefusedWithoutACall();
    void refusedKey_isNotAskedAgainAndNeverShown();
    void redirectToAnotherOrigin_doesNotCarryTheKey();
    void paramThatAimsAtAPrivateAddress_isRefused();
    void retryAfterDate_isMeasuredFromTheWallClock();
    void serverTrouble_isFailed();
    void cancelledAndDestroyedFetchers_areSilent();
    void secondCall_replacesTheFirst();
    void handlerThatFetchesAgainOrDestroys_isSafe();
    void factory_makesWhatTheDefinitionAsksFor();

private:
    static ChannelDefinition channel(const FaultServer &server, const QString &tail = {})
    {
        ChannelDefinition definition;
        definition.name = QStringLiteral("nyt-top");
        definition.request.url = server.url().toString() % tail;
        return definition;
    }
    static void needKey(ChannelDefinition &definition)
    {
        definition.auth.type = AuthDefinition::Type::ApiKey;
        definition.auth.place = AuthDefinition::Place::Query;
        definition.auth.name = QStringLiteral("api-key");
        definition.auth.key = QStringLiteral("api-key");
    }
    FetchResult fetch(Fetcher &fetcher, const FetchRequest &request = {})
    {
        std::optional<FetchResult> result;
        fetcher.fetch(request, [&](FetchResult got) { result = std::move(got); });
        if (result || !QTest::qWaitFor([&] { return result.has_value(); }, 10000)) {
            FetchResult none;
            none.error.code = QStringLiteral("test_hangs_or_too_early");
            return none;
        }
        return *result;
    }

    const Keys m_keys { { QStringLiteral("api-key"), QStringLiteral("s3cret-value") } };
    FakeClock m_clock;
    FetcherFactory m_factory = makeFetcherFactory(m_clock);
};

void TestHttpFetcher::body_comesWithValidatorsThatMakeItNotModified()
{
    FaultServer server([](QTcpSocket &socket, const WireRequest &request) {
        if (request.header("If-None-Match") == "\"v1\"")
            socket.write("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n");
        else
            socket.write(
                FaultServer::response("[1]", "ETag: \"v1\"\r\nContent-Type: application/json\r\n"));
    });
    const auto fetcher = m_factory(channel(server));
    QVERIFY(fetcher->isRemote());
    const FetchResult first = fetch(*fetcher);
    QCOMPARE(first.kind, Kind::Body);
    QCOMPARE(first.body, QByteArray("[1]"));
    FetchRequest again;
    again.validators = first.validators;
    QCOMPARE(fetch(*fetcher, again).kind, Kind::NotModified);
}

void TestHttpFetcher::paramsAndKey_reachTheServer()
{
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    ChannelDefinition definition = channel(server, QStringLiteral("v2/{section}.json"));
    definition.request.query = { { QStringLiteral("limit"), QStringLiteral("{count}") } };
    needKey(definition);
    const auto fetcher = m_factory(definition);
    FetchRequest request;
    request.keys = m_keys;
    request.params = { { QStringLiteral("section"), QStringLiteral("a/b") } };
    QCOMPARE(fetch(*fetcher, request).kind, Kind::Body);
    request.params.insert(QStringLiteral("count"), QStringLiteral("10"));
    QCOMPARE(fetch(*fetcher, request).kind, Kind::Body);
    QCOMPARE(server.requests().at(0).target(), QByteArray("/v2/a%2Fb.json?api-key=s3cret-value"));
    QCOMPARE(server.requests().at(1).target(),
             QByteArray("/v2/a%2Fb.json?limit=10&api-key=s3cret-value"));
    request.keys = { { QStringLiteral("api-key"), QStringLiteral("another") } };
    QCOMPARE(fetch(*fetcher, request).kind, Kind::Body);
    QCOMPARE(server.requests().at(2).target(),
             QByteArray("/v2/a%2Fb.json?limit=10&api-key=another"));
}

void TestHttpFetcher::missingKey_isRefusedWithoutACall()
{
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    ChannelDefinition definition = channel(server);
    needKey(definition);
    const auto fetcher = m_factory(definition);
    const FetchResult result = fetch(*fetcher);
    QCOMPARE(result.kind, Kind::Refused);
    QCOMPARE(result.error.code, QStringLiteral("key_missing"));
    QCOMPARE(server.connections(), 0);
}

void TestHttpFetcher::refusedKey_isNotAskedAgainAndNeverShown()
{
    FaultServer server([](QTcpSocket &socket, const WireRequest &request) {
        socket.write(FaultServer::response("no such key: " + request.target(),
                                           "WWW-Authenticate: Basic realm=\"x\"\r\n", "401 X"));
    });
    ChannelDefinition definition = channel(server);
    needKey(definition);
    const auto fetcher = m_factory(definition);
    FetchRequest request;
    request.keys = m_keys;
    const FetchResult result = fetch(*fetcher, request);
    QCOMPARE(result.kind, Kind::Refused);
    QCOMPARE(result.error.code, QStringLiteral("key_refused"));
    QVERIFY(result.error.message.contains(QLatin1String("no such key")));
    QVERIFY(!result.error.message.contains(QLatin1String("s3cret")));
    QCOMPARE(server.requests().size(), 1);
}

void TestHttpFetcher::redirectToAnotherOrigin_doesNotCarryTheKey()
{
    FaultServer other(FaultServer::always(FaultServer::response("[]")));
    // A server that tries to get the key shown: as a host's name.
    FaultServer server([&](QTcpSocket &socket, const WireRequest &request) {
        const QByteArray host = request.target().contains("/name")
            ? QByteArray("s3cret-value.example")
            : QByteArray("127.0.0.1:" + QByteArray::number(other.port()));
        socket.write(FaultServer::response({}, "Location: http://" + host + "/\r\n", "302 X"));
    });
    FetchRequest request;
    request.keys = m_keys;
    for (const QString &tail : { QStringLiteral("x"), QStringLiteral("name") }) {
        ChannelDefinition definition = channel(server, tail);
        needKey(definition);
        const auto fetcher = m_factory(definition);
        const FetchResult result = fetch(*fetcher, request);
        QCOMPARE(result.kind, Kind::Failed);
        QCOMPARE(result.error.code, QStringLiteral("redirect_refused"));
        QVERIFY2(!result.error.message.contains(QLatin1String("s3cret")),
                 qPrintable(result.error.message));
    }
    QCOMPARE(other.connections(), 0);
}

void TestHttpFetcher::paramThatAimsAtAPrivateAddress_isRefused()
{
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    ChannelDefinition definition = channel(server);
    definition.request.url = QStringLiteral("http://{host}:%1/").arg(server.port());
    FetchRequest request;
    for (const char *host : { "127.0.0.1", "localhost", "127.1", "0x7f000001" }) {
        request.params = { { QStringLiteral("host"), QString::fromLatin1(host) } };
        const auto fetcher = m_factory(definition);
        const FetchResult result = fetch(*fetcher, request);
        QVERIFY(result.kind == Kind::Refused || result.error.code == QLatin1String("dns_failed"));
    }
    QCOMPARE(server.connections(), 0);
    definition.request.allowPrivate = true;
    request.params = { { QStringLiteral("host"), QStringLiteral("127.0.0.1") } };
    const auto fetcher = m_factory(definition);
    QCOMPARE(fetch(*fetcher, request).kind, Kind::Body);
}

void TestHttpFetcher::retryAfterDate_isMeasuredFromTheWallClock()
{
    const QByteArray date =
        QLocale::c()
            .toString(QDateTime::fromMSecsSinceEpoch(m_clock.wallMs() + 90'000, Qt::UTC),
                      QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'"))
            .toLatin1();
    FaultServer server(
        FaultServer::always(FaultServer::response({}, "Retry-After: " + date + "\r\n", "503 X")));
    const auto fetcher = m_factory(channel(server));
    const FetchResult result = fetch(*fetcher);
    QCOMPARE(result.kind, Kind::RateLimited);
    QCOMPARE(result.retryAfterMs, std::optional<qint64>(90'000));
}

void TestHttpFetcher::serverTrouble_isFailed()
{
    FaultServer server(FaultServer::thenClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,"));
    const auto fetcher = m_factory(channel(server));
    const FetchResult result = fetch(*fetcher);
    QCOMPARE(result.kind, Kind::Failed);
    QCOMPARE(result.error.code, QStringLiteral("incomplete"));
    QVERIFY(result.body.isEmpty());
}

void TestHttpFetcher::cancelledAndDestroyedFetchers_areSilent()
{
    FaultServer server([](QTcpSocket &, const WireRequest &) {});
    bool called = false;
    auto fetcher = m_factory(channel(server));
    fetcher->fetch({}, [&](const FetchResult &) { called = true; });
    QTRY_COMPARE(server.requests().size(), 1);
    fetcher->cancel();
    QCOMPARE(m_clock.nextTimer(), -1);
    fetcher->fetch({}, [&](const FetchResult &) { called = true; });
    fetcher.reset();

    ChannelDefinition broken = channel(server);
    broken.request.url = QStringLiteral("nonsense");
    fetcher = m_factory(broken);
    fetcher->fetch({}, [&](const FetchResult &) { called = true; });
    fetcher->cancel();
    QTest::qWait(20);
    QVERIFY(!called);
    QCOMPARE(m_clock.nextTimer(), -1);
}

void TestHttpFetcher::secondCall_replacesTheFirst()
{
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    const auto fetcher = m_factory(channel(server));
    bool first = false;
    fetcher->fetch({}, [&](const FetchResult &) { first = true; });
    QCOMPARE(fetch(*fetcher).kind, Kind::Body);
    QVERIFY(!first);
}

void TestHttpFetcher::handlerThatFetchesAgainOrDestroys_isSafe()
{
    FaultServer server(FaultServer::always(FaultServer::response("[]")));
    auto fetcher = m_factory(channel(server));
    int calls = 0;
    fetcher->fetch({}, [&](const FetchResult &) {
        ++calls;
        fetcher->fetch({}, [&](const FetchResult &) {
            ++calls;
            fetcher.reset();
        });
    });
    QTRY_COMPARE(calls, 2);
    QVERIFY(!fetcher);
}

void TestHttpFetcher::factory_makesWhatTheDefinitionAsksFor()
{
    ChannelDefinition definition;
    QVERIFY(dynamic_cast<HttpFetcher *>(m_factory(definition).get()));
    definition.fetcher = ChannelDefinition::FetcherKind::Replay;
    QVERIFY(!m_factory(definition)->isRemote());
}

QTEST_GUILESS_MAIN(TestHttpFetcher)
#include "tst_httpfetcher.moc"
