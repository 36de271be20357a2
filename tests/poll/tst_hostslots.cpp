#include "core/poll/hostslots.h"

#include <QTest>

#include <vector>

using namespace restream;

class TestHostSlots : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void four_areHeldAtOnce_andNoMore();
    void released_goesToWhoWaitsLongest();
    void waitGivenUp_isPassedOver();
    void granted_mayGiveUpItsSlot();
    void hosts_areApart_andShared();
    void slot_outlivesTheTable();

private:
    void take(int who)
    {
        m_slots.push_back(m_host->take([this, who] { m_granted.push_back(who); }));
    }

    HostTable m_table;
    std::shared_ptr<HostSlots> m_host;
    std::vector<std::unique_ptr<HostSlots::Slot>> m_slots;
    std::vector<int> m_granted;
};

void TestHostSlots::init()
{
    m_slots.clear();
    m_granted.clear();
    m_host = m_table.slotsOf(QStringLiteral("a"));
}

void TestHostSlots::four_areHeldAtOnce_andNoMore()
{
    for (int who = 0; who < 10; ++who)
        take(who);
    for (int who = 0; who < 10; ++who)
        QCOMPARE(m_slots[size_t(who)]->isHeld(), who < 4);
    QVERIFY(m_granted.empty());
}

void TestHostSlots::released_goesToWhoWaitsLongest()
{
    for (int who = 0; who < 7; ++who)
        take(who);
    m_slots[2].reset();
    QCOMPARE(m_granted, std::vector<int>({ 4 }));
    QVERIFY(m_slots[4]->isHeld() && !m_slots[5]->isHeld());
    m_slots[4].reset();
    m_slots[0].reset();
    QCOMPARE(m_granted, std::vector<int>({ 4, 5, 6 }));
    // Nobody waits any more: what is given back is free again.
    m_slots[5].reset();
    take(7);
    QVERIFY(m_slots[7]->isHeld());
    QCOMPARE(m_granted.size(), size_t(3));
}

void TestHostSlots::waitGivenUp_isPassedOver()
{
    for (int who = 0; who < 6; ++who)
        take(who);
    m_slots[4].reset();
    m_slots[0].reset();
    QCOMPARE(m_granted, std::vector<int>({ 5 }));
}

void TestHostSlots::granted_mayGiveUpItsSlot()
{
    for (int who = 0; who < 4; ++who)
        take(who);
    std::unique_ptr<HostSlots::Slot> brief = m_host->take([&] { brief.reset(); });
    take(5);
    m_slots[0].reset();
    QVERIFY(!brief);
    QCOMPARE(m_granted, std::vector<int>({ 5 }));
}

void TestHostSlots::hosts_areApart_andShared()
{
    for (int who = 0; who < 4; ++who)
        take(who);
    QVERIFY(!m_table.slotsOf(QStringLiteral("a"))->take([] {})->isHeld());
    QVERIFY(m_table.slotsOf(QStringLiteral("b"))->take([] {})->isHeld());
}

void TestHostSlots::slot_outlivesTheTable()
{
    auto table = std::make_unique<HostTable>();
    const auto slot = table->slotsOf(QStringLiteral("a"))->take([] {});
    table.reset();
    QVERIFY(slot->isHeld());
}

QTEST_GUILESS_MAIN(TestHostSlots)
#include "tst_hostslots.moc"
