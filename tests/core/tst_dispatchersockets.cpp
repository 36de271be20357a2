#include "tests/core/ondispatcher.h"

#include <QSignalSpy>
#include <QSocketNotifier>
#include <QTemporaryFile>
#include <QTimer>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

using namespace restream;

namespace {

/// Two connected sockets: what is written to one can be read from the other.
class Pair final
{
public:
    Pair() { open(); }
    ~Pair()
    {
        closeEnd();
        ::close(other);
    }
    Q_DISABLE_COPY_MOVE(Pair)

    void open()
    {
        std::array<int, 2> ends {};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
            qFatal("no sockets");
        end = ends[0];
        other = ends[1];
    }
    void closeEnd()
    {
        if (end >= 0)
            ::close(end);
        end = -1;
    }
    void send() const { QCOMPARE(::write(other, "x", 1), 1); }
    void read() const
    {
        char byte = 0;
        QCOMPARE(::read(end, &byte, 1), 1);
    }
    /// Fills what leaves `end`, until it takes no more.
    void fill() const
    {
        const std::array<char, 4096> bytes {};
        while (::write(end, bytes.data(), bytes.size()) > 0) { }
    }
    void drain() const
    {
        std::array<char, 65536> bytes {};
        while (::read(other, bytes.data(), bytes.size()) > 0) { }
    }

    int end = -1;
    int other = -1;
};

using Slot = std::function<void()>;

std::unique_ptr<QSocketNotifier> watch(int fd, QSocketNotifier::Type type, Slot slot)
{
    auto notifier = std::make_unique<QSocketNotifier>(fd, type);
    QObject::connect(notifier.get(), &QSocketNotifier::activated, notifier.get(), std::move(slot));
    return notifier;
}

}

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
    void numberThatComesBackBetweenTurns_isAnotherSocket();
    void numberThatComesBackWithinATurn_isAnotherSocket();
    void numberThatComesBackBeforeItWasWatched_isAnotherSocket();
    void twoNotifiersOfAKind_theLaterCounts();
    void regularFile_isAlwaysReady();
    void closedDescriptor_isWarnedOfAndDisabled();
    void descriptorClosedTooEarlyWhileACopyIsOpen_doesNotKeepTheLoopBusy();
    void nestedLoopInASlot_leavesNothingOfTheTurnToTellAgain();
    void nestedLoopWithoutSockets_tellsThemAfterwards();
    void turnWithoutSockets_waitsForTheRest();
    void moreReadySocketsThanOneCallReports_areAllTold();
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

void TestDispatcherSockets::numberThatComesBackBetweenTurns_isAnotherSocket()
{
    Pair pair;
    const int number = pair.end;
    auto notifier = watch(number, QSocketNotifier::Read, [] {});
    pair.send();
    turn();
    for (int i = 0; i < 20; ++i) {
        notifier.reset();
        pair.closeEnd();
        ::close(pair.other);
        pair.open();
        QCOMPARE(pair.end, number);
        int told = 0;
        notifier = watch(number, QSocketNotifier::Read, [&] { ++told; });
        QVERIFY(!turn());
        pair.send();
        turn();
        QCOMPARE(told, 1);
    }
}

void TestDispatcherSockets::numberThatComesBackWithinATurn_isAnotherSocket()
{
    std::array<Pair, 2> pairs;
    Pair fresh;
    std::array<std::unique_ptr<QSocketNotifier>, 2> notifiers;
    std::unique_ptr<QSocketNotifier> replaced;
    int told = 0;
    int toldFresh = 0;
    for (size_t i = 0; i < 2; ++i) {
        notifiers[i] = watch(pairs[i].end, QSocketNotifier::Read, [&, i] {
            ++told;
            pairs[i].read();
            // The other's number, which is ready in this turn, becomes that of a socket that is not.
            const int number = pairs[1 - i].end;
            notifiers[1 - i].reset();
            QCOMPARE(::dup3(fresh.end, number, O_CLOEXEC), number);
            replaced = watch(number, QSocketNotifier::Read, [&] { ++toldFresh; });
        });
        pairs[i].send();
    }
    turn();
    QCOMPARE(told, 1);
    QCOMPARE(toldFresh, 0);
    QVERIFY(!turn());
    fresh.send();
    turn();
    QCOMPARE(toldFresh, 1);
}

void TestDispatcherSockets::numberThatComesBackBeforeItWasWatched_isAnotherSocket()
{
    Pair pair;
    auto notifier = watch(pair.end, QSocketNotifier::Write, [] {});
    notifier.reset();
    pair.closeEnd();
    ::close(pair.other);
    pair.open();
    int told = 0;
    notifier = watch(pair.end, QSocketNotifier::Read, [&] { ++told; });
    QVERIFY(!turn());
    pair.send();
    turn();
    QCOMPARE(told, 1);
}

void TestDispatcherSockets::twoNotifiersOfAKind_theLaterCounts()
{
    const Pair pair;
    QByteArray told;
    auto first = watch(pair.end, QSocketNotifier::Read, [&] { told += '1'; });
    turn();
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("Multiple socket notifiers")));
    const auto second = watch(pair.end, QSocketNotifier::Read, [&] { told += '2'; });
    pair.send();
    turn();
    QCOMPARE(told, "2");
}

void TestDispatcherSockets::regularFile_isAlwaysReady()
{
    QTemporaryFile file;
    QVERIFY(file.open());
    const int number = ::open(QFile::encodeName(file.fileName()).constData(), O_RDWR | O_CLOEXEC);
    QVERIFY(number >= 0);
    QByteArray told;
    auto read = watch(number, QSocketNotifier::Read, [&] { told += 'r'; });
    auto exception = watch(number, QSocketNotifier::Exception, [&] { told += 'x'; });
    QVERIFY(waitTurn());
    QCOMPARE(told, "r");
    std::unique_ptr<QSocketNotifier> write;
    write = watch(number, QSocketNotifier::Write, [&] {
        told += 'w';
        write.reset();
    });
    QVERIFY(waitTurn());
    QVERIFY(waitTurn());
    QCOMPARE(told, "rrwr");

    read.reset();
    QVERIFY(!turn());
    exception.reset();
    // The number may be a socket's next.
    const Pair pair;
    QCOMPARE(::dup3(pair.end, number, O_CLOEXEC), number);
    read = watch(number, QSocketNotifier::Read, [&] { told += 's'; });
    QVERIFY(!turn());
    pair.send();
    turn();
    QCOMPARE(told, "rrwrs");
    read.reset();
    ::close(number);
}

void TestDispatcherSockets::closedDescriptor_isWarnedOfAndDisabled()
{
    Pair pair;
    const auto read = watch(pair.end, QSocketNotifier::Read, [] {});
    const auto write = watch(pair.end, QSocketNotifier::Write, [] {});
    pair.closeEnd();
    const QRegularExpression warning(QStringLiteral("QSocketNotifier: .*disabling"));
    QTest::ignoreMessage(QtWarningMsg, warning);
    if (!isOnOurs())
        QTest::ignoreMessage(QtWarningMsg, warning); // one for each notifier
    turn();
    QVERIFY(!read->isEnabled());
    QVERIFY(!write->isEnabled());
    QVERIFY(!turn());
}

void TestDispatcherSockets::descriptorClosedTooEarlyWhileACopyIsOpen_doesNotKeepTheLoopBusy()
{
    Pair pair;
    const Pair other;
    int told = 0;
    const auto stays = watch(other.end, QSocketNotifier::Read, [&] { ++told; });
    auto notifier = watch(pair.end, QSocketNotifier::Read, [] {});
    turn();
    const int copy = ::fcntl(pair.end, F_DUPFD_CLOEXEC, 0);
    pair.closeEnd();
    notifier.reset();
    pair.send();

    bool over = false;
    QTimer::singleShot(50, this, [&] { over = true; });
    int turns = 0;
    while (!over && turns < 1000) {
        waitTurn();
        ++turns;
    }
    QVERIFY2(turns < 10, qPrintable(QString::number(turns)));
    QCOMPARE(told, 0);
    other.send();
    turn();
    QCOMPARE(told, 1);
    ::close(copy);
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

void TestDispatcherSockets::moreReadySocketsThanOneCallReports_areAllTold()
{
    constexpr size_t count = 400;
    std::vector<std::unique_ptr<Pair>> pairs(count);
    std::vector<std::unique_ptr<QSocketNotifier>> notifiers(count);
    std::vector<int> told(count);
    for (size_t i = 0; i < count; ++i) {
        pairs[i] = std::make_unique<Pair>();
        notifiers[i] = watch(pairs[i]->end, QSocketNotifier::Read, [&, i] {
            ++told[i];
            pairs[i]->read();
        });
        pairs[i]->send();
    }
    for (int i = 0; i < 2; ++i)
        turn();
    QVERIFY(std::all_of(told.begin(), told.end(), [](int times) { return times == 1; }));
}

int main(int argc, char **argv)
{
    return testOnDispatcher<TestDispatcherSockets>(argc, argv);
}

#include "tst_dispatchersockets.moc"
