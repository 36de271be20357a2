#include "tests/poll/httpcaller.h"

#include <QFile>
#include <QProcess>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QStandardPaths>
#include <QTemporaryDir>

using namespace restream;

class TestHttpClientTls : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void cleanup();

    void trustedCertificate_isAskedAtTheAddressUnderTheName();
    void certificate_isRefusedAndExplained_data();
    void certificate_isRefusedAndExplained();
    void certificateForTheAddressOnly_doesNotDoForTheName();
    void redirectFromHttpsToHttp_isRefused();
    void plainServerAskedForTls_isExplained();

private:
    /// Makes NAME.pem and NAME.key; `days` may be negative.
    bool make(const QString &name, const QString &subjectAltName, int days);
    [[nodiscard]] QSslConfiguration serverWith(const QString &name) const;
    void trust(const QString &name) const;
    [[nodiscard]] Result<HttpAnswer> ask(const FaultServer &server);

    QTemporaryDir m_folder;
    QSslConfiguration m_before = QSslConfiguration::defaultConfiguration();
    HttpCaller m_caller;
};

bool TestHttpClientTls::make(const QString &name, const QString &subjectAltName, int days)
{
    const auto path = [this](const QString &file) { return m_folder.filePath(file); };
    const auto write = [&](const QString &file, const QByteArray &text) {
        QFile out(path(file));
        return out.open(QIODevice::WriteOnly) && out.write(text) == text.size();
    };
    const auto run = [](const QString &command, const QStringList &rest) {
        QProcess openssl;
        openssl.start(QStringLiteral("openssl"), command.split(QLatin1Char(' ')) + rest);
        return openssl.waitForFinished() && openssl.exitCode() == 0;
    };
    // Only "openssl ca" can make a certificate of the past.
    const QByteArray folder = QFile::encodeName(m_folder.path());
    const QByteArray config = "[ca]\ndefault_ca=own\n[own]\nnew_certs_dir=" + folder
        + "\ndatabase=" + folder + "/index\nserial=" + folder
        + "/serial\ndefault_md=sha256\npolicy=any\nx509_extensions=ext\nunique_subject=no\n[any]"
          "\ncommonName=supplied\n[ext]\nsubjectAltName="
        + subjectAltName.toLatin1() + "\n";
    if (!write(QStringLiteral("config"), config) || !write(QStringLiteral("index"), {})
        || !write(QStringLiteral("serial"), "01\n"))
        return false;
    const auto time = [](int day) {
        return QDateTime::currentDateTimeUtc().addDays(day).toString(
            QStringLiteral("yyyyMMddHHmmss'Z'"));
    };
    const QString key = path(name % QStringLiteral(".key"));
    return run(QStringLiteral("req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
                              "-subj /CN=test"),
               { QStringLiteral("-keyout"), key, QStringLiteral("-out"),
                 path(QStringLiteral("request")) })
        && run(QStringLiteral("ca -selfsign -batch -notext"),
               { QStringLiteral("-config"), path(QStringLiteral("config")), QStringLiteral("-in"),
                 path(QStringLiteral("request")), QStringLiteral("-keyfile"), key,
                 QStringLiteral("-startdate"), time(-5), QStringLiteral("-enddate"), time(days),
                 QStringLiteral("-out"), path(name % QStringLiteral(".pem")) });
}

void TestHttpClientTls::initTestCase()
{
    if (!QSslSocket::supportsSsl()
        || QStandardPaths::findExecutable(QStringLiteral("openssl")).isEmpty())
        QSKIP("needs TLS and the openssl program");
    const QString name = QStringLiteral("DNS:api.example.com");
    QVERIFY(make(QStringLiteral("good"), name, 30));
    QVERIFY(make(QStringLiteral("wrongname"), QStringLiteral("DNS:other.example.com"), 30));
    QVERIFY(make(QStringLiteral("address"), QStringLiteral("IP:127.0.0.1"), 30));
    QVERIFY(make(QStringLiteral("expired"), name, -2));
    m_caller.resolver.names[QStringLiteral("api.example.com")] = { QHostAddress(
        QHostAddress::LocalHost) };
}

void TestHttpClientTls::cleanup()
{
    QSslConfiguration::setDefaultConfiguration(m_before);
}

QSslConfiguration TestHttpClientTls::serverWith(const QString &name) const
{
    QFile key(m_folder.filePath(name % QStringLiteral(".key")));
    if (!key.open(QIODevice::ReadOnly))
        qFatal("no key");
    QSslConfiguration configuration = m_before;
    configuration.setPrivateKey(QSslKey(&key, QSsl::Ec));
    configuration.setLocalCertificateChain(
        QSslCertificate::fromPath(m_folder.filePath(name % QStringLiteral(".pem"))));
    return configuration;
}

void TestHttpClientTls::trust(const QString &name) const
{
    QSslConfiguration configuration = m_before;
    configuration.setCaCertificates(
        QSslCertificate::fromPath(m_folder.filePath(name % QStringLiteral(".pem"))));
    QSslConfiguration::setDefaultConfiguration(configuration);
}

Result<HttpAnswer> TestHttpClientTls::ask(const FaultServer &server)
{
    QUrl url = server.url(QStringLiteral("path?query=hidden"));
    url.setHost(QStringLiteral("api.example.com"));
    HttpRequest request = HttpCaller::local(url);
    request.secretHeaders = { { "Authorization", "Bearer s3cret" } };
    return m_caller.get(request);
}

void TestHttpClientTls::trustedCertificate_isAskedAtTheAddressUnderTheName()
{
    trust(QStringLiteral("good"));
    FaultServer server(FaultServer::always(FaultServer::response("[1]")),
                       serverWith(QStringLiteral("good")));
    const Result<HttpAnswer> answer = ask(server);
    QVERIFY2(answer, answer ? "" : qPrintable(answer.error().message));
    QCOMPARE(answer->body, QByteArray("[1]"));
    QCOMPARE(server.requests().constFirst().header("Host"),
             "api.example.com:" + QByteArray::number(server.port()));
    QVERIFY(ask(server));
    QCOMPARE(server.connections(), 1);
}

void TestHttpClientTls::certificate_isRefusedAndExplained_data()
{
    QTest::addColumn<bool>("trusted");
    QTest::addColumn<QString>("says");
    QTest::newRow("expired") << true << "expired on 20";
    QTest::newRow("wrongname") << true << "for another name";
    QTest::newRow("good") << false << "self-signed";
}

void TestHttpClientTls::certificate_isRefusedAndExplained()
{
    QFETCH(bool, trusted);
    QFETCH(QString, says);
    const QString name = QString::fromLatin1(QTest::currentDataTag());
    if (trusted)
        trust(name);
    FaultServer server(FaultServer::always(FaultServer::response("[1]")), serverWith(name));
    const Result<HttpAnswer> answer = ask(server);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, QStringLiteral("tls_failed"));
    QVERIFY2(answer.error().message.contains(says), qPrintable(answer.error().message));
    QVERIFY(answer.error().message.contains(QLatin1String("api.example.com")));
    QVERIFY(!answer.error().message.contains(QLatin1String("hidden")));
    QCOMPARE(server.requests().size(), 0);
}

void TestHttpClientTls::certificateForTheAddressOnly_doesNotDoForTheName()
{
    trust(QStringLiteral("address"));
    FaultServer server(FaultServer::always(FaultServer::response("[1]")),
                       serverWith(QStringLiteral("address")));
    const Result<HttpAnswer> byName = ask(server);
    QVERIFY(!byName);
    QCOMPARE(byName.error().code, QStringLiteral("tls_failed"));
    const Result<HttpAnswer> byAddress = m_caller.get(server.url());
    QVERIFY2(byAddress, byAddress ? "" : qPrintable(byAddress.error().message));
}

void TestHttpClientTls::redirectFromHttpsToHttp_isRefused()
{
    trust(QStringLiteral("good"));
    FaultServer plain(FaultServer::always(FaultServer::response("[1]")));
    const QByteArray location = "http://api.example.com:" + QByteArray::number(plain.port()) + "/";
    FaultServer server(
        FaultServer::always(FaultServer::response({}, "Location: " + location + "\r\n", "301 X")),
        serverWith(QStringLiteral("good")));
    const Result<HttpAnswer> answer = ask(server);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, QStringLiteral("redirect_refused"));
    QVERIFY(answer.error().message.contains(QLatin1String("https to http")));
    QCOMPARE(plain.connections(), 0);
}

void TestHttpClientTls::plainServerAskedForTls_isExplained()
{
    FaultServer server(FaultServer::thenClose("HTTP/1.1 400 Bad Request\r\n\r\n"));
    QUrl url = server.url();
    url.setScheme(QStringLiteral("https"));
    QTcpServer plain;
    QObject::connect(&plain, &QTcpServer::newConnection, &plain, [&] {
        QTcpSocket *socket = plain.nextPendingConnection();
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket] {
            socket->write("HTTP/1.1 400 Bad Request\r\n\r\n");
            socket->disconnectFromHost();
        });
    });
    QVERIFY(plain.listen(QHostAddress::LocalHost));
    url.setPort(plain.serverPort());
    const Result<HttpAnswer> answer = m_caller.get(url);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, QStringLiteral("tls_failed"));
    QVERIFY2(answer.error().message.contains(QLatin1String("does not speak TLS")),
             qPrintable(answer.error().message));
}

QTEST_GUILESS_MAIN(TestHttpClientTls)
#include "tst_httpclient_tls.moc"
