#include "core/serve/httprequesthead.h"

#include <QTest>

using namespace restream;

using State = HttpParse::State;

class TestHttpRequestHead : public QObject
{
    Q_OBJECT

private slots:
    void goodHead_isTakenApart();
    void headInPieces_isIncompleteUntilItsEmptyLine();
    void badHead_isRefused_data();
    void badHead_isRefused();
    void longHead_is431();
    void garbage_isRefusedBeforeItsEnd();
    void connection_staysOnlyForHttp11WithoutClose();
    void body_isNoticed();
    void upgrade_needsBothHeaders();
};

void TestHttpRequestHead::goodHead_isTakenApart()
{
    const QByteArray head = "GET /v1/channels?a=b%20c HTTP/1.1\r\nHost: localhost:7999\r\n"
                            "Accept:text/html\r\nAccept: \tapplication/json \r\nEmpty:\r\n\r\n";
    const HttpParse parse = parseHttpRequestHead(QByteArray(head + "GET /next"), 16384);
    QCOMPARE(parse.state, State::Complete);
    QCOMPARE(parse.request.method, QByteArray("GET"));
    QCOMPARE(parse.request.path, QByteArray("/v1/channels"));
    QCOMPARE(parse.request.query, QByteArray("a=b%20c"));
    QCOMPARE(parse.request.headSize, head.size());
    QCOMPARE(parse.request.header("host"), QByteArray("localhost:7999"));
    QCOMPARE(parse.request.header("accept"), QByteArray("text/html, application/json"));
    QVERIFY(!parse.request.header("empty").isNull());
    QVERIFY(parse.request.header("missing").isNull());
    QVERIFY(parse.request.hasToken("accept", "TEXT/html"));
    QCOMPARE(parseHttpRequestHead(QByteArray("\r\n" + head), 16384).request.headSize,
             head.size() + 2);
}

void TestHttpRequestHead::headInPieces_isIncompleteUntilItsEmptyLine()
{
    const QByteArray head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for (qsizetype size = 0; size < head.size(); ++size)
        QCOMPARE(parseHttpRequestHead(QByteArrayView(head).first(size), 16384).state,
                 State::Incomplete);
    QCOMPARE(parseHttpRequestHead(head, 16384).state, State::Complete);
}

void TestHttpRequestHead::badHead_isRefused_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<int>("status");
    const auto row = [](const char *name, const QByteArray &head, int status = 400) {
        QTest::newRow(name) << QByteArray(head + "\r\n\r\n") << status;
    };
    row("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a");
    row("no host", "GET / HTTP/1.1\r\nAccept: */*");
    row("two origins", "GET / HTTP/1.1\r\nHost: a\r\nOrigin: a\r\nOrigin: b");
    row("absolute form", "GET http://evil/ HTTP/1.1\r\nHost: a");
    row("authority form", "CONNECT evil:80 HTTP/1.1\r\nHost: a");
    row("folded", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c");
    row("space before colon", "GET / HTTP/1.1\r\nHost : a");
    row("no colon", "GET / HTTP/1.1\r\nHost: a\r\nwhat");
    row("bad name", "GET / HTTP/1.1\r\nHost: a\r\nX(y): b");
    row("empty name", "GET / HTTP/1.1\r\nHost: a\r\n: b");
    row("nul in value", QByteArray("GET / HTTP/1.1\r\nHost: a\r\nX: b\0c", 31));
    row("control in value", "GET / HTTP/1.1\r\nHost: a\r\nX: b\x01");
    row("bare line feed", "GET / HTTP/1.1\nHost: a");
    row("carriage return in value", "GET / HTTP/1.1\r\nHost: a\rX: b");
    row("control in target", "GET /\x7f HTTP/1.1\r\nHost: a");
    row("fragment", "GET /#a HTTP/1.1\r\nHost: a");
    row("two spaces", "GET  / HTTP/1.1\r\nHost: a");
    row("space in target", "GET /a b HTTP/1.1\r\nHost: a");
    row("no version", "GET /\r\nHost: a");
    row("bad method", "G@T / HTTP/1.1\r\nHost: a");
    row("http 2", "GET / HTTP/2.0\r\nHost: a", 505);
    row("long target", "GET /" + QByteArray(9000, 'a') + " HTTP/1.1\r\nHost: a", 414);
    row("many headers", "GET / HTTP/1.1\r\nHost: a" + QByteArray("\r\nX: b").repeated(100), 431);
    row("bad length", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1");
    row("two lengths", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2");
    row("length and chunks",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked");
}

void TestHttpRequestHead::badHead_isRefused()
{
    QFETCH(QByteArray, head);
    QFETCH(int, status);
    const HttpParse parse = parseHttpRequestHead(head, 16384);
    QCOMPARE(parse.state, State::Bad);
    QCOMPARE(parse.status, status);
    QVERIFY(!parse.problem.isEmpty());
}

void TestHttpRequestHead::longHead_is431()
{
    const QByteArray start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    const QByteArray fits = start + QByteArray(1024 - start.size() - 4, 'x') + "\r\n\r\n";
    QCOMPARE(parseHttpRequestHead(fits, 1024).state, State::Complete);
    const QByteArray whole = start + QByteArray(1024 - start.size() - 3, 'x') + "\r\n\r\n";
    QCOMPARE(parseHttpRequestHead(whole, 1024).status, 431);
    QCOMPARE(parseHttpRequestHead(QByteArray(start + QByteArray(1024, 'x')), 1024).status, 431);
}

void TestHttpRequestHead::garbage_isRefusedBeforeItsEnd()
{
    QCOMPARE(parseHttpRequestHead(QByteArray("\x16\x03\x01\x02", 4), 16384).status, 400);
    QCOMPARE(parseHttpRequestHead(QByteArray("GET / HTTP/1.1\nHo"), 16384).status, 400);
}

void TestHttpRequestHead::connection_staysOnlyForHttp11WithoutClose()
{
    const auto stays = [](const QByteArray &line) {
        return parseHttpRequestHead(QByteArray(line + "\r\n\r\n"), 16384).request.keepsAlive();
    };
    QVERIFY(stays("GET / HTTP/1.1\r\nHost: a"));
    QVERIFY(!stays("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close"));
    QVERIFY(!stays("GET / HTTP/1.0\r\nHost: a"));
    QVERIFY(!stays("GET / HTTP/1.0"));
}

void TestHttpRequestHead::body_isNoticed()
{
    const auto has = [](const QByteArray &line) {
        return parseHttpRequestHead(
                   QByteArray("POST / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n"), 16384)
            .request.hasBody();
    };
    QVERIFY(has("Content-Length: 10"));
    QVERIFY(has("Transfer-Encoding: chunked"));
    QVERIFY(!has("Content-Length: 0"));
    QVERIFY(!has("X: y"));
}

void TestHttpRequestHead::upgrade_needsBothHeaders()
{
    const auto wants = [](const QByteArray &lines) {
        return parseHttpRequestHead(
                   QByteArray("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\n"), 16384)
            .request.wantsWebSocket();
    };
    QVERIFY(wants("Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade"));
    QVERIFY(!wants("Upgrade: websocket"));
    QVERIFY(!wants("Upgrade: h2c\r\nConnection: Upgrade"));
}

QTEST_GUILESS_MAIN(TestHttpRequestHead)
#include "tst_httprequesthead.moc"
