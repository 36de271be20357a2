#include "tests/stream/hubtest.h"

using namespace restream;

/// What a stream does when its channel's file changes under it.
class TestStreamDefinition : public HubTest
{
    Q_OBJECT

private slots:
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void changedIdentity_startsANewEpoch();
    void changedInterval_keepsTheEpoch();
    void removedChannel_closesItsStreams();
    void changedRules_countFromTheNextPollAlsoOfTheSameBody();
    void changeThatIsTakenBackWhileTakingIn_isForgotten();
    void historyShorterThanAChangeset_doesNotPileUpInTheStore();
};

void TestStreamDefinition::changedIdentity_startsANewEpoch()
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
    toNextPoll();
    QTRY_VERIFY(m_script.pending);
    body(observer, R"([{"code":"x"}])");
    QCOMPARE(observer.seqs, (std::vector<qint64> { 1, 1 }));
}

void TestStreamDefinition::changedInterval_keepsTheEpoch()
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

void TestStreamDefinition::removedChannel_closesItsStreams()
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

void TestStreamDefinition::changedRules_countFromTheNextPollAlsoOfTheSameBody()
{
    Observer observer;
    observeAndWait(observer);
    FetchResult answer;
    answer.kind = FetchResult::Kind::Body;
    answer.body = R"([{"id":1},{"id":2}])";
    answer.validators.etag = "\"a\"";
    m_script.answer(answer);
    QTRY_COMPARE(observer.seqs.size(), size_t(1));
    ChannelDefinition changed = channel(QStringLiteral("quakes"));
    changed.maxItems = 1;
    changed.source.insert(QStringLiteral("max_items"), 1);
    m_hub->setChannels({ { changed.name, changed } });
    toNextPoll();
    QTRY_VERIFY(m_script.pending);
    QVERIFY(m_script.request.validators.etag.isEmpty());
    m_script.answer(answer);
    QTRY_COMPARE(observer.stream->items().size(), 1);
    QCOMPARE(observer.last->removed, std::vector<QByteArray> { "2" });
}

void TestStreamDefinition::changeThatIsTakenBackWhileTakingIn_isForgotten()
{
    Observer observer;
    observeAndWait(observer);
    m_script.answerBody("[]"); // now it waits for the store
    ChannelDefinition changed = channel(QStringLiteral("quakes"));
    changed.pollIntervalSeconds = 5;
    changed.source.insert(QStringLiteral("poll_interval"), 5);
    m_hub->setChannels({ { changed.name, changed } });
    m_hub->setChannels({ { changed.name, channel(QStringLiteral("quakes")) } });
    QTRY_COMPARE(observer.seqs.size(), size_t(1));
    QCOMPARE(observer.stream->definition().pollIntervalSeconds, 60.0);
}

void TestStreamDefinition::historyShorterThanAChangeset_doesNotPileUpInTheStore()
{
    ChannelDefinition brief = channel(QStringLiteral("quakes"));
    brief.history.bytes = 1;
    brief.source.insert(QStringLiteral("history"), 1);
    m_hub->setChannels({ { brief.name, brief } });
    Observer observer;
    observeAndWait(observer);
    for (int i = 1; i <= 4; ++i) {
        body(observer, "[{\"id\":" + QByteArray::number(i) + "}]");
        toNextPoll();
        QTRY_VERIFY(m_script.pending);
    }
    QCOMPARE(observer.stream->seq(), 4);
    m_hub.reset();
    std::optional<StoredStream> stored;
    m_store->load("quakes",
                  [&](Result<StoredStream> loaded) { stored = std::move(loaded).value(); });
    QTRY_VERIFY(stored);
    QCOMPARE(stored->history.size(), size_t(1));
}

QTEST_GUILESS_MAIN(TestStreamDefinition)
#include "tst_streamdefinition.moc"
