#include "core/poll/poller.h"
#include "core/poll/pollspread.h"
#include "tests/support/fakeclock.h"
#include "tests/support/fakefetcher.h"

#include <QTest>

using namespace restream;

namespace {

class FakeTarget final : public PollTarget
{
public:
    void readKeys(bool fresh, std::function<void(Result<Keys>)> done) override
    {
        freshReads += fresh ? 1 : 0;
        done(keys);
    }
    std::unique_ptr<HostSlots::Slot> takeSlot(std::function<void()> granted) override
    {
        return host->take(std::move(granted));
    }
    void askLeave(const Keys &, std::function<void(Result<qint64>)> done) override
    {
        ++leaveAsked;
        done(leave);
    }
    [[nodiscard]] FetchRequest nextRequest() const override { return {}; }
    void take(FetchResult answer, std::function<void(Result<void>)> done) override
    {
        taken.push_back(answer.kind);
        if (holdTaking)
            held = std::move(done);
        else
            done(takeResult);
    }
    void keepNotBefore(qint64 whenMs) override { notBefore = whenMs; }
    void pollingChanged() override { }

    std::shared_ptr<HostSlots> host = std::make_shared<HostSlots>();
    Result<Keys> keys = Keys();
    Result<qint64> leave = qint64(0);
    Result<void> takeResult;
    std::vector<FetchResult::Kind> taken;
    std::function<void(Result<void>)> held;
    bool holdTaking = false;
    int leaveAsked = 0;
    int freshReads = 0;
    qint64 notBefore = -1;
};

}

class TestPoller : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void start_pollsAtOnceAndThenEachInterval();
    void startAfterRestart_waitsOutTheInterval();
    void restoredWait_isRateLimitedUntilItEnds();
    void callLongerThanTheInterval_isNotDoubled();
    void failure_backsOffAndSaysWhy();
    void answerThatCannotBeTaken_isAFailure();
    void rateLimited_waitsAsToldAndIsKept();
    void refusedKey_pausesUntilTheKeyIsAnother();
    void refusedWithoutKeys_neverAsksAgain();
    void pollNow_endsABackOffButKeepsTheInterval();
    void pollNow_endsAPause();
    void pollNow_keepsTheServersWait();
    void missingKey_pausesAndResumesOnceItIsThere();
    void quotaUsedUp_asksAgainWhenItSaid();
    void fullHost_isWaitedForBeforeLeaveIsAsked();
    void slot_isGivenBackAtTheAnswer_data();
    void slot_isGivenBackAtTheAnswer();
    void slot_isGivenBackWhereNoCallIsMade();
    void phase_movesThePollsAfterTheFirst();
    void localFetcher_needsNoLeave();
    void stop_cancelsTheCallUnderWay();
    void stopWhileTaking_letsItFinishAndStartsNoCall();
    void configure_keepsTheLastCall();
    void configure_keepsTheServersWait();
    void clockSetBack_doesNotDelayThePoll();

private:
    void makePoller()
    {
        m_poller = std::make_unique<Poller>(m_clock, m_target, [] { return 0.5; });
        m_poller->configure(std::make_unique<FakeFetcher>(m_script), 60'000);
    }

    FakeClock m_clock;
    FetchScript m_script;
    FakeTarget m_target;
    std::unique_ptr<Poller> m_poller;
};

void TestPoller::init()
{
    m_poller.reset();
    m_script = {};
    m_target = {};
    makePoller();
}

void TestPoller::start_pollsAtOnceAndThenEachInterval()
{
    m_poller->start();
    m_clock.advance(0);
    QCOMPARE(m_script.calls, 1);
    m_script.answer(FetchResult::Kind::Body);
    QCOMPARE(m_target.taken.size(), size_t(1));
    QCOMPARE(m_poller->nextPollMs(), m_clock.wallMs() + 60'000);
    m_clock.advance(59'999);
    QCOMPARE(m_script.calls, 1);
    m_clock.advance(1);
    QCOMPARE(m_script.calls, 2);
    m_script.answer(FetchResult::Kind::NotModified);
    QCOMPARE(m_poller->state(), PollState::Live);
}

void TestPoller::startAfterRestart_waitsOutTheInterval()
{
    m_poller->restore(m_clock.wallMs() - 20'000, 0);
    m_poller->start();
    m_clock.advance(39'999);
    QCOMPARE(m_script.calls, 0);
    m_clock.advance(1);
    QCOMPARE(m_script.calls, 1);
}

void TestPoller::restoredWait_isRateLimitedUntilItEnds()
{
    m_poller->restore(m_clock.wallMs() - 100'000, m_clock.wallMs() + 200'000);
    m_poller->start();
    QCOMPARE(m_poller->state(), PollState::RateLimited);
    m_clock.advance(199'999);
    QCOMPARE(m_script.calls, 0);
    m_clock.advance(1);
    QCOMPARE(m_script.calls, 1);
}

void TestPoller::callLongerThanTheInterval_isNotDoubled()
{
    m_poller->start();
    m_clock.advance(300'000);
    QCOMPARE(m_script.calls, 1);
    m_script.answer(FetchResult::Kind::Body);
    m_clock.advance(0);
    QCOMPARE(m_script.calls, 2);
}

void TestPoller::failure_backsOffAndSaysWhy()
{
    m_poller->start();
    m_clock.advance(0);
    m_script.answer(FetchResult::Kind::Failed, QStringLiteral("timeout"));
    QCOMPARE(m_poller->state(), PollState::Failing);
    QCOMPARE(m_poller->error()->code, QStringLiteral("timeout"));
    m_clock.advance(60'000 * 2);
    QCOMPARE(m_script.calls, 2);
    m_script.answer(FetchResult::Kind::Failed, QStringLiteral("timeout"));
    const qint64 second = m_poller->nextPollMs() - m_clock.wallMs();
    QVERIFY2(second >= 90'000, qPrintable(QString::number(second)));
    m_clock.advance(second);
    QCOMPARE(m_script.calls, 3);
    m_script.answer(FetchResult::Kind::Body);
    QCOMPARE(m_poller->state(), PollState::Live);
    QVERIFY(!m_poller->error());
    QCOMPARE(m_poller->nextPollMs(), m_clock.wallMs() + 60'000);
}

void TestPoller::answerThatCannotBeTaken_isAFailure()
{
    m_target.takeResult = Error { QStringLiteral("not_json"), QStringLiteral("at byte 3") };
    m_poller->start();
    m_clock.advance(0);
    m_script.answer(FetchResult::Kind::Body);
    QCOMPARE(m_poller->state(), PollState::Failing);
    QCOMPARE(m_poller->error()->code, QStringLiteral("not_json"));
}

void TestPoller::rateLimited_waitsAsToldAndIsKept()
{
    m_poller->start();
    m_clock.advance(0);
    FetchResult limited;
    limited.kind = FetchResult::Kind::RateLimited;
    limited.error.code = QStringLiteral("rate_limited");
    limited.retryAfterMs = 500'000;
    const qint64 until = m_clock.wallMs() + 500'000;
    m_script.answer(limited);
    QCOMPARE(m_poller->state(), PollState::RateLimited);
    QCOMPARE(m_target.notBefore, until);
    m_clock.advance(499'999);
    QCOMPARE(m_script.calls, 1);
    m_clock.advance(1);
    QCOMPARE(m_script.calls, 2);
    m_script.answer(FetchResult::Kind::Body);
    QCOMPARE(m_target.notBefore, 0);
}

void TestPoller::refusedKey_pausesUntilTheKeyIsAnother()
{
    m_target.keys = Keys { { QStringLiteral("k"), QStringLiteral("old") } };
    m_poller->start();
    m_clock.advance(0);
    m_script.answer(FetchResult::Kind::Refused, QStringLiteral("key_refused"));
    QCOMPARE(m_poller->state(), PollState::Paused);
    QCOMPARE(m_poller->nextPollMs(), 0);
    m_clock.advance(3'600'000);
    QCOMPARE(m_script.calls, 1);
    QVERIFY(m_target.freshReads > 0);
    m_target.keys = Keys { { QStringLiteral("k"), QStringLiteral("new") } };
    m_poller->keysChanged();
    m_clock.advance(0);
    QCOMPARE(m_script.calls, 2);
    QCOMPARE(m_script.request.keys.value(QStringLiteral("k")), QStringLiteral("new"));
}

void TestPoller::refusedWithoutKeys_neverAsksAgain()
{
    m_poller->start();
    m_clock.advance(0);
    m_script.answer(FetchResult::Kind::Refused, QStringLiteral("forbidden"));
    m_clock.advance(24LL * 3600 * 1000);
    QCOMPARE(m_script.calls, 1);
    QCOMPARE(m_poller->state(), PollState::Paused);
}

void TestPoller::pollNow_endsABackOffButKeepsTheInterval()
{
    m_poller->start();
    m_clock.advance(0);
    for (int i = 0; i < 4; ++i) {
        m_script.answer(FetchResult::Kind::Failed, QStringLiteral("timeout"));
        m_clock.advance(m_clock.nextTimer());
    }
    m_script.answer(FetchResult::Kind::Failed, QStringLiteral("timeout"));
    QCOMPARE(m_script.calls, 5);
    QVERIFY(m_poller->nextPollMs() > m_clock.wallMs() + 600'000);
    QCOMPARE(m_poller->pollNow(), m_clock.wallMs() + 60'000);
    m_clock.advance(60'000);
    QCOMPARE(m_script.calls, 6);
    QCOMPARE(m_poller->pollNow(), m_clock.wallMs()); // it is under way
    QCOMPARE(m_script.calls, 6);
}

void TestPoller::pollNow_endsAPause()
{
    m_poller->start();
    m_clock.advance(0);
    m_script.answer(FetchResult::Kind::Refused, QStringLiteral("forbidden"));
    m_clock.advance(3'600'000);
    QCOMPARE(m_script.calls, 1);
    m_poller->pollNow();
    m_clock.advance(0);
    QCOMPARE(m_script.calls, 2);
}

void TestPoller::pollNow_keepsTheServersWait()
{
    m_poller->start();
    m_clock.advance(0);
    FetchResult limited;
    limited.kind = FetchResult::Kind::RateLimited;
    limited.retryAfterMs = 500'000;
    m_script.answer(limited);
    QCOMPARE(m_poller->pollNow(), m_clock.wallMs() + 500'000);
    m_clock.advance(499'999);
    QCOMPARE(m_script.calls, 1);
}

void TestPoller::missingKey_pausesAndResumesOnceItIsThere()
{
    m_target.keys = Error { QStringLiteral("key_missing"), QStringLiteral("no key") };
    m_poller->start();
    m_clock.advance(0);
    QCOMPARE(m_script.calls, 0);
    QCOMPARE(m_target.leaveAsked, 0);
    QCOMPARE(m_poller->state(), PollState::Paused);
    QCOMPARE(m_poller->error()->code, QStringLiteral("key_missing"));
    m_target.keys = Keys { { QStringLiteral("k"), QStringLiteral("v") } };
    m_clock.advance(10'000);
    QCOMPARE(m_script.calls, 1);
    m_script.answer(FetchResult::Kind::Body);
    QCOMPARE(m_poller->state(), PollState::Live);
}

void TestPoller::quotaUsedUp_asksAgainWhenItSaid()
{
    m_target.leave = m_clock.wallMs() + 90'000;
    m_poller->start();
    m_clock.advance(0);
    QCOMPARE(m_script.calls, 0);
    QCOMPARE(m_poller->nextPollMs(), m_clock.wallMs() + 90'000);
    m_target.leave = qint64(0);
    m_clock.advance(89'999);
    QCOMPARE(m_target.leaveAsked, 1);
    m_clock.advance(1);
    QCOMPARE(m_target.leaveAsked, 2);
    QCOMPARE(m_script.calls, 1);
}

void TestPoller::fullHost_isWaitedForBeforeLeaveIsAsked()
{
    std::vector<std::unique_ptr<HostSlots::Slot>> others;
    for (int i = 0; i < HostSlots::most; ++i)
        others.push_back(m_target.host->take([] {}));
    m_poller->start();
    m_clock.advance(5000);
    QCOMPARE(m_target.leaveAsked, 0);
    others.pop_back();
    QCOMPARE(m_script.calls, 1);
    // The interval counts from the call, not from when it came due.
    m_script.answer(FetchResult::Kind::Body);
    QCOMPARE(m_poller->nextPollMs(), m_clock.wallMs() + 60'000);
    // Stopped while it waits, it waits no longer.
    others.push_back(m_target.host->take([] {}));
    m_clock.advance(60'000);
    m_poller->stop();
    others.clear();
    QCOMPARE(m_script.calls, 1);
}

void TestPoller::slot_isGivenBackAtTheAnswer_data()
{
    QTest::addColumn<FetchResult::Kind>("kind");
    QTest::newRow("body") << FetchResult::Kind::Body;
    QTest::newRow("failed") << FetchResult::Kind::Failed;
    QTest::newRow("rate limited") << FetchResult::Kind::RateLimited;
    QTest::newRow("refused") << FetchResult::Kind::Refused;
}

void TestPoller::slot_isGivenBackAtTheAnswer()
{
    QFETCH(FetchResult::Kind, kind);
    m_target.holdTaking = true;
    m_poller->start();
    m_clock.advance(0);
    std::vector<std::unique_ptr<HostSlots::Slot>> others;
    size_t takenBefore = 99;
    for (int i = 0; i < HostSlots::most; ++i)
        others.push_back(m_target.host->take([&] { takenBefore = m_target.taken.size(); }));
    QVERIFY(!others.back()->isHeld());
    m_script.answer(kind);
    QVERIFY(others.back()->isHeld());
    QCOMPARE(takenBefore, size_t(kind == FetchResult::Kind::Body ? 1 : 0));
}

void TestPoller::slot_isGivenBackWhereNoCallIsMade()
{
    const auto free = [this] {
        std::vector<std::unique_ptr<HostSlots::Slot>> all;
        for (int i = 0; i < HostSlots::most; ++i)
            all.push_back(m_target.host->take([] {}));
        return all.back()->isHeld();
    };
    m_target.leave = m_clock.wallMs() + 90'000;
    m_poller->start();
    m_clock.advance(0);
    QVERIFY(free());
    m_target.leave = Error { QStringLiteral("store_failed"), {} };
    m_clock.advance(90'000);
    QCOMPARE(m_target.leaveAsked, 2);
    QVERIFY(free());
    m_target.leave = qint64(0);
    m_clock.advance(120'000);
    QCOMPARE(m_script.calls, 1);
    QVERIFY(!free());
    m_poller->stop();
    QVERIFY(free());
    m_poller->start();
    m_clock.advance(120'000);
    QVERIFY(!free());
    m_poller->configure(std::make_unique<FakeFetcher>(m_script), 60'000);
    QVERIFY(free());
}

void TestPoller::phase_movesThePollsAfterTheFirst()
{
    constexpr double phase = 0.5;
    m_poller = std::make_unique<Poller>(
        m_clock, m_target, [] { return 0.5; }, phase);
    m_poller->configure(std::make_unique<FakeFetcher>(m_script), 60'000);
    // Of an earlier run: the first poll follows exactly when it may.
    m_poller->restore(m_clock.wallMs() - 20'000, 0);
    m_poller->start();
    QCOMPARE(m_poller->nextPollMs(), m_clock.wallMs() + 40'000);
    m_clock.advance(40'000);
    QCOMPARE(m_script.calls, 1);
    const qint64 called = m_clock.monotonicMs();
    m_script.answer(FetchResult::Kind::Body);
    QCOMPARE(m_poller->nextPollMs() - m_clock.wallMs(), spreadPoll(called, 60'000, phase) - called);
    QVERIFY(m_poller->nextPollMs() > m_clock.wallMs() + 60'000);
}

void TestPoller::localFetcher_needsNoLeave()
{
    m_script.remote = false;
    m_poller->start();
    m_clock.advance(0);
    QCOMPARE(m_script.calls, 1);
    QCOMPARE(m_target.leaveAsked, 0);
}

void TestPoller::stop_cancelsTheCallUnderWay()
{
    m_poller->start();
    m_clock.advance(0);
    m_poller->stop();
    QVERIFY(!m_script.pending);
    QCOMPARE(m_poller->nextPollMs(), 0);
    m_clock.advance(600'000);
    QCOMPARE(m_script.calls, 1);
    m_poller->start();
    m_clock.advance(0);
    QCOMPARE(m_script.calls, 2);
}

void TestPoller::stopWhileTaking_letsItFinishAndStartsNoCall()
{
    m_target.holdTaking = true;
    m_poller->start();
    m_clock.advance(0);
    m_script.answer(FetchResult::Kind::Body);
    m_poller->stop();
    m_clock.advance(600'000);
    m_poller->start();
    m_clock.advance(600'000);
    QCOMPARE(m_script.calls, 1);
    m_target.held({});
    m_clock.advance(0);
    QCOMPARE(m_script.calls, 2);
}

void TestPoller::configure_keepsTheLastCall()
{
    m_poller->start();
    m_clock.advance(0);
    m_script.answer(FetchResult::Kind::Body);
    m_poller->configure(std::make_unique<FakeFetcher>(m_script), 10'000);
    m_clock.advance(9'999);
    QCOMPARE(m_script.calls, 1);
    m_clock.advance(1);
    QCOMPARE(m_script.calls, 2);
}

void TestPoller::configure_keepsTheServersWait()
{
    m_poller->restore(m_clock.wallMs() - 100'000, m_clock.wallMs() + 200'000);
    m_poller->configure(std::make_unique<FakeFetcher>(m_script),
                        10'000); // as when a stream was loaded, or its definition edited
    QCOMPARE(m_poller->state(), PollState::RateLimited);
    m_poller->start();
    m_clock.advance(199'999);
    QCOMPARE(m_script.calls, 0);
    m_clock.advance(1);
    QCOMPARE(m_script.calls, 1);
    m_script.answer(FetchResult::Kind::Body);
    QCOMPARE(m_poller->state(), PollState::Live);
    m_poller->configure(std::make_unique<FakeFetcher>(m_script), 10'000);
    m_clock.advance(10'000);
    QCOMPARE(m_script.calls, 2);
}

void TestPoller::clockSetBack_doesNotDelayThePoll()
{
    m_poller->start();
    m_clock.advance(0);
    m_script.answer(FetchResult::Kind::Body);
    m_clock.jumpWall(-24LL * 3600 * 1000);
    m_clock.advance(60'000);
    QCOMPARE(m_script.calls, 2);
    // One that lies ahead of the clock counts as just made, not as a day of silence.
    makePoller();
    m_poller->restore(m_clock.wallMs() + 24LL * 3600 * 1000, 0);
    m_poller->start();
    m_clock.advance(60'000);
    QCOMPARE(m_script.calls, 3);
}

QTEST_GUILESS_MAIN(TestPoller)
#include "tst_poller.moc"
