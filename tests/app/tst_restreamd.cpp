#include <QDir>
#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QProcess>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>

#include <signal.h>

/// The program as it is started; what its commands do is tested beside them.
class TestRestreamd : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void readyLine_isTheOnlyOneAndSaysThePort();
    void sigterm_sendsClientsAwayAndEndsWith0_data();
    void sigterm_sendsClientsAwayAndEndsWith0();
    void dataInUse_endsWith3AndSaysByWhom();
    void portInUse_endsWith4AndNamesIt();
    void wrongUsage_endsWith2();
    void helpAndVersion_areOnStandardOutput();
    void log_isOnStandardErrorWithTimeCategoryAndLevel();
    void demo_isFetchedWithoutAServer();
    void tail_followsAServer();

private:
    struct Finished
    {
        int code = -1;
        QByteArray out;
        QByteArray err;
    };
    [[nodiscard]] QStringList folders() const;
    [[nodiscard]] Finished run(const QStringList &arguments) const;
    /// Starts a server on a free port; gives its URL.
    QString serve(QProcess &process, const QStringList &more = {}) const;
    static int end(QProcess &process, int signal);

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestRestreamd::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void TestRestreamd::cleanup()
{
    m_folder.reset();
}

QStringList TestRestreamd::folders() const
{
    return { u"--config"_qs, m_folder->filePath(u"config"_qs), u"--data"_qs,
             m_folder->filePath(u"data"_qs) };
}

TestRestreamd::Finished TestRestreamd::run(const QStringList &arguments) const
{
    QProcess process;
    process.start(QStringLiteral(RESTREAMD), arguments);
    if (!process.waitForFinished(20000))
        process.kill();
    return { process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError() };
}

QString TestRestreamd::serve(QProcess &process, const QStringList &more) const
{
    process.start(QStringLiteral(RESTREAMD),
                  folders() + QStringList { u"--port"_qs, u"0"_qs } + more);
    while (!process.canReadLine()) {
        if (!process.waitForReadyRead(20000))
            return {};
    }
    const QString line = QString::fromUtf8(process.readLine());
    static const QRegularExpression form(u"^listening on (http://127\\.0\\.0\\.1:\\d+/)\n$"_qs);
    return form.match(line).captured(1);
}

int TestRestreamd::end(QProcess &process, int signal)
{
    ::kill(pid_t(process.processId()), signal);
    return process.waitForFinished(20000) && process.exitStatus() == QProcess::NormalExit
        ? process.exitCode()
        : -1;
}

void TestRestreamd::readyLine_isTheOnlyOneAndSaysThePort()
{
    QProcess process;
    const QString url = serve(process);
    QVERIFY2(!url.isEmpty(), process.readAllStandardError().constData());
    QNetworkAccessManager network;
    const std::unique_ptr<QNetworkReply> reply(
        network.get(QNetworkRequest(QUrl(QString(url % u"healthz")))));
    QTRY_VERIFY(reply->isFinished());
    QCOMPARE(reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), 200);
    QCOMPARE(end(process, SIGTERM), 0);
    QCOMPARE(process.readAllStandardOutput(), QByteArray());
}

void TestRestreamd::sigterm_sendsClientsAwayAndEndsWith0_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
}

void TestRestreamd::sigterm_sendsClientsAwayAndEndsWith0()
{
    QFETCH(int, number);
    QProcess process;
    QUrl url(serve(process));
    url.setScheme(u"ws"_qs);
    url.setPath(u"/v1/stream"_qs);
    QWebSocket client;
    client.open(url);
    QTRY_COMPARE(client.state(), QAbstractSocket::ConnectedState);
    ::kill(pid_t(process.processId()), number);
    QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(client.closeCode(), QWebSocketProtocol::CloseCodeGoingAway);
    QVERIFY(process.state() == QProcess::NotRunning || process.waitForFinished(20000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
}

void TestRestreamd::dataInUse_endsWith3AndSaysByWhom()
{
    QProcess process;
    QVERIFY(!serve(process).isEmpty());
    const Finished second = run(folders() + QStringList { u"--port"_qs, u"0"_qs });
    QCOMPARE(second.code, 3);
    QCOMPARE(second.out, QByteArray());
    QVERIFY2(second.err.contains(QByteArray::number(process.processId())), second.err.constData());
    QCOMPARE(end(process, SIGTERM), 0);
}

void TestRestreamd::portInUse_endsWith4AndNamesIt()
{
    QTcpServer taken;
    QVERIFY(taken.listen(QHostAddress::LocalHost));
    const QString port = QString::number(taken.serverPort());
    const Finished second = run(folders() + QStringList { u"--port"_qs, port });
    QCOMPARE(second.code, 4);
    QCOMPARE(second.out, QByteArray());
    QVERIFY2(second.err.contains(port.toUtf8()), second.err.constData());
}

void TestRestreamd::wrongUsage_endsWith2()
{
    for (const QStringList &arguments :
         { QStringList { u"--prot"_qs }, QStringList { u"--bind"_qs, u"0.0.0.0"_qs },
           QStringList { u"chek"_qs } }) {
        const Finished finished = run(arguments);
        QCOMPARE(finished.code, 2);
        QCOMPARE(finished.out, QByteArray());
        QVERIFY2(finished.err.startsWith("restreamd: "), finished.err.constData());
        QVERIFY2(finished.err.contains("--help"), finished.err.constData());
    }
}

void TestRestreamd::helpAndVersion_areOnStandardOutput()
{
    const Finished help = run({ u"--help"_qs });
    QCOMPARE(help.code, 0);
    QVERIFY(help.out.startsWith("Usage: restreamd"));
    QVERIFY(help.out.endsWith(".\n"));
    QCOMPARE(help.err, QByteArray());
    QCOMPARE(run({ u"--version"_qs }).out, QByteArray("restreamd " RESTREAM_VERSION "\n"));
}

void TestRestreamd::log_isOnStandardErrorWithTimeCategoryAndLevel()
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"QT_LOGGING_RULES"_qs, u"restream.*=true"_qs);
    process.setProcessEnvironment(environment);
    QVERIFY(!serve(process).isEmpty());
    QCOMPARE(end(process, SIGTERM), 0);
    const QByteArray log = process.readAllStandardError();
    QVERIFY(!log.isEmpty());
    static const QRegularExpression form(
        u"^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} restream\\.[a-z]+ (debug|info|warning|critical): "_qs);
    for (const QString &line : QString::fromUtf8(log).split(u'\n', Qt::SkipEmptyParts))
        QVERIFY2(form.match(line).hasMatch(), qPrintable(line));
}

void TestRestreamd::demo_isFetchedWithoutAServer()
{
    const Finished fetched = run(QStringList { u"fetch"_qs, u"demo-quakes"_qs } + folders());
    QVERIFY2(fetched.code == 0, fetched.err.constData());
    QVERIFY(fetched.out.startsWith("{\"id\":\""));
    QVERIFY2(fetched.err.contains(" items, "), fetched.err.constData());
}

void TestRestreamd::tail_followsAServer()
{
    QProcess server;
    const QString url = serve(server);
    QVERIFY(!url.isEmpty());
    QProcess tail;
    tail.start(QStringLiteral(RESTREAMD), { u"tail"_qs, u"demo-quakes"_qs, u"--server"_qs, url });
    QByteArray out;
    while (!out.contains("\"type\":\"snapshot\"")) {
        QVERIFY2(tail.waitForReadyRead(20000), tail.readAllStandardError().constData());
        out += tail.readAllStandardOutput();
    }
    QVERIFY(out.startsWith("{\"type\":\"subscribed\""));
    QCOMPARE(end(tail, SIGINT), 0);
    QCOMPARE(end(server, SIGTERM), 0);
}

QTEST_GUILESS_MAIN(TestRestreamd)
#include "tst_restreamd.moc"
