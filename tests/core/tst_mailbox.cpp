#include "core/mailbox.h"

#include <QTest>

#include <thread>

using namespace restream;

class TestMailbox : public QObject
{
    Q_OBJECT

private slots:
    void tasksOfManyThreads_arriveOnceEachInTheOrderOfTheirThread();
    void postAfterTheMailboxIsGone_isDroppedAndSaysSo();
    void taskThatDestroysTheMailbox_isSafe();
};

void TestMailbox::tasksOfManyThreads_arriveOnceEachInTheOrderOfTheirThread()
{
    constexpr int threads = 4;
    constexpr int each = 25000;
    Mailbox mailbox;
    std::vector<int> last(threads, -1);
    int arrived = 0;
    bool ordered = true;
    std::vector<std::thread> senders;
    for (int t = 0; t < threads; ++t) {
        senders.emplace_back([&, t, address = mailbox.address()] {
            for (int i = 0; i < each; ++i) {
                address.post([&, t, i] {
                    ordered = ordered && last[size_t(t)] == i - 1;
                    last[size_t(t)] = i;
                    ++arrived;
                });
            }
        });
    }
    QTRY_COMPARE_WITH_TIMEOUT(arrived, threads * each, 20000);
    for (std::thread &sender : senders)
        sender.join();
    QVERIFY(ordered);
}

void TestMailbox::postAfterTheMailboxIsGone_isDroppedAndSaysSo()
{
    Mailbox::Address address;
    QVERIFY(!address.post([] {}));
    {
        const Mailbox mailbox;
        address = mailbox.address();
    }
    bool ran = false;
    QVERIFY(!address.post([&] { ran = true; }));
    QCoreApplication::processEvents();
    QVERIFY(!ran);
}

void TestMailbox::taskThatDestroysTheMailbox_isSafe()
{
    auto mailbox = std::make_unique<Mailbox>();
    bool after = false;
    mailbox->post([&] { mailbox.reset(); });
    mailbox->post([&] { after = true; });
    QTRY_VERIFY(!mailbox);
    QVERIFY(after);
}

QTEST_GUILESS_MAIN(TestMailbox)
#include "tst_mailbox.moc"
