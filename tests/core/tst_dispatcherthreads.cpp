#include "core/loop/epolldispatcher.h"
#include "core/mailbox.h"

#include <QCoreApplication>
#include <QTest>
#include <QThread>

#include <thread>

using namespace restream;

namespace {

constexpr int threads = 4;
constexpr int each = 25000;

/// A thread with our event dispatcher, which is how the engine has it.
class LoopThread final : public QThread
{
public:
    LoopThread()
    {
        setEventDispatcher(new EpollDispatcher);
        start();
    }
    ~LoopThread() override
    {
        quit();
        wait();
    }
    Q_DISABLE_COPY_MOVE(LoopThread)
};

/// Runs f(0) to f(3) on a thread each.
template<typename F>
void onThreads(F f)
{
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t)
        running.emplace_back([&f, t] { f(t); });
    for (std::thread &thread : running)
        thread.join();
}

class Counter final : public QObject
{
public:
    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::User)
            return QObject::event(event);
        ++count;
        return true;
    }
    std::atomic<int> count = 0;
};

}

/// What other threads do to a loop; to be run under ThreadSanitizer, too.
class TestDispatcherThreads : public QObject
{
    Q_OBJECT

private slots:
    void eventsPostedByManyThreads_arriveOnceEach();
    void eventPostedToALoopThatWaits_wakesIt();
    void wakeUpsOfManyThreads_loseNoMailboxTask();
    void quitOfALoopThatStartsOrWaits_endsIt();
};

void TestDispatcherThreads::eventsPostedByManyThreads_arriveOnceEach()
{
    LoopThread loop;
    auto *counter = new Counter;
    counter->moveToThread(&loop);
    onThreads([&](int) {
        for (int i = 0; i < each; ++i)
            QCoreApplication::postEvent(counter, new QEvent(QEvent::User));
    });
    QTRY_COMPARE_WITH_TIMEOUT(counter->count.load(), threads * each, 60000);
    counter->deleteLater();
}

void TestDispatcherThreads::eventPostedToALoopThatWaits_wakesIt()
{
    LoopThread loop;
    auto *counter = new Counter;
    counter->moveToThread(&loop);
    // Each is posted only once the one before has arrived: the loop is about to wait, or does.
    for (int i = 1; i <= 5000; ++i) {
        QCoreApplication::postEvent(counter, new QEvent(QEvent::User));
        QDeadlineTimer deadline(20000);
        while (counter->count != i && !deadline.hasExpired())
            std::this_thread::yield();
        QCOMPARE(counter->count.load(), i);
    }
    counter->deleteLater();
}

void TestDispatcherThreads::wakeUpsOfManyThreads_loseNoMailboxTask()
{
    LoopThread loop;
    std::unique_ptr<Mailbox> mailbox;
    auto *counter = new Counter;
    counter->moveToThread(&loop);
    QMetaObject::invokeMethod(
        counter, [&] { mailbox = std::make_unique<Mailbox>(); }, Qt::BlockingQueuedConnection);
    const Mailbox::Address address = mailbox->address();
    int arrived = 0; // on the loop's thread
    std::atomic<int> seen = 0;
    onThreads([&](int) {
        for (int i = 0; i < each; ++i) {
            address.post([&] { seen = ++arrived; });
            loop.eventDispatcher()->wakeUp();
        }
    });
    QTRY_COMPARE_WITH_TIMEOUT(seen.load(), threads * each, 60000);
    QMetaObject::invokeMethod(
        counter, [&] { mailbox.reset(); }, Qt::BlockingQueuedConnection);
    counter->deleteLater();
}

void TestDispatcherThreads::quitOfALoopThatStartsOrWaits_endsIt()
{
    for (int i = 0; i < 300; ++i) {
        const LoopThread loop;
        for (int yields = 0; yields < i % 10; ++yields)
            std::this_thread::yield();
    }
}

QTEST_GUILESS_MAIN(TestDispatcherThreads)
#include "tst_dispatcherthreads.moc"
