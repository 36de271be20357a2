#include "tests/core/ondispatcher.h"

#include <QSignalSpy>
#include <QThread>
#include <QTimer>

#include <pthread.h>

#include <csignal>
#include <thread>

using namespace restream;

namespace {

/// Posts `f` to the main thread's loop.
template<typename F>
void post(F f)
{
    QMetaObject::invokeMethod(QCoreApplication::instance(), f, Qt::QueuedConnection);
}

}

class TestDispatcherLoops : public QObject
{
    Q_OBJECT

private slots:
    void quietTurn_isNothing();
    void postedEvents_areSentInTheirOrder();
    void eventPostedInAnEvent_isSentAtTheNextTurn();
    void eventPostedInATurn_keepsTheNextFromWaiting();
    void deleteLater_deletesOnceTheLoopIsBackAtItsLevel();
    void wakeUpBeforeAWait_endsIt();
    void postFromAnotherThread_endsAWait();
    void interruptFromAnotherThread_endsAWait();
    void interruptBeforeATurn_isForgotten();
    void interruptInAnEvent_endsTheTurnBeforeItWaits();
    void exitInASlot_endsTheInnermostLoop();
    void quitOfTheOuterLoop_endsItOnceTheInnerHasEnded();
    void exitFromAnotherThread_isNeverMissed();
    void loopThatWaits_saysSoBeforeAndAfter();
    void eventPostedAboutToBlock_isSentAtOnce();
    void signal_doesNotEndAWait();
};

void TestDispatcherLoops::quietTurn_isNothing()
{
    turn();
    QVERIFY(!turn());
    QVERIFY(!turn(QEventLoop::ExcludeSocketNotifiers));
}

void TestDispatcherLoops::postedEvents_areSentInTheirOrder()
{
    QByteArray order;
    for (char c = 'a'; c <= 'e'; ++c)
        post([&order, c] { order += c; });
    turn();
    QCOMPARE(order, "abcde");
}

void TestDispatcherLoops::eventPostedInAnEvent_isSentAtTheNextTurn()
{
    QByteArray order;
    post([&] {
        order += 'a';
        post([&] { order += 'b'; });
    });
    turn();
    QCOMPARE(order, "a");
    turn();
    QCOMPARE(order, "ab");
}

void TestDispatcherLoops::eventPostedInATurn_keepsTheNextFromWaiting()
{
    turn();
    bool sent = false;
    QTimer timer;
    timer.setSingleShot(true);
    connect(&timer, &QTimer::timeout, this, [&] { post([&] { sent = true; }); });
    timer.start(0);
    QTimer late;
    late.start(60000);
    // Sent at the turn's beginning; it does wait then, but for the event that was posted meanwhile.
    turn();
    QVERIFY(!sent);
    post([&] { QCoreApplication::eventDispatcher()->wakeUp(); });
    waitTurn();
    QVERIFY(sent);
    QVERIFY(late.remainingTime() > 0);
}

void TestDispatcherLoops::deleteLater_deletesOnceTheLoopIsBackAtItsLevel()
{
    QPointer<QObject> object;
    QEventLoop loop;
    bool inner = false;
    post([&] {
        object = new QObject;
        object->deleteLater();
        QEventLoop nested;
        QTimer::singleShot(1, &nested, &QEventLoop::quit);
        nested.exec();
        inner = !object.isNull();
        QTimer::singleShot(1, &loop, &QEventLoop::quit);
    });
    loop.exec();
    QVERIFY(inner);
    QVERIFY(object.isNull());
}

void TestDispatcherLoops::wakeUpBeforeAWait_endsIt()
{
    QCoreApplication::eventDispatcher()->wakeUp();
    QVERIFY(waitTurn());
}

void TestDispatcherLoops::postFromAnotherThread_endsAWait()
{
    for (int i = 0; i < 200; ++i) {
        bool sent = false;
        std::thread thread([&] { post([&] { sent = true; }); });
        // A turn sends what was posted before it waits.
        while (!sent) {
            waitTurn(i % 2 == 0 ? QEventLoop::AllEvents : QEventLoop::ExcludeSocketNotifiers);
            turn();
        }
        thread.join();
    }
}

void TestDispatcherLoops::interruptFromAnotherThread_endsAWait()
{
    QAbstractEventDispatcher *dispatcher = QCoreApplication::eventDispatcher();
    turn();
    std::thread thread;
    QObject context;
    connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, &context,
            [&] { thread = std::thread([dispatcher] { dispatcher->interrupt(); }); });
    waitTurn();
    thread.join();
}

void TestDispatcherLoops::interruptBeforeATurn_isForgotten()
{
    QAbstractEventDispatcher *dispatcher = QCoreApplication::eventDispatcher();
    dispatcher->interrupt();
    bool sent = false;
    post([&] { sent = true; });
    QVERIFY(turn());
    QVERIFY(sent);
}

void TestDispatcherLoops::interruptInAnEvent_endsTheTurnBeforeItWaits()
{
    post([] { QCoreApplication::eventDispatcher()->interrupt(); });
    QVERIFY(!waitTurn());
}

void TestDispatcherLoops::exitInASlot_endsTheInnermostLoop()
{
    QByteArray order;
    QEventLoop outer;
    post([&] {
        QEventLoop inner;
        post([&] {
            order += 'a';
            inner.exit(3);
            order += 'b';
        });
        QCOMPARE(inner.exec(), 3);
        order += 'c';
        outer.exit(4);
    });
    QCOMPARE(outer.exec(), 4);
    QCOMPARE(order, "abc");
}

void TestDispatcherLoops::quitOfTheOuterLoop_endsItOnceTheInnerHasEnded()
{
    QEventLoop outer;
    bool isInnerOver = false;
    post([&] {
        QEventLoop inner;
        post([&] { outer.quit(); });
        QTimer::singleShot(5, &inner, &QEventLoop::quit);
        inner.exec();
        isInnerOver = true;
    });
    outer.exec();
    QVERIFY(isInnerOver);
}

void TestDispatcherLoops::exitFromAnotherThread_isNeverMissed()
{
    std::atomic<int> running = -1;
    int i = 0;
    QObject context;
    // An exit() before exec() has no effect.
    connect(QCoreApplication::eventDispatcher(), &QAbstractEventDispatcher::awake, &context,
            [&] { running = i; });
    for (; i < 2000; ++i) {
        QEventLoop loop;
        std::thread thread([&, i] {
            while (running != i) { }
            loop.exit(i);
        });
        QCOMPARE(loop.exec(), i);
        thread.join();
    }
}

void TestDispatcherLoops::loopThatWaits_saysSoBeforeAndAfter()
{
    turn();
    QAbstractEventDispatcher *dispatcher = QCoreApplication::eventDispatcher();
    QByteArray said;
    const auto blocks =
        connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, [&] { said += 'b'; });
    const auto awakes =
        connect(dispatcher, &QAbstractEventDispatcher::awake, this, [&] { said += 'a'; });
    turn();
    QCOMPARE(said, "a");
    said.clear();
    QTimer::singleShot(5, Qt::PreciseTimer, this, [&] { said += 't'; });
    while (!said.contains('t'))
        waitTurn();
    QVERIFY2(said.startsWith("ab") && said.contains("bt"), said.constData());
    disconnect(blocks);
    disconnect(awakes);
}

void TestDispatcherLoops::eventPostedAboutToBlock_isSentAtOnce()
{
    turn();
    QAbstractEventDispatcher *dispatcher = QCoreApplication::eventDispatcher();
    bool sent = false;
    const auto connection = connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, [&] {
        disconnect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, nullptr);
        post([&] { sent = true; });
    });
    waitTurn();
    turn();
    QVERIFY(sent);
}

void TestDispatcherLoops::signal_doesNotEndAWait()
{
    struct sigaction action = {};
    action.sa_handler = [](int) {};
    struct sigaction before = {};
    ::sigaction(SIGUSR1, &action, &before);
    turn();
    for (const auto flags : { QEventLoop::AllEvents, QEventLoop::ExcludeSocketNotifiers }) {
        std::atomic<bool> isOver = false;
        bool sent = false;
        std::thread thread([&, main = pthread_self()] {
            for (int i = 0; i < 100; ++i) {
                ::pthread_kill(main, SIGUSR1);
                std::this_thread::yield();
            }
            isOver = true;
            post([&] { sent = true; });
        });
        QVERIFY(waitTurn(flags));
        QVERIFY(isOver);
        turn();
        QVERIFY(sent);
        thread.join();
    }
    ::sigaction(SIGUSR1, &before, nullptr);
}

int main(int argc, char **argv)
{
    return testOnDispatcher<TestDispatcherLoops>(argc, argv);
}

#include "tst_dispatcherloops.moc"
