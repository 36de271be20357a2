#include "core/stream/storeconnection.h"
#include "tests/stream/hubtest.h"

using namespace restream;

class TestStreamHub : public HubTest
{
    Q_OBJECT

private slots:
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void manyObservers_shareOnePoller();
    void firstGoodPoll_isChangesetOneEvenWhenEmpty();
    void unchangedPoll_takesNoSeqButCounts();
    void lateObserver_getsTheHeldItemsAtOnceAndNoExtraPoll();
    void failedPoll_keepsItemsAndSaysWhy();
    void lastObserverGone_pollsThirtySecondsMoreThenStops();
    void returnAfterUnload_continuesSeqAndWaitsOutTheInterval();
    void restart_continuesSeqEpochAndHistory();
    void tooManyParams_areRefusedButUnusedOnesMakeRoom();
    void unknownChannel_isRefused();
    void unobserveWhileLoading_neverCallsReady();
    void alwaysPolled_needsNoObserver();
    void bodyBeyondTheInlineLimit_isTakenInAllTheSame();
    void stale_comesAfterThreeIntervals();
    void streamsOfOneHost_callFourAtATime();
    void stuckStore_holdsNobodyUpAndShowsNothing();
    void missingKey_pausesWithItsReason();
    void refusedKey_isNotOfferedAgainByALaterStream();
    void observer_findsTheNextPollPlanned();
};

void TestStreamHub::manyObservers_shareOnePoller()
{
    std::vector<Observer> observers(300);
    for (Observer &observer : observers)
        observe(observer);
    QTRY_VERIFY(observers.back().stream);
    m_clock.advance(0);
    QTRY_VERIFY(m_script.pending);
    body(observers.front(), R"([{"id":1},{"id":2}])");
    QCOMPARE(m_script.calls, 1);
    for (const Observer &observer : observers) {
        QCOMPARE(observer.seqs, std::vector<qint64> { 1 });
        QCOMPARE(observer.stream, observers.front().stream);
    }
    QCOMPARE(m_hub->streams().size(), size_t(1));
    for (Observer &observer : observers)
        m_hub->unobserve(&observer);
}

void TestStreamHub::firstGoodPoll_isChangesetOneEvenWhenEmpty()
{
    Observer observer;
    observeAndWait(observer);
    QCOMPARE(observer.stream->seq(), 0);
    body(observer, "[]");
    QCOMPARE(observer.seqs, std::vector<qint64> { 1 });
    QVERIFY(observer.last->isEmpty());
    QCOMPARE(observer.last->timeMs, m_clock.wallMs());
}

void TestStreamHub::unchangedPoll_takesNoSeqButCounts()
{
    Observer observer;
    observeAndWait(observer);
    body(observer, R"([{"id":1,"v":1}])");
    for (const QByteArray again : { R"([{"id":1,"v":1}])", R"([ {"v":1.0, "id":1} ])" }) {
        toNextPoll();
        QTRY_VERIFY(m_script.pending);
        body(observer, again);
        QCOMPARE(observer.stream->status().lastOkMs, m_clock.wallMs());
    }
    QCOMPARE(observer.seqs, std::vector<qint64> { 1 });
    toNextPoll();
    QTRY_VERIFY(m_script.pending);
    m_script.answer(FetchResult::Kind::NotModified);
    QTRY_COMPARE(observer.stream->status().lastOkMs, m_clock.wallMs());
    QCOMPARE(observer.seqs, std::vector<qint64> { 1 });
    QCOMPARE((*observer.stream->items().begin()).text(), QByteArray(R"({"id":1,"v":1})"));
}

void TestStreamHub::lateObserver_getsTheHeldItemsAtOnceAndNoExtraPoll()
{
    Observer first;
    observeAndWait(first);
    body(first, R"([{"id":1}])");
    Observer second;
    observe(second);
    QVERIFY(second.stream);
    QCOMPARE(second.stream->items().size(), 1);
    m_clock.advance(59'000);
    QCoreApplication::processEvents();
    QCOMPARE(m_script.calls, 1);
}

void TestStreamHub::failedPoll_keepsItemsAndSaysWhy()
{
    Observer observer;
    observeAndWait(observer);
    body(observer, R"([{"id":1}])");
    toNextPoll();
    QTRY_VERIFY(m_script.pending);
    body(observer, R"([{"id":1},)");
    QCOMPARE(observer.state, PollState::Failing);
    QCOMPARE(observer.stream->status().error->code, QStringLiteral("not_json"));
    QCOMPARE(observer.stream->items().size(), 1);
    QCOMPARE(observer.stream->seq(), 1);
}

void TestStreamHub::lastObserverGone_pollsThirtySecondsMoreThenStops()
{
    ChannelDefinition fast = channel(QStringLiteral("quakes"));
    fast.pollIntervalSeconds = 10;
    m_hub->setChannels({ { fast.name, fast } });
    Observer observer;
    observeAndWait(observer);
    body(observer, "[]");
    m_hub->unobserve(&observer);
    const qint64 passed = toNextPoll();
    QTRY_COMPARE(m_script.calls, 2);
    m_script.answerBody("[]");
    QTRY_VERIFY(m_hub->streams().front()->status().lastOkMs == m_clock.wallMs());
    m_clock.advance(30'000 - passed);
    QVERIFY(m_hub->streams().empty());
    const int calls = m_script.calls;
    m_clock.advance(3'600'000);
    QCoreApplication::processEvents();
    QCOMPARE(m_script.calls, calls);
}

void TestStreamHub::returnAfterUnload_continuesSeqAndWaitsOutTheInterval()
{
    Observer observer;
    observeAndWait(observer);
    body(observer, R"([{"id":1}])");
    const QByteArray epoch = observer.stream->epoch();
    m_hub->unobserve(&observer);
    m_clock.advance(30'000);
    QVERIFY(m_hub->streams().empty());

    Observer again;
    observe(again);
    QTRY_VERIFY(again.stream);
    QCOMPARE(again.stream->epoch(), epoch);
    QCOMPARE(again.stream->seq(), 1);
    QCOMPARE(again.stream->items().size(), 1);
    m_clock.advance(29'999);
    QCoreApplication::processEvents();
    QCOMPARE(m_script.calls, 1);
    m_clock.advance(1);
    QTRY_COMPARE(m_script.calls, 2);
    body(again, R"([{"id":1},{"id":2}])");
    QCOMPARE(again.seqs, std::vector<qint64> { 2 });
    QCOMPARE(again.last->added.size(), size_t(1));
}

void TestStreamHub::restart_continuesSeqEpochAndHistory()
{
    QByteArray epoch;
    {
        Observer observer;
        observeAndWait(observer);
        body(observer, R"([{"id":1},{"id":"b"}])");
        toNextPoll();
        QTRY_VERIFY(m_script.pending);
        body(observer, R"([{"id":"b","v":2}])");
        epoch = observer.stream->epoch();
    }
    open();
    m_hub->setChannels({ { QStringLiteral("quakes"), channel(QStringLiteral("quakes")) } });
    Observer observer;
    observe(observer);
    QTRY_VERIFY(observer.stream);
    QCOMPARE(observer.stream->epoch(), epoch);
    QCOMPARE(observer.stream->seq(), 2);
    QCOMPARE((*observer.stream->items().begin()).text(), QByteArray(R"({"id":"b","v":2})"));
    const auto missed = observer.stream->history().since(1, 2);
    QVERIFY(missed);
    QCOMPARE(missed->size(), size_t(1));
    QCOMPARE(missed->front()->removed, std::vector<QByteArray> { "1" });
    QCOMPARE(missed->front()->updated.front().before.text(), QByteArray(R"({"id":"b"})"));
}

void TestStreamHub::tooManyParams_areRefusedButUnusedOnesMakeRoom()
{
    const ChannelDefinition levels = channel(QStringLiteral("levels"), QStringLiteral("a"));
    m_hub->setChannels({ { levels.name, levels } });
    Observer a;
    Observer b;
    Observer c;
    observe(a, levels.name);
    observe(b, levels.name, { { QStringLiteral("level"), QStringLiteral("b") } });
    observe(c, levels.name, { { QStringLiteral("level"), QStringLiteral("c") } });
    QVERIFY(c.refused);
    QCOMPARE(c.refused->code, QStringLiteral("too_many_streams"));
    QTRY_VERIFY(b.stream);
    m_hub->unobserve(&b);
    c.refused.reset();
    observe(c, levels.name, { { QStringLiteral("level"), QStringLiteral("c") } });
    QTRY_VERIFY(c.stream);
    QVERIFY(!c.refused);
    QCOMPARE(c.stream->name(), QByteArray("levels?level=c"));
}

void TestStreamHub::unknownChannel_isRefused()
{
    Observer observer;
    observe(observer, QStringLiteral("nothing"));
    QVERIFY(observer.refused);
    QCOMPARE(observer.refused->code, QStringLiteral("unknown_channel"));
    QVERIFY(observer.refused->message.contains(QStringLiteral("nothing")));
}

void TestStreamHub::unobserveWhileLoading_neverCallsReady()
{
    Observer gone;
    Observer stays;
    observe(gone);
    observe(stays);
    m_hub->unobserve(&gone);
    QTRY_VERIFY(stays.stream);
    QVERIFY(!gone.stream);
}

void TestStreamHub::alwaysPolled_needsNoObserver()
{
    ChannelDefinition always = channel(QStringLiteral("quakes"));
    always.poll = ChannelDefinition::PollMode::Always;
    m_hub->setChannels({ { always.name, always } });
    QTRY_VERIFY(!m_hub->streams().empty());
    m_clock.advance(0);
    QTRY_VERIFY(m_script.pending);
    m_script.answerBody("[]");
    QTRY_COMPARE(m_hub->streams().front()->seq(), 1);
    m_clock.advance(600'000);
    QTRY_COMPARE(m_script.calls, 2);
}

void TestStreamHub::bodyBeyondTheInlineLimit_isTakenInAllTheSame()
{
    QByteArray large = "[";
    for (int i = 0; i < 9'000; ++i)
        large += QByteArray(i ? "," : "") + R"({"id":)" + QByteArray::number(i) + R"(,"text":")"
            + QByteArray(100, 'x') + "\"}";
    large += ']';
    QVERIFY(large.size() > 1'000'000);
    Observer observer;
    observeAndWait(observer);
    body(observer, large);
    QCOMPARE(observer.seqs, std::vector<qint64> { 1 });
    QCOMPARE(observer.stream->items().size(), 9'000);
}

void TestStreamHub::stale_comesAfterThreeIntervals()
{
    Observer observer;
    observeAndWait(observer);
    body(observer, "[]");
    const qint64 passed = toNextPoll();
    QTRY_VERIFY(m_script.pending);
    m_clock.advance(180'000 - passed);
    QVERIFY(!observer.stream->status().stale);
    m_clock.advance(1);
    QVERIFY(observer.stream->status().stale);
    body(observer, "[]");
    QVERIFY(!observer.stream->status().stale);
}

void TestStreamHub::streamsOfOneHost_callFourAtATime()
{
    ChannelDefinition many = channel(QStringLiteral("many"), QStringLiteral("0"));
    many.maxStreams = 10;
    ChannelDefinition elsewhere = channel(QStringLiteral("elsewhere"));
    elsewhere.request.url = QStringLiteral("http://127.0.0.1:2/");
    m_hub->setChannels({ { many.name, many }, { elsewhere.name, elsewhere } });
    std::vector<Observer> observers(10);
    int level = 0;
    for (Observer &observer : observers) {
        observe(observer, many.name, { { QStringLiteral("level"), QString::number(level++) } });
        QTRY_VERIFY(observer.stream);
    }
    m_clock.advance(0);
    QTRY_COMPARE(m_script.calls, 4);
    m_script.answerBody("[]"); // of the last that was made
    QTRY_COMPARE(m_script.calls, 5);
    m_clock.advance(1000);
    QCOMPARE(m_script.calls, 5);
    Observer apart;
    observe(apart, elsewhere.name);
    QTRY_VERIFY(apart.stream);
    m_clock.advance(0);
    QTRY_COMPARE(m_script.calls, 6);
    m_hub.reset();
}

void TestStreamHub::stuckStore_holdsNobodyUpAndShowsNothing()
{
    Observer observer;
    observeAndWait(observer);
    body(observer, R"([{"id":1}])");
    toNextPoll();
    QTRY_VERIFY(m_script.pending);
    const int statuses = observer.statuses;

    // The store's thread waits in its next transaction for as long as another holds the database.
    StoreConnection other;
    QVERIFY(other.open(m_folder->filePath(QStringLiteral("restream.db"))));
    other.begin();
    m_script.answerBody(R"([{"id":1},{"id":2}])");
    bool timer = false;
    const auto late = m_clock.makeTimer([&] { timer = true; });
    late->start(std::chrono::hours(1));
    m_clock.advance(3'600'000);
    QVERIFY(timer);
    // Who comes now gets what is held, at once.
    Observer second;
    observe(second);
    QVERIFY(second.stream);
    QCOMPARE(second.stream->seq(), 1);
    QCOMPARE(second.stream->items().size(), 1);
    QCoreApplication::processEvents();
    QCOMPARE(observer.seqs, std::vector<qint64> { 1 });
    QVERIFY(second.seqs.empty());
    QCOMPARE(m_script.calls, 2); // nor is a call made beside the one that is being taken in
    QVERIFY(observer.stream->status().stale);

    QVERIFY(other.end());
    QTRY_COMPARE(observer.seqs, std::vector<qint64>({ 1, 2 }));
    QCOMPARE(second.seqs, std::vector<qint64> { 2 });
    QVERIFY(observer.statuses > statuses);
    m_clock.advance(0);
    QTRY_VERIFY(m_script.pending);
    QCOMPARE(m_script.calls, 3);
}

void TestStreamHub::missingKey_pausesWithItsReason()
{
    ChannelDefinition keyed = channel(QStringLiteral("quakes"));
    keyed.auth.type = AuthDefinition::Type::Bearer;
    keyed.auth.key = QStringLiteral("token");
    m_hub->setChannels({ { keyed.name, keyed } });
    m_keys = Error { QStringLiteral("key_missing"), QStringLiteral("set it") };
    Observer observer;
    observe(observer);
    QTRY_VERIFY(observer.stream);
    m_clock.advance(0);
    QCOMPARE(observer.state, PollState::Paused);
    QCOMPARE(observer.stream->status().error->code, QStringLiteral("key_missing"));
    QCOMPARE(m_script.calls, 0);
    m_keys = Keys { { QStringLiteral("token"), QStringLiteral("secret") } };
    m_hub->keysChanged();
    m_clock.advance(0);
    QTRY_VERIFY(m_script.pending);
    QCOMPARE(m_script.request.keys.value(QStringLiteral("token")), QStringLiteral("secret"));
}

void TestStreamHub::refusedKey_isNotOfferedAgainByALaterStream()
{
    ChannelDefinition keyed = channel(QStringLiteral("quakes"));
    keyed.auth.type = AuthDefinition::Type::Bearer;
    keyed.auth.key = QStringLiteral("token");
    m_hub->setChannels({ { keyed.name, keyed } });
    m_keys = Keys { { QStringLiteral("token"), QStringLiteral("old") } };
    Observer observer;
    observeAndWait(observer);
    m_script.answer(FetchResult::Kind::Refused, QStringLiteral("key_refused"));
    QCOMPARE(observer.state, PollState::Paused);
    m_hub->unobserve(&observer);
    m_clock.advance(30'000);
    QVERIFY(m_hub->streams().empty());

    Observer again;
    observe(again);
    QTRY_VERIFY(again.stream);
    QCOMPARE(again.stream->status().state, PollState::Paused);
    QCOMPARE(again.stream->status().error->code, QStringLiteral("key_refused"));
    m_clock.advance(600'000);
    QCoreApplication::processEvents();
    QCOMPARE(m_script.calls, 1);
    m_keys = Keys { { QStringLiteral("token"), QStringLiteral("new") } };
    m_clock.advance(10'000);
    QTRY_COMPARE(m_script.calls, 2);
}

void TestStreamHub::observer_findsTheNextPollPlanned()
{
    Observer observer;
    observeAndWait(observer);
    body(observer, "[]");
    m_hub->unobserve(&observer);
    m_clock.advance(30'000);
    Observer again;
    qint64 planned = 0;
    m_hub->observe(QStringLiteral("quakes"), {}, &again, [&](const Result<const Stream *> &stream) {
        planned = (*stream)->status().nextPollMs;
    });
    QTRY_COMPARE(planned, m_clock.wallMs() + 30'000);
}

QTEST_GUILESS_MAIN(TestStreamHub)
#include "tst_streamhub.moc"
