#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <signal.h>

/// The window as a program; what it shows is tested without an engine.
class TestRestream : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void helpAndVersion_needNoDisplay();
    void wrongUsage_endsWith2();
    void sigterm_closesItAndKeepsTheLayout();
    void portInUse_keepsTheWindowOpen();
    void dataInUse_endsWith3AfterSayingSo();
    void secondStart_bringsTheFirstForwardAndEndsWith0();
    void startInTheTray_servesAndEndsAsAnyOther();

private:
    void start(QProcess &process, const QStringList &more = {}) const;
    /// Waits until its log holds `text`: " channels" once the engine has opened the store and read them.
    static bool waitForLog(QProcess &process, const QByteArray &text = " channels");
    static int end(QProcess &process);

    QTemporaryDir m_folder;
    QStringList m_folders;
};

void TestRestream::init()
{
    const QString own = m_folder.filePath(QLatin1String(QTest::currentTestFunction()));
    m_folders = QStringList { u"--config"_qs, own % u"/config", u"--data"_qs,
                              own % u"/data", u"--port"_qs,     u"0"_qs };
}

void TestRestream::start(QProcess &process, const QStringList &more) const
{
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral(RESTREAM), m_folders + more);
    QVERIFY(process.waitForStarted());
}

bool TestRestream::waitForLog(QProcess &process, const QByteArray &text)
{
    QByteArray log;
    while (!log.contains(text)) {
        if (!process.waitForReadyRead(20000))
            return false;
        log += process.readAll();
    }
    return true;
}

int TestRestream::end(QProcess &process)
{
    ::kill(pid_t(process.processId()), SIGTERM);
    return process.waitForFinished(20000) && process.exitStatus() == QProcess::NormalExit
        ? process.exitCode()
        : -1;
}

void TestRestream::helpAndVersion_needNoDisplay()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : { u"QT_QPA_PLATFORM"_qs, u"DISPLAY"_qs, u"WAYLAND_DISPLAY"_qs })
        environment.remove(name);
    for (const QString &argument : { u"--help"_qs, u"--version"_qs }) {
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(RESTREAM), { argument });
        QVERIFY(process.waitForFinished(20000));
        QCOMPARE(process.exitCode(), 0);
        QVERIFY(process.readAllStandardOutput().contains("restream"));
    }
}

void TestRestream::wrongUsage_endsWith2()
{
    QProcess process;
    process.start(QStringLiteral(RESTREAM), { u"--bind"_qs, u"0.0.0.0"_qs });
    QVERIFY(process.waitForFinished(20000));
    QCOMPARE(process.exitCode(), 2);
    QVERIFY(process.readAllStandardError().contains("restream: --bind 0.0.0.0"));
}

void TestRestream::sigterm_closesItAndKeepsTheLayout()
{
    QProcess process;
    start(process);
    QVERIFY(waitForLog(process));
    QCOMPARE(end(process), 0);
    QVERIFY(QFile::exists(m_folders[1] % u"/window.ini"));
}

void TestRestream::portInUse_keepsTheWindowOpen()
{
    QTcpServer taken;
    QVERIFY(taken.listen(QHostAddress::LocalHost));
    QProcess process;
    start(process, { u"--port"_qs, QString::number(taken.serverPort()) });
    QVERIFY(waitForLog(process));
    QVERIFY(!process.waitForFinished(300));
    QCOMPARE(end(process), 0);
}

void TestRestream::dataInUse_endsWith3AfterSayingSo()
{
    QProcess holder;
    holder.start(QStringLiteral(RESTREAMD), m_folders);
    QVERIFY(holder.waitForReadyRead(20000));
    QProcess process;
    start(process);
    QVERIFY(waitForLog(process, QByteArray::number(holder.processId())));
    QVERIFY(!process.waitForFinished(300)); // a message box waits for its reader
    QCOMPARE(end(process), 3);
    QCOMPARE(end(holder), 0);
}

void TestRestream::secondStart_bringsTheFirstForwardAndEndsWith0()
{
    QProcess first;
    start(first);
    QVERIFY(waitForLog(first));
    QProcess second;
    start(second);
    QVERIFY(waitForLog(second, "brought forward"));
    QVERIFY(second.waitForFinished(20000));
    QCOMPARE(second.exitCode(), 0);
    QCOMPARE(first.state(), QProcess::Running);
    QVERIFY(QFile::exists(m_folders[3] % u"/window.sock"));
    QCOMPARE(end(first), 0);
    QVERIFY(!QFile::exists(m_folders[3] % u"/window.sock"));
}

void TestRestream::startInTheTray_servesAndEndsAsAnyOther()
{
    QProcess process;
    start(process, { u"--tray"_qs });
    QVERIFY(waitForLog(process));
    QProcess second;
    start(second);
    QVERIFY(second.waitForFinished(20000));
    QCOMPARE(second.exitCode(), 0);
    QCOMPARE(end(process), 0);
}

QTEST_GUILESS_MAIN(TestRestream)
#include "tst_restream.moc"
