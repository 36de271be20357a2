#include "core/stream/streamhub.h"
#include "tests/support/fakeclock.h"
#include "tests/support/fakefetcher.h"

#include <QTemporaryDir>
#include <QTest>

using namespace restream;

namespace {

/// Remembers what it was told.
class Observer final : public StreamObserver
{
public:
    void streamChanged(const Stream &from, const ChangesetPtr &changes) override
    {
        seqs.push_back(changes->seq);
        last = changes;
        itemsThen = from.items().size();
    }
    void streamReset(const Stream &from) override { resets.push_back(from.epoch()); }
    void streamStatusChanged(const Stream &from) override
    {
        ++statuses;
        state = from.status().state;
    }
    void streamClosed(const Stream &, const Error &reason) override { closed = reason; }

    const Stream *stream = nullptr;
    std::optional<Error> refused;
    std::vector<qint64> seqs;
    std::vector<QByteArray> resets;
    ChangesetPtr last;
    qsizetype itemsThen = 0;
    int statuses = 0;
    PollState state = PollState::Live;
    std::optional<Error> closed;
};

ChannelDefinition channel(const QString &name, const QString &level = {})
{
    ChannelDefinition definition;
    definition.name = name;
    definition.request.url = QStringLiteral("http://127.0.0.1:1/");
    definition.idField = { QStringLiteral("id") };
    definition.pollIntervalSeconds = 60;
    definition.maxStreams = 2;
    if (!level.isEmpty()) {
        ParamDefinition param;
        param.defaultValue = level;
        param.required = false;
        definition.params.insert(QStringLiteral("level"), param);
    }
    definition.source = { { QStringLiteral("name"), name } };
    return definition;
}

}

class TestStreamHub : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();
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
    void changedIdentity_startsANewEpoch();
    void changedInterval_keepsTheEpoch();
    void removedChannel_closesItsStreams();
    void alwaysPolled_needsNoObserver();
    void bodyBeyondTheInlineLimit_isTakenInAllTheSame();
    void stale_comesAfterThreeIntervals();
    void missingKey_pausesWithItsReason();

private:
    void open();
    void observe(Observer &observer, const QString &name = QStringLiteral("quakes"),
                 const Params &params = {});
    /// Observes and waits until the first call is under way.
    void observeAndWait(Observer &observer);
    void body(Observer &observer, const QByteArray &text);

    FakeClock m_clock;
    FetchScript m_script;
    Result<Keys> m_keys = Keys();
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<StateStore> m_store;
    std::unique_ptr<Worker> m_worker;
    std::unique_ptr<StreamHub> m_hub;
};

void TestStreamHub::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_script = {};
    m_keys = Keys();
    open();
    m_hub->setChannels({ { QStringLiteral("quakes"), channel(QStringLiteral("quakes")) } });
}

void TestStreamHub::cleanup()
{
    m_hub.reset();
    m_worker.reset();
    m_store.reset();
}

void TestStreamHub::open()
{
    m_hub.reset();
    m_store.reset();
    auto store = StateStore::open({ m_folder->path(), "boot", false, &m_clock });
    QVERIFY(store);
    m_store = std::move(store).value();
    if (!m_worker)
        m_worker = std::make_unique<Worker>();
    m_hub = std::make_unique<StreamHub>(StreamContext {
        m_clock, *m_store, *m_worker,
        [this](const ChannelDefinition &) { return std::make_unique<FakeFetcher>(m_script); },
        [this](const QString &, const QStringList &, bool, const auto &done) { done(m_keys); },
        [] { return 0.5; } });
}

void TestStreamHub::observe(Observer &observer, const QString &name, const Params &params)
{
    m_hub->observe(name, params, &observer, [&observer](const Result<const Stream *> &stream) {
        if (stream)
            observer.stream = *stream;
        else
            observer.refused = stream.error();
    });
}

void TestStreamHub::observeAndWait(Observer &observer)
{
    observe(observer);
    QTRY_VERIFY(observer.stream);
    m_clock.advance(0);
    QTRY_VERIFY(m_script.pending);
}

void TestStreamHub::body(Observer &observer, const QByteArray &text)
{
    const int before = observer.statuses;
    m_script.answerBody(text);
    QTRY_VERIFY(observer.statuses > before && !m_script.pending);
}

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
        m_clock.advance(60'000);
        QTRY_VERIFY(m_script.pending);
        body(observer, again);
        QCOMPARE(observer.stream->status().lastOkMs, m_clock.wallMs());
    }
    QCOMPARE(observer.seqs, std::vector<qint64> { 1 });
    m_clock.advance(60'000);
    QTRY_VERIFY(m_script.pending);
    m_script.answer(FetchResult::Kind::NotModified);
    QTRY_COMPARE(observer.stream->status().lastOkMs, m_clock.wallMs());
    QCOMPARE(observer.seqs, std::vector<qint64> { 1 });
    QCOMPARE(observer.stream->items().items().front().item.text, QByteArray(R"({"id":1,"v":1})"));
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
    m_clock.advance(60'000);
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
    m_clock.advance(10'000);
    QTRY_COMPARE(m_script.calls, 2);
    m_script.answerBody("[]");
    QTRY_VERIFY(m_hub->streams().front()->status().lastOkMs == m_clock.wallMs());
    m_clock.advance(20'000);
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
        m_clock.advance(60'000);
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
    QCOMPARE(observer.stream->items().items().front().item.text, QByteArray(R"({"id":"b","v":2})"));
    const auto missed = observer.stream->history().since(1, 2);
    QVERIFY(missed);
    QCOMPARE(missed->size(), size_t(1));
    QCOMPARE(missed->front()->removed, std::vector<QByteArray> { "1" });
    QCOMPARE(missed->front()->updated.front().before, QByteArray(R"({"id":"b"})"));
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

void TestStreamHub::changedIdentity_startsANewEpoch()
{
    Observer observer;
    observeAndWait(observer);
    body(observer, R"([{"id":1}])");
    const QByteArray epoch = observer.stream->epoch();
    ChannelDefinition changed = channel(QStringLiteral("quakes"));
    changed.idField = { QStringLiteral("code") };
    changed.source.insert(QStringLiteral("id_field"), QStringLiteral("code"));
    m_hub->setChannels({ { changed.name, changed } });
    QTRY_COMPARE(observer.resets.size(), size_t(1));
    QVERIFY(observer.resets.front() != epoch);
    QVERIFY(observer.stream->items().isEmpty());
    QCOMPARE(observer.stream->seq(), 0);
    m_clock.advance(60'000);
    QTRY_VERIFY(m_script.pending);
    body(observer, R"([{"code":"x"}])");
    QCOMPARE(observer.seqs, (std::vector<qint64> { 1, 1 }));
}

void TestStreamHub::changedInterval_keepsTheEpoch()
{
    Observer observer;
    observeAndWait(observer);
    body(observer, R"([{"id":1}])");
    ChannelDefinition changed = channel(QStringLiteral("quakes"));
    changed.pollIntervalSeconds = 5;
    changed.source.insert(QStringLiteral("poll_interval"), 5);
    m_hub->setChannels({ { changed.name, changed } });
    m_clock.advance(5'000);
    QTRY_VERIFY(m_script.pending);
    QVERIFY(observer.resets.empty());
    QCOMPARE(observer.stream->status().intervalSeconds, 5.0);
}

void TestStreamHub::removedChannel_closesItsStreams()
{
    Observer observer;
    observeAndWait(observer);
    m_hub->setChannels({});
    QVERIFY(observer.closed);
    QCOMPARE(observer.closed->code, QStringLiteral("unknown_channel"));
    QVERIFY(m_hub->streams().empty());
    m_clock.advance(600'000);
    QCOMPARE(m_script.calls, 1);
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
        large += QByteArray(i ? "," : "") + R"({"id":)" + QByteArray::number(i)
            + R"(,"text":")" + QByteArray(100, 'x') + "\"}";
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
    m_clock.advance(60'000);
    QTRY_VERIFY(m_script.pending);
    m_clock.advance(120'000);
    QVERIFY(!observer.stream->status().stale);
    m_clock.advance(1);
    QVERIFY(observer.stream->status().stale);
    body(observer, "[]");
    QVERIFY(!observer.stream->status().stale);
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

QTEST_GUILESS_MAIN(TestStreamHub)
#include "tst_streamhub.moc"
