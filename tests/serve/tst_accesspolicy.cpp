#include "core/serve/accesspolicy.h"

#include <QTest>

using namespace restream;

namespace {

const QHostAddress loopback(QHostAddress::LocalHost);

AccessPolicy policyOf(const QString &bind = QStringLiteral("127.0.0.1"))
{
    ServeOptions options;
    options.bind = QHostAddress(bind);
    options.hostNames = { QStringLiteral("Feeds.example.org") };
    options.allowedOrigins = { QStringLiteral("https://page.example.org"), QStringLiteral("null") };
    return { options, QStringLiteral("Desk") };
}

HttpRequestHead requestOf(const QByteArray &host, const QByteArray &origin = {})
{
    HttpRequestHead request;
    request.headers.emplace_back("host", host);
    if (!origin.isNull())
        request.headers.emplace_back("origin", origin);
    return request;
}

}

class TestAccessPolicy : public QObject
{
    Q_OBJECT

private slots:
    void host_data();
    void host();
    void boundAddress_isAHostThere();
    void origin_data();
    void origin();
    void localPage_isNoMoreOnALanBind();
    void nullOrigin_needsToBeListed();
    void refusal_saysWhatWouldHelp();
};

void TestAccessPolicy::host_data()
{
    QTest::addColumn<bool>("allowed");
    for (const char *good : { "localhost", "LocalHost:7999", "localhost.", "localhost:",
                              "127.0.0.1", "127.0.0.1:7999", "127.9.9.9", "[::1]", "[::1]:7999",
                              "desk", "desk.local:80", "DESK", "feeds.example.org:443" })
        QTest::newRow(good) << true;
    for (const char *bad :
         { "", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.1",
           "2130706433", "0x7f.1", "0.0.0.0", "192.168.1.5", "localhost:port", "localhost:123456",
           "[::1", "::1", "[::2]", "user@localhost", "localhost/x", "localhost, evil.example",
           "desk.evil.example", "127.0.0.1:7999:1" })
        QTest::newRow(*bad ? bad : "empty") << false;
}

void TestAccessPolicy::host()
{
    QFETCH(bool, allowed);
    const QByteArray name = QTest::currentDataTag();
    QCOMPARE(policyOf().allowsHost(name == "empty" ? QByteArray() : name, loopback), allowed);
}

void TestAccessPolicy::boundAddress_isAHostThere()
{
    const QHostAddress lan(QStringLiteral("192.168.1.5"));
    const AccessPolicy policy = policyOf(QStringLiteral("192.168.1.5"));
    QVERIFY(policy.allowsHost("192.168.1.5:7999", lan));
    QVERIFY(!policy.allowsHost("192.168.1.6", lan));
    QVERIFY(policy.allowsHost("192.168.1.5", QHostAddress(QStringLiteral("::ffff:192.168.1.5"))));
}

void TestAccessPolicy::origin_data()
{
    QTest::addColumn<bool>("allowed");
    for (const char *good :
         { "http://localhost", "http://localhost:3000", "http://127.0.0.1:5173",
           "HTTP://LOCALHOST:1", "https://page.example.org", "null", "http://[::1]:7999" })
        QTest::newRow(good) << true;
    for (const char *bad :
         { "", "https://evil.example", "http://localhost.evil.example",
           "http://localhost:3000.evil.example", "http://localhost:", "https://localhost",
           "http://127.0.0.1.evil.example", "http://127.0.0.1:123456",
           "https://page.example.org.evil.example", "file://", "http://[::1]:1" })
        QTest::newRow(*bad ? bad : "empty") << false;
}

void TestAccessPolicy::origin()
{
    QFETCH(bool, allowed);
    const QByteArray name = QTest::currentDataTag();
    QCOMPARE(policyOf().allowsOrigin(name == "empty" ? QByteArray("") : name, "[::1]:7999"),
             allowed);
}

void TestAccessPolicy::localPage_isNoMoreOnALanBind()
{
    const AccessPolicy policy = policyOf(QStringLiteral("192.168.1.5"));
    QVERIFY(!policy.allowsOrigin("http://localhost:3000", "192.168.1.5:7999"));
    QVERIFY(policy.allowsOrigin("http://192.168.1.5:7999", "192.168.1.5:7999"));
}

void TestAccessPolicy::nullOrigin_needsToBeListed()
{
    const AccessPolicy strict { ServeOptions(), QString() };
    QVERIFY(!strict.allowsOrigin("null", "localhost"));
    QVERIFY(policyOf().allowsOrigin("null", "localhost"));
}

void TestAccessPolicy::refusal_saysWhatWouldHelp()
{
    const AccessPolicy policy = policyOf();
    QVERIFY(!policy.check(requestOf("localhost:7999"), loopback, 7999));
    QVERIFY(!policy.check(requestOf("localhost:7999", "http://localhost:1"), loopback, 7999));
    const auto host = policy.check(requestOf("evil.example"), loopback, 7999);
    QVERIFY(host && host->reason.contains(QStringLiteral("evil.example")));
    QVERIFY(host && host->remedy.contains(QStringLiteral("http://localhost:7999/")));
    const auto origin =
        policy.check(requestOf("localhost", "https://evil.example"), loopback, 7999);
    QVERIFY(origin
            && origin->remedy.contains(QStringLiteral("--allow-origin https://evil.example")));
    QVERIFY(!policy.check(HttpRequestHead(), loopback, 7999));
}

QTEST_GUILESS_MAIN(TestAccessPolicy)
#include "tst_accesspolicy.moc"
