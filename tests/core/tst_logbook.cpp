#include "core/logbook.h"

#include <QSignalSpy>
#include <QTest>

#include <thread>

using namespace restream;

class TestLogBook : public QObject
{
    Q_OBJECT

private slots:
    void linesOfManyThreads_areToldInOrderOnOurs();
    void moreThanItHolds_dropsTheOldest();
};

namespace {

LogLine line(int number)
{
    return { number, LogLine::Level::Info, QStringLiteral("restream.poll"),
             QString::number(number) };
}

}

void TestLogBook::linesOfManyThreads_areToldInOrderOnOurs()
{
    LogBook book;
    std::map<qint64, qint64> last; // thread → its last line
    int told = 0;
    connect(&book, &LogBook::added, this, [&](const LogLine &one) {
        QCOMPARE(QThread::currentThread(), thread());
        const qint64 from = one.timeMs / 1000;
        QVERIFY(!last.contains(from) || last[from] < one.timeMs);
        last[from] = one.timeMs;
        ++told;
    });
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&book, i] {
            for (int j = 0; j < 500; ++j)
                book.add(line(i * 1000 + j));
        });
    }
    for (std::thread &one : threads)
        one.join();
    QTRY_COMPARE(told, 2000);
    QCOMPARE(book.lines().size(), size_t(2000));
}

void TestLogBook::moreThanItHolds_dropsTheOldest()
{
    LogBook book;
    const QSignalSpy spy(&book, &LogBook::added);
    const int count = int(LogBook::mostLines);
    for (int i = 0; i < count / 2; ++i)
        book.add(line(i));
    QTRY_COMPARE(spy.count(), count / 2);
    for (int i = count / 2; i < count + 10; ++i)
        book.add(line(i));
    QTRY_COMPARE(spy.count(), count + 10);
    QCOMPARE(book.lines().size(), LogBook::mostLines);
    QCOMPARE(book.lines().front().timeMs, 10);
    QCOMPARE(book.lines().back().timeMs, count + 9);
}

QTEST_GUILESS_MAIN(TestLogBook)
#include "tst_logbook.moc"
