#include "core/loop/epolldispatcher.h"
#include "core/mailbox.h"

#include <QCoreApplication>
#include <QTest>
#include <QThread>

#include <future>
#include <thread>

using namespace restream;

namespace {

constexpr int threads = 4;
constexpr int each = 25000;

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

/// A thread with our event dispatcher, which is how the engine has it, and what can be sent to it.
class LoopThread final : public QThread
{
public:
    LoopThread()
    {
        setEventDispatcher(new EpollDispatcher);
        start();
        counter = m_counter.get_future().get();
    }
    ~LoopThread() override
    {
        quit();
        wait();
    }
    Q_DISABLE_COPY_MOVE(LoopThread)

    Counter *counter = nullptr;
    Mailbox::Address mailbox;

protected:
    void run() override
    {
        Counter counted;
        const Mailbox received;
        mailbox = received.address();
        m_counter.set_value(&counted);
        exec();
    }

private:
    std::promise<Counter *> m_counter;
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
    onThreads([&](int) {
        for (int i = 0; i < each; ++i)
            QCoreApplication::postEvent(loop.counter, new QEvent(QEvent::User));
    });
    QTRY_COMPARE_WITH_TIMEOUT(loop.counter->count.load(), threads * each, 60000);
}

void TestDispatcherThreads::eventPostedToALoopThatWaits_wakesIt()
{
    LoopThread loop;
    // Each is posted only once the one before has arrived: the loop is about to wait, or does.
    for (int i = 1; i <= 5000; ++i) {
        QCoreApplication::postEvent(loop.counter, new QEvent(QEvent::User));
        QDeadlineTimer deadline(20000);
        while (loop.counter->count != i && !deadline.hasExpired())
            std::this_thread::yield();
        QCOMPARE(loop.counter->count.load(), i);
    }
}

void TestDispatcherThreads::wakeUpsOfManyThreads_loseNoMailboxTask()
{
    LoopThread loop;
    int arrived = 0; // on the loop's thread
    std::atomic<int> seen = 0;
    onThreads([&](int) {
        for (int i = 0; i < each; ++i) {
            loop.mailbox.post([&] { seen = ++arrived; });
            loop.eventDispatcher()->wakeUp();
        }
    });
    QTRY_COMPARE_WITH_TIMEOUT(seen.load(), threads * each, 60000);
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
