#include "tests/core/ondispatcher.h"
#include "tests/core/socketpair.h"

#include <QTimer>

#include <netinet/in.h>

using namespace restream;

class TestDispatcherSockets : public QObject
{
    Q_OBJECT

private slots:
    void readableSocket_isToldAtEachTurnUntilItIsRead();
    void readAndWriteOfOneSocket_areToldInOneTurn();
    void fullSocket_isToldWhenItTakesMore();
    void hangUp_isToldToEachNotifier();
    void outOfBandByte_isToldAsAnException();
    void disabledNotifier_isNotTold();
    void notifierDisabledByAnothersSlot_isNotToldInThatTurn();
    void notifierDeletedInItsOwnSlot_isSafe();
    void notifierDeletedInAnothersSlot_isNotTold();
    void writeNotifierDeletedInTheReadSlot_isNotTold();
    void nestedLoopInASlot_leavesNothingOfTheTurnToTellAgain();
    void nestedLoopWithoutSockets_tellsThemAfterwards();
    void turnWithoutSockets_waitsForTheRest();
};

void TestDispatcherSockets::readableSocket_isToldAtEachTurnUntilItIsRead()
{
    const Pair pair;
    int told = 0;
    const auto notifier = watch(pair.end, QSocketNotifier::Read, [&] { ++told; });
    QVERIFY(!turn());
    QCOMPARE(told, 0);
    pair.send();
    QVERIFY(turn());
    QVERIFY(turn());
    QCOMPARE(told, 2);
    pair.read();
    QVERIFY(!turn());
    QCOMPARE(told, 2);
}

void TestDispatcherSockets::readAndWriteOfOneSocket_areToldInOneTurn()
{
    const Pair pair;
    QByteArray told;
    const auto write = watch(pair.end, QSocketNotifier::Write, [&] { told += 'w'; });
    turn();
    QCOMPARE(told, "w");
    const auto read = watch(pair.end, QSocketNotifier::Read, [&] { told += 'r'; });
    pair.send();
    turn();
    QCOMPARE(told, "wrw");
    write->setEnabled(false);
    turn();
    QCOMPARE(told, "wrwr");
    read->setEnabled(false);
    QVERIFY(!turn());
    QCOMPARE(told, "wrwr");
}

void TestDispatcherSockets::fullSocket_isToldWhenItTakesMore()
{
    const Pair pair;
    pair.fill();
    int told = 0;
    const auto notifier = watch(pair.end, QSocketNotifier::Write, [&] { ++told; });
    QVERIFY(!turn());
    pair.drain();
    QVERIFY(turn());
    QCOMPARE(told, 1);
}

void TestDispatcherSockets::hangUp_isToldToEachNotifier()
{
    Pair pair;
    pair.fill();
    QByteArray told;
    const auto read = watch(pair.end, QSocketNotifier::Read, [&] { told += 'r'; });
    const auto write = watch(pair.end, QSocketNotifier::Write, [&] { told += 'w'; });
    QVERIFY(!turn());
    ::close(pair.other);
    pair.other = -1;
    QVERIFY(turn());
    QCOMPARE(told, "rw");
}

void TestDispatcherSockets::outOfBandByte_isToldAsAnException()
{
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    QCOMPARE(::bind(listener, reinterpret_cast<sockaddr *>(&address), size), 0);
    QCOMPARE(::listen(listener, 1), 0);
    QCOMPARE(::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size), 0);
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    QCOMPARE(::connect(client, reinterpret_cast<sockaddr *>(&address), size), 0);
    const int server = ::accept(listener, nullptr, nullptr);

    QByteArray told;
    auto read = watch(server, QSocketNotifier::Read, [&] { told += 'r'; });
    auto exception = watch(server, QSocketNotifier::Exception, [&] { told += 'x'; });
    QVERIFY(!turn());
    QCOMPARE(::send(client, "!", 1, MSG_OOB), 1);
    QTRY_VERIFY(!told.isEmpty());
    QVERIFY(told.contains('x'));
    QVERIFY(!told.contains('r'));
    char byte = 0;
    QCOMPARE(::recv(server, &byte, 1, MSG_OOB), 1);
    QCOMPARE(byte, '!');
    told.clear();
    QVERIFY(!turn());
    read.reset();
    exception.reset();
    for (const int fd : { listener, client, server })
        ::close(fd);
}

void TestDispatcherSockets::disabledNotifier_isNotTold()
{
    const Pair pair;
    int told = 0;
    const auto notifier = watch(pair.end, QSocketNotifier::Read, [&] { ++told; });
    pair.send();
    for (int i = 0; i < 1000; ++i) {
        notifier->setEnabled(false);
        notifier->setEnabled(true);
    }
    turn();
    QCOMPARE(told, 1);
    notifier->setEnabled(false);
    QVERIFY(!turn());
    QCOMPARE(told, 1);
    notifier->setEnabled(true);
    turn();
    QCOMPARE(told, 2);
}

void TestDispatcherSockets::notifierDisabledByAnothersSlot_isNotToldInThatTurn()
{
    const std::array<Pair, 2> pairs;
    std::array<std::unique_ptr<QSocketNotifier>, 2> notifiers;
    std::array<int, 2> told {};
    for (size_t i = 0; i < 2; ++i) {
        notifiers[i] = watch(pairs[i].end, QSocketNotifier::Read, [&, i] {
            ++told[i];
            notifiers[1 - i]->setEnabled(false);
        });
        pairs[i].send();
    }
    turn();
    QCOMPARE(told[0] + told[1], 1);
    // What was held back is still there to be read.
    notifiers[told[0] == 1 ? 0 : 1]->setEnabled(false);
    notifiers[told[0] == 1 ? 1 : 0]->setEnabled(true);
    turn();
    QCOMPARE(told, (std::array { 1, 1 }));
}

void TestDispatcherSockets::notifierDeletedInItsOwnSlot_isSafe()
{
    const Pair pair;
    int told = 0;
    std::unique_ptr<QSocketNotifier> notifier;
    notifier = watch(pair.end, QSocketNotifier::Read, [&] {
        ++told;
        notifier.reset();
    });
    pair.send();
    turn();
    turn();
    QCOMPARE(told, 1);
}

void TestDispatcherSockets::notifierDeletedInAnothersSlot_isNotTold()
{
    const std::array<Pair, 3> pairs;
    std::array<std::unique_ptr<QSocketNotifier>, 3> notifiers;
    int told = 0;
    for (size_t i = 0; i < 3; ++i) {
        notifiers[i] = watch(pairs[i].end, QSocketNotifier::Read, [&, i] {
            ++told;
            for (size_t other = 0; other < 3; ++other) {
                if (other != i)
                    notifiers[other].reset();
            }
        });
        pairs[i].send();
    }
    turn();
    QCOMPARE(told, 1);
    turn();
    QCOMPARE(told, 2);
}

void TestDispatcherSockets::writeNotifierDeletedInTheReadSlot_isNotTold()
{
    const Pair pair;
    QByteArray told;
    auto write = watch(pair.end, QSocketNotifier::Write, [&] { told += 'w'; });
    const auto read = watch(pair.end, QSocketNotifier::Read, [&] {
        told += 'r';
        write.reset();
    });
    pair.send();
    turn();
    turn();
    QCOMPARE(told, "rr");
}

void TestDispatcherSockets::nestedLoopInASlot_leavesNothingOfTheTurnToTellAgain()
{
    const std::array<Pair, 3> pairs;
    std::array<std::unique_ptr<QSocketNotifier>, 3> notifiers;
    std::array<int, 3> told {};
    int depth = 0;
    for (size_t i = 0; i < 3; ++i) {
        notifiers[i] = watch(pairs[i].end, QSocketNotifier::Read, [&, i] {
            ++told[i];
            pairs[i].read(); // fails where there is nothing
            if (depth++ == 0) {
                QEventLoop loop;
                QTimer::singleShot(1, &loop, &QEventLoop::quit);
                loop.exec();
            }
        });
        pairs[i].send();
    }
    turn();
    turn();
    QCOMPARE(told, (std::array { 1, 1, 1 }));
}

void TestDispatcherSockets::nestedLoopWithoutSockets_tellsThemAfterwards()
{
    const std::array<Pair, 2> pairs;
    std::array<std::unique_ptr<QSocketNotifier>, 2> notifiers;
    int told = 0;
    for (size_t i = 0; i < 2; ++i) {
        notifiers[i] = watch(pairs[i].end, QSocketNotifier::Read, [&, i] {
            pairs[i].read();
            const int before = ++told;
            turn(QEventLoop::ExcludeSocketNotifiers);
            QCOMPARE(told, before);
        });
        pairs[i].send();
    }
    turn();
    turn();
    QCOMPARE(told, 2);
}

void TestDispatcherSockets::turnWithoutSockets_waitsForTheRest()
{
    const Pair pair;
    int told = 0;
    bool fired = false;
    const auto notifier = watch(pair.end, QSocketNotifier::Read, [&] { ++told; });
    pair.send();
    QTimer::singleShot(20, Qt::PreciseTimer, this, [&] { fired = true; });
    int turns = 0;
    while (!fired && turns < 1000) {
        waitTurn(QEventLoop::ExcludeSocketNotifiers);
        ++turns;
    }
    QVERIFY(turns < 10);
    QCOMPARE(told, 0);
    turn();
    QCOMPARE(told, 1);
}

int main(int argc, char **argv)
{
    return testOnDispatcher<TestDispatcherSockets>(argc, argv);
}

#include "tst_dispatchersockets.moc"
