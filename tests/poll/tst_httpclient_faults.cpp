#include "tests/poll/httpcaller.h"

using namespace restream;

class TestHttpClientFaults : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void contentLengthLongerThanTheBody_isIncomplete();
    void chunkCutOff_isAnErrorOrWhatCame();
    void chunkedGzipCutOff_isAnError();
    void brokenChunkSize_endsTheBodyThere();
    void resetInTheBody_isIncomplete();
    void closedBeforeAnAnswer_isAnErrorAndNoStormOfRequests();
    void emptyBody_isAnAnswer();
    void slowDrip_endsAtTheDeadline();
    void noAnswer_timesOut();
    void nameThatTakesForEver_timesOut();
    void endlessBody_isCutAtTheCap();
    void endlessBodyBelowAnErrorStatus_isStillThatStatus();
    void dripBelowAnErrorStatus_isThatStatusAtTheDeadline();
    void announcedBodyOverTheCap_isTooLarge();
    void gzipBomb_isTooLarge();
    void gzipBody_isInflated();
    void badGzip_isAnError_data();
    void badGzip_isAnError();
    void unknownEncoding_isAnError();
    void unknownEncodingBelowAnErrorStatus_isStillThatStatus();
    void manyHeaders_areCut();
    void endlessHeader_endsWithinTheDeadline();
    void notHttp_isAnError();
    void unknownName_isAnError();
    void refusedConnection_isAnError();

private:
    Error errorOf(const FaultServer &server)
    {
        const Result<HttpAnswer> answer =
            m_caller->get(server.url(QStringLiteral("path?query=hidden")));
        if (answer)
            return { QStringLiteral("no error"), {} };
        // Every message names the host and never more of the URL.
        if (!answer.error().message.contains(QLatin1String("127.0.0.1"))
            || answer.error().message.contains(QLatin1String("hidden"))
            || answer.error().message.contains(QLatin1String("path")))
            return { QStringLiteral("bad message"), answer.error().message };
        return answer.error();
    }

    std::unique_ptr<HttpCaller> m_caller;
};

void TestHttpClientFaults::init()
{
    m_caller = std::make_unique<HttpCaller>();
}

void TestHttpClientFaults::cleanup()
{
    m_caller.reset();
}

void TestHttpClientFaults::contentLengthLongerThanTheBody_isIncomplete()
{
    FaultServer server(
        FaultServer::thenClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,2"));
    QCOMPARE(errorOf(server).code, QStringLiteral("incomplete"));
}

void TestHttpClientFaults::chunkCutOff_isAnErrorOrWhatCame()
{
    // Where the end comes together with the last bytes, Qt calls it a success: the cut body is then refused as no JSON.
    for (const QByteArray chunks : { "10\r\n[1,2", "4\r\n[1,2\r\n" }) {
        FaultServer server(FaultServer::thenClose(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks));
        const Result<HttpAnswer> answer = m_caller->get(server.url());
        if (answer)
            QCOMPARE(answer->body, QByteArray("[1,2"));
        else
            QCOMPARE(answer.error().code, QStringLiteral("incomplete"));
    }
}

void TestHttpClientFaults::chunkedGzipCutOff_isAnError()
{
    const QByteArray body = gzipped("[1,2,3,4,5]").chopped(5);
    const QByteArray head =
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const QByteArray &end :
         { QByteArray(), QByteArray("\r\n"), QByteArray("\r\n0\r\n\r\n") }) {
        FaultServer server(FaultServer::thenClose(head + QByteArray::number(body.size(), 16)
                                                  + "\r\n" + body + end));
        const QString code = errorOf(server).code;
        QVERIFY2(code == QLatin1String("incomplete") || code == QLatin1String("bad_encoding"),
                 qPrintable(code));
    }
}

void TestHttpClientFaults::brokenChunkSize_endsTheBodyThere()
{
    FaultServer server(FaultServer::thenClose(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n[1]\r\n0\r\n\r\n"));
    const Result<HttpAnswer> answer = m_caller->get(server.url());
    QVERIFY(!answer || answer->body.isEmpty());
}

void TestHttpClientFaults::resetInTheBody_isIncomplete()
{
    // A reset overtakes what was sent, so it waits until more has gone than the kernel can hold: then the head was read.
    qint64 left = 32 * 1024 * 1024;
    FaultServer server([&left](QTcpSocket &socket, const WireRequest &) {
        const auto more = [&socket, &left] {
            if (socket.bytesToWrite() > 0)
                return;
            left -= 65536;
            if (left > 0)
                socket.write(QByteArray(65536, 'x'));
            else
                FaultServer::thenClose({}, true)(socket, {});
        };
        QObject::connect(&socket, &QTcpSocket::bytesWritten, &socket, more, Qt::QueuedConnection);
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 40000000\r\n\r\n[1,2");
    });
    QCOMPARE(errorOf(server).code, QStringLiteral("incomplete"));
}

void TestHttpClientFaults::closedBeforeAnAnswer_isAnErrorAndNoStormOfRequests()
{
    FaultServer server(FaultServer::thenClose({}));
    QCOMPARE(errorOf(server).code, QStringLiteral("connection_closed"));
    QVERIFY2(server.requests().size() <= 2,
             QByteArray::number(server.requests().size()).constData());
}

void TestHttpClientFaults::emptyBody_isAnAnswer()
{
    FaultServer server(FaultServer::always(FaultServer::response({})));
    const Result<HttpAnswer> answer = m_caller->get(server.url());
    QVERIFY(answer);
    QVERIFY(answer->body.isEmpty());
}

void TestHttpClientFaults::slowDrip_endsAtTheDeadline()
{
    FaultServer server([](QTcpSocket &socket, const WireRequest &) {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n[");
        auto *drip = new QTimer(&socket);
        QObject::connect(drip, &QTimer::timeout, &socket, [&socket] { socket.write("1"); });
        drip->start(5);
    });
    m_caller->start(HttpCaller::local(server.url()));
    QTRY_COMPARE(server.requests().size(), 1);
    m_caller->clock.advance(29'999);
    QTest::qWait(50);
    QVERIFY(!m_caller->answer);
    m_caller->clock.advance(1);
    QVERIFY(m_caller->answer);
    QCOMPARE(m_caller->answer->error().code, QStringLiteral("timeout"));
    QVERIFY(m_caller->answer->error().message.contains(QLatin1String("30 s")));
    QCOMPARE(m_caller->calls, 1);
}

void TestHttpClientFaults::noAnswer_timesOut()
{
    FaultServer server([](QTcpSocket &, const WireRequest &) {});
    HttpRequest request = HttpCaller::local(server.url());
    request.timeoutMs = 1500;
    m_caller->start(request);
    QTRY_COMPARE(server.requests().size(), 1);
    m_caller->clock.advance(1500);
    QVERIFY(m_caller->answer);
    QCOMPARE(m_caller->answer->error().code, QStringLiteral("timeout"));
    QVERIFY(m_caller->answer->error().message.contains(QLatin1String("1.5 s")));
}

void TestHttpClientFaults::nameThatTakesForEver_timesOut()
{
    m_caller->resolver.silent = true;
    m_caller->start(HttpCaller::local(QUrl(QStringLiteral("http://slow.example/"))));
    QTRY_COMPARE(m_caller->resolver.asked.size(), 1);
    m_caller->clock.advance(30'000);
    QVERIFY(m_caller->answer);
    QCOMPARE(m_caller->answer->error().code, QStringLiteral("timeout"));
}

void TestHttpClientFaults::endlessBody_isCutAtTheCap()
{
    FaultServer server([](QTcpSocket &socket, const WireRequest &) {
        socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        const auto more = [&socket] {
            if (socket.bytesToWrite() < 65536)
                socket.write(QByteArray(65536, 'x'));
        };
        QObject::connect(&socket, &QTcpSocket::bytesWritten, &socket, more);
        more();
    });
    HttpRequest request = HttpCaller::local(server.url());
    request.maxBody = 4 * 1024 * 1024;
    const Result<HttpAnswer> answer = m_caller->get(request);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, QStringLiteral("too_large"));
    QVERIFY(answer.error().message.contains(QLatin1String("4 MiB")));
}

void TestHttpClientFaults::endlessBodyBelowAnErrorStatus_isStillThatStatus()
{
    FaultServer server([](QTcpSocket &socket, const WireRequest &) {
        socket.write("HTTP/1.1 429 X\r\nRetry-After: 5\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 200; ++i)
            socket.write("400\r\n" + QByteArray(0x400, 'x') + "\r\n");
    });
    const Result<HttpAnswer> answer = m_caller->get(server.url());
    QVERIFY(answer);
    QCOMPARE(answer->status, 429);
    QCOMPARE(answer->retryAfter, QByteArray("5"));
    QVERIFY(answer->body.size() <= 64 * 1024);
}

void TestHttpClientFaults::dripBelowAnErrorStatus_isThatStatusAtTheDeadline()
{
    FaultServer server(FaultServer::always("HTTP/1.1 403 X\r\nContent-Length: 100\r\n\r\nso"));
    m_caller->start(HttpCaller::local(server.url()));
    QTRY_COMPARE(server.requests().size(), 1);
    // Another call through the same network thread ends after the first one's head has come.
    FaultServer other(FaultServer::always(FaultServer::response("[]")));
    bool ended = false;
    const auto call = m_caller->client.get(HttpCaller::local(other.url()),
                                           [&](const Result<HttpAnswer> &) { ended = true; });
    QTRY_VERIFY(ended);
    m_caller->clock.advance(30'000);
    QVERIFY(m_caller->answer);
    QVERIFY(*m_caller->answer);
    QCOMPARE((*m_caller->answer)->status, 403);
}

void TestHttpClientFaults::announcedBodyOverTheCap_isTooLarge()
{
    FaultServer server(
        FaultServer::always("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"));
    QCOMPARE(errorOf(server).code, QStringLiteral("too_large"));
}

void TestHttpClientFaults::gzipBomb_isTooLarge()
{
    FaultServer server(FaultServer::always(FaultServer::response(
        gzipped(QByteArray(80 * 1024 * 1024, '0')), "Content-Encoding: gzip\r\n")));
    QCOMPARE(errorOf(server).code, QStringLiteral("too_large"));
}

void TestHttpClientFaults::gzipBody_isInflated()
{
    FaultServer server(FaultServer::always(
        FaultServer::response(gzipped("[1,2,3]"), "Content-Encoding: gzip\r\n")));
    const Result<HttpAnswer> answer = m_caller->get(server.url());
    QVERIFY(answer);
    QCOMPARE(answer->body, QByteArray("[1,2,3]"));
}

void TestHttpClientFaults::badGzip_isAnError_data()
{
    QTest::addColumn<QByteArray>("body");
    const QByteArray good = gzipped("[1,2,3]");
    QTest::newRow("cut off") << good.chopped(4);
    QTest::newRow("garbage behind") << good + "garbage";
    QTest::newRow("plain text") << QByteArray("[1,2,3]");
    QTest::newRow("nothing") << QByteArray();
}

void TestHttpClientFaults::badGzip_isAnError()
{
    QFETCH(QByteArray, body);
    FaultServer server(
        FaultServer::always(FaultServer::response(body, "Content-Encoding: gzip\r\n")));
    QCOMPARE(errorOf(server).code, QStringLiteral("bad_encoding"));
}

void TestHttpClientFaults::unknownEncoding_isAnError()
{
    FaultServer server(
        FaultServer::always(FaultServer::response("[1]", "Content-Encoding: br\r\n")));
    QCOMPARE(errorOf(server).code, QStringLiteral("bad_encoding"));
}

void TestHttpClientFaults::unknownEncodingBelowAnErrorStatus_isStillThatStatus()
{
    FaultServer server(
        FaultServer::always(FaultServer::response("???", "Content-Encoding: br\r\n", "500 X")));
    const Result<HttpAnswer> answer = m_caller->get(server.url());
    QVERIFY(answer);
    QCOMPARE(answer->status, 500);
}

void TestHttpClientFaults::manyHeaders_areCut()
{
    // Past its limit Qt stops reading and says nothing; the deadline ends that.
    QByteArray head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n";
    for (int i = 0; i < 4000; ++i)
        head += "X-Header-" + QByteArray::number(i) + ": " + QByteArray(100, 'x') + "\r\n";
    FaultServer server(FaultServer::always(head + "\r\n[]"));
    m_caller->start(HttpCaller::local(server.url()));
    QTRY_COMPARE(server.requests().size(), 1);
    QTest::qWait(50);
    m_caller->clock.advance(30'000);
    QTRY_VERIFY(m_caller->answer);
    QVERIFY(!*m_caller->answer);
}

void TestHttpClientFaults::endlessHeader_endsWithinTheDeadline()
{
    FaultServer server([](QTcpSocket &socket, const WireRequest &) {
        socket.write("HTTP/1.1 200 OK\r\nX-Long: ");
        const auto more = [&socket] {
            if (socket.bytesToWrite() < 65536)
                socket.write(QByteArray(65536, 'x'));
        };
        QObject::connect(&socket, &QTcpSocket::bytesWritten, &socket, more);
        more();
    });
    m_caller->start(HttpCaller::local(server.url()));
    QTRY_COMPARE(server.requests().size(), 1);
    QTest::qWait(50);
    m_caller->clock.advance(30'000);
    QTRY_VERIFY(m_caller->answer);
    QVERIFY(!*m_caller->answer);
}

void TestHttpClientFaults::notHttp_isAnError()
{
    FaultServer server(FaultServer::thenClose("SSH-2.0-OpenSSH_9.2p1 Debian\r\n\r\n\r\n\r\n"));
    const QString code = errorOf(server).code;
    QVERIFY2(code == QLatin1String("bad_response") || code == QLatin1String("connection_closed"),
             qPrintable(code));
}

void TestHttpClientFaults::unknownName_isAnError()
{
    const Result<HttpAnswer> answer =
        m_caller->get(QUrl(QStringLiteral("https://no-such-host.invalid/path?query=hidden")));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, QStringLiteral("dns_failed"));
    QVERIFY(answer.error().message.contains(QLatin1String("no-such-host.invalid")));
    QVERIFY(!answer.error().message.contains(QLatin1String("hidden")));
}

void TestHttpClientFaults::refusedConnection_isAnError()
{
    QUrl url;
    {
        const FaultServer gone(FaultServer::always({}));
        url = gone.url();
    }
    const Result<HttpAnswer> answer = m_caller->get(url);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, QStringLiteral("connection_refused"));
}

QTEST_GUILESS_MAIN(TestHttpClientFaults)
#include "tst_httpclient_faults.moc"
