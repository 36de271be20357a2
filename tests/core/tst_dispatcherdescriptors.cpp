#include "tests/core/ondispatcher.h"
#include "tests/core/socketpair.h"

#include <QRegularExpression>
#include <QTemporaryFile>
#include <QTimer>

#include <fcntl.h>

using namespace restream;

class TestDispatcherDescriptors : public QObject
{
    Q_OBJECT

private slots:
    void numberThatComesBackBetweenTurns_isAnotherSocket();
    void numberThatComesBackWithinATurn_isAnotherSocket();
    void numberThatComesBackBeforeItWasWatched_isAnotherSocket();
    void twoNotifiersOfAKind_theLaterCounts();
    void regularFile_isAlwaysReady();
    void closedDescriptor_isWarnedOfAndDisabled();
    void descriptorClosedTooEarlyWhileACopyIsOpen_doesNotKeepTheLoopBusy();
    void moreReadySocketsThanOneCallReports_areAllTold();
};

void TestDispatcherDescriptors::numberThatComesBackBetweenTurns_isAnotherSocket()
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

void TestDispatcherDescriptors::numberThatComesBackWithinATurn_isAnotherSocket()
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

void TestDispatcherDescriptors::numberThatComesBackBeforeItWasWatched_isAnotherSocket()
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

void TestDispatcherDescriptors::twoNotifiersOfAKind_theLaterCounts()
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

void TestDispatcherDescriptors::regularFile_isAlwaysReady()
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

void TestDispatcherDescriptors::closedDescriptor_isWarnedOfAndDisabled()
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

void TestDispatcherDescriptors::descriptorClosedTooEarlyWhileACopyIsOpen_doesNotKeepTheLoopBusy()
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

void TestDispatcherDescriptors::moreReadySocketsThanOneCallReports_areAllTold()
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
    return testOnDispatcher<TestDispatcherDescriptors>(argc, argv);
}

#include "tst_dispatcherdescriptors.moc"
