#include "core/serve/sendqueue.h"

#include <QTest>

using namespace restream;

using Kind = SendQueue::Kind;

namespace {

QByteArray rest(const SendQueue &queue)
{
    QByteArray all;
    for (const QByteArrayView part : queue.parts())
        all += part;
    return all;
}

}

class TestSendQueue : public QObject
{
    Q_OBJECT

private slots:
    void sent_mayEndAnywhere();
    void bound_isForDataAlone();
    void partlySentData_countsWhole();
    void largeFirst_isExempt();
    void drop_keepsWhatCantBeTakenBack_data();
    void drop_keepsWhatCantBeTakenBack();
    void untagged_isDroppedSilently();
    void frames_areShared();
    void parts_areBounded();
};

void TestSendQueue::sent_mayEndAnywhere()
{
    const QByteArray all = "abcdefghij";
    for (qsizetype cut = 0; cut <= all.size(); ++cut) {
        SendQueue queue;
        queue.add("abc", Kind::Answer, nullptr);
        queue.add("d", Kind::Data, nullptr);
        queue.add("efghij", Kind::Exempt, nullptr);
        QCOMPARE(queue.waiting(), all.size());
        queue.takeSent(cut);
        QCOMPARE(queue.waiting(), all.size() - cut);
        QCOMPARE(rest(queue), all.sliced(cut));
        QCOMPARE(queue.isEmpty(), cut == all.size());
        queue.takeSent(all.size() - cut);
        QVERIFY(queue.isEmpty());
        QVERIFY(!queue.isPast(0, 1));
    }
}

void TestSendQueue::bound_isForDataAlone()
{
    SendQueue queue;
    QVERIFY(!queue.isPast(10, 11));
    queue.add(QByteArray(100, 'x'), Kind::Answer, nullptr);
    queue.add(QByteArray(100, 'x'), Kind::Exempt, nullptr);
    QVERIFY(!queue.isPast(10, 10));
    QVERIFY(queue.isPast(10, 11));
    queue.add("1234", Kind::Data, nullptr);
    QVERIFY(!queue.isPast(10, 6));
    QVERIFY(queue.isPast(10, 7));
}

void TestSendQueue::partlySentData_countsWhole()
{
    SendQueue queue;
    queue.add("12345678", Kind::Data, nullptr);
    queue.takeSent(7);
    QVERIFY(queue.isPast(10, 3));
    queue.add("ab", Kind::Data, nullptr);
    queue.takeSent(1);
    QVERIFY(!queue.isPast(10, 8));
    QVERIFY(queue.isPast(10, 9));
}

void TestSendQueue::largeFirst_isExempt()
{
    SendQueue queue;
    queue.exemptLargeFirst(10);
    queue.add("123456789012", Kind::Data, nullptr);
    queue.takeSent(2);
    queue.exemptLargeFirst(10);
    QVERIFY(queue.isPast(10, 1));
    queue.exemptLargeFirst(9);
    QVERIFY(!queue.isPast(10, 10));
    int dropped = 0;
    queue.add("a", Kind::Data, &dropped);
    queue.drop(true, 0, [](void *tag) { ++*static_cast<int *>(tag); });
    QCOMPARE(dropped, 1);
    QCOMPARE(rest(queue), QByteArray("3456789012"));
}

void TestSendQueue::drop_keepsWhatCantBeTakenBack_data()
{
    QTest::addColumn<bool>("onlyData");
    QTest::addColumn<int>("sent");
    QTest::addColumn<int>("held");
    QTest::addColumn<QByteArray>("left");
    QTest::addColumn<QByteArray>("dropped");
    QTest::newRow("untouched") << true << 0 << 0 << QByteArray("AAEE") << QByteArray("12");
    QTest::newRow("all") << false << 0 << 0 << QByteArray() << QByteArray("12");
    QTest::newRow("first partly sent") << false << 1 << 0 << QByteArray("A") << QByteArray("12");
    QTest::newRow("data partly sent") << true << 3 << 0 << QByteArray("DEE") << QByteArray("2");
    QTest::newRow("held to a frame's end")
        << true << 0 << 2 << QByteArray("AAEE") << QByteArray("12");
    QTest::newRow("held into the next")
        << true << 0 << 3 << QByteArray("AADDEE") << QByteArray("2");
    QTest::newRow("sent and held") << false << 1 << 2 << QByteArray("ADD") << QByteArray("2");
    QTest::newRow("all held") << false << 1 << 7 << QByteArray("ADDEEdd") << QByteArray();
}

void TestSendQueue::drop_keepsWhatCantBeTakenBack()
{
    QFETCH(bool, onlyData);
    QFETCH(int, sent);
    QFETCH(int, held);
    QFETCH(QByteArray, left);
    QFETCH(QByteArray, dropped);
    SendQueue queue;
    char first = '1';
    char second = '2';
    queue.add("AA", Kind::Answer, nullptr);
    queue.add("DD", Kind::Data, &first);
    queue.add("EE", Kind::Exempt, nullptr);
    queue.add("dd", Kind::Data, &second);
    queue.takeSent(sent);
    QByteArray told;
    queue.drop(onlyData, held, [&told](void *tag) { told += *static_cast<char *>(tag); });
    QCOMPARE(told, dropped);
    QCOMPARE(rest(queue), left);
    QCOMPARE(queue.waiting(), left.size());
    QCOMPARE(queue.isPast(4, 1), !queue.isEmpty() && left.count('d') + left.count('D') > 3);
}

void TestSendQueue::untagged_isDroppedSilently()
{
    SendQueue queue;
    int tag = 0;
    queue.add("x", Kind::Data, &tag);
    queue.untag(&tag);
    queue.drop(true, 0, [](void *) { QFAIL("it has ended"); });
    QVERIFY(queue.isEmpty());
}

void TestSendQueue::frames_areShared()
{
    const QByteArray frame(100'000, 'x');
    SendQueue queue;
    queue.add(frame, Kind::Data, nullptr);
    QCOMPARE(static_cast<const void *>(queue.parts()[0].data()), frame.constData());
}

void TestSendQueue::parts_areBounded()
{
    SendQueue queue;
    QByteArray all;
    for (int i = 0; i < 200; ++i) {
        queue.add(QByteArray::number(i), Kind::Data, nullptr);
        all += QByteArray::number(i);
    }
    QByteArray left;
    while (!queue.isEmpty()) {
        QVERIFY(queue.parts().size() <= SendQueue::mostParts);
        const QByteArray now = rest(queue);
        left += now;
        queue.takeSent(now.size());
    }
    QCOMPARE(left, all);
}

QTEST_GUILESS_MAIN(TestSendQueue)
#include "tst_sendqueue.moc"
