#include "app/windowcall.h"

#include <QFile>
#include <QFileInfo>
#include <QLocalSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <atomic>

using namespace restream;

class TestWindowCall : public QObject
{
    Q_OBJECT

private slots:
    void call_reachesTheOneWhoListens();
    void socket_isForItsUserAlone();
    void socketOfADeadProgram_isReplaced();
    void nobodyListens_isSaidWithoutWaitingLong();
    void whatIsNoCall_isPassedOver();
    void folderWhosePathIsTooLong_isSaid();

private:
    /// As from another process: with an event loop here meanwhile.
    static bool callFromAnotherThread(const QString &folder);
};

bool TestWindowCall::callFromAnotherThread(const QString &folder)
{
    std::atomic<bool> reached = false;
    const std::unique_ptr<QThread> thread(
        QThread::create([&] { reached = WindowCall::call(folder); }));
    thread->start();
    while (!thread->wait(QDeadlineTimer(0)))
        QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
    return reached;
}

void TestWindowCall::call_reachesTheOneWhoListens()
{
    const QTemporaryDir folder;
    int calls = 0;
    WindowCall call([&] { ++calls; });
    QVERIFY(call.listen(folder.path()));
    QVERIFY(callFromAnotherThread(folder.path()));
    QVERIFY(callFromAnotherThread(folder.path()));
    QCOMPARE(calls, 2);
}

void TestWindowCall::socket_isForItsUserAlone()
{
    const QTemporaryDir folder;
    WindowCall call([] {});
    QVERIFY(call.listen(folder.path()));
    const QFile::Permissions all = QFileInfo(folder.filePath(u"window.sock"_qs)).permissions();
    const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther
        | QFile::WriteOther | QFile::ExeOther;
    QVERIFY(!(all & others));
}

void TestWindowCall::socketOfADeadProgram_isReplaced()
{
    const QTemporaryDir folder;
    QFile left(folder.filePath(u"window.sock"_qs));
    QVERIFY(left.open(QIODevice::WriteOnly));
    left.close();
    WindowCall call([] {});
    QVERIFY(call.listen(folder.path()));
    QVERIFY(callFromAnotherThread(folder.path()));
}

void TestWindowCall::nobodyListens_isSaidWithoutWaitingLong()
{
    const QTemporaryDir folder;
    QVERIFY(!WindowCall::call(folder.path()));
}

void TestWindowCall::whatIsNoCall_isPassedOver()
{
    const QTemporaryDir folder;
    int calls = 0;
    WindowCall call([&] { ++calls; });
    QVERIFY(call.listen(folder.path()));
    for (const QByteArray &text : { QByteArray("hello\n"), QByteArray(100'000, 'x') }) {
        QLocalSocket socket;
        socket.connectToServer(folder.filePath(u"window.sock"_qs));
        QVERIFY(socket.waitForConnected());
        socket.write(text);
        QTRY_COMPARE(socket.state(), QLocalSocket::UnconnectedState);
    }
    QCOMPARE(calls, 0);
    QVERIFY(callFromAnotherThread(folder.path()));
}

void TestWindowCall::folderWhosePathIsTooLong_isSaid()
{
    const QTemporaryDir folder;
    const QString deep = folder.filePath(QString(120, u'd'));
    QVERIFY(QDir().mkpath(deep));
    WindowCall call([] {});
    const Result<void> outcome = call.listen(deep);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, u"not_listening"_qs);
}

QTEST_GUILESS_MAIN(TestWindowCall)
#include "tst_windowcall.moc"
