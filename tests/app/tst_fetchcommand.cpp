#include "app/fetchcommand.h"
#include "tests/app/consolecapture.h"
#include "tests/app/fakekeystore.h"
#include "tests/support/fakeclock.h"

#include <QDateTime>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace restream;

namespace {

/// Answers at once with what the test put in.
class ReadyFetcher final : public Fetcher
{
public:
    ReadyFetcher(FetchResult answer, FetchRequest &seen, bool remote)
        : m_answer(std::move(answer)),
          m_seen(seen),
          m_remote(remote)
    {
    }

    void fetch(const FetchRequest &request, std::function<void(FetchResult)> done) override
    {
        m_seen = request;
        QTimer::singleShot(0, [done = std::move(done), answer = m_answer] { done(answer); });
    }
    void cancel() override { }
    [[nodiscard]] bool isRemote() const override { return m_remote; }

private:
    FetchResult m_answer;
    FetchRequest &m_seen;
    bool m_remote;
};

}

class TestFetchCommand : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void items_areOneLineEachAsUpstreamWroteThem();
    void paramsAndKeys_goIntoTheCall();
    void keyThatIsMissing_makesNoCall();
    void wrongParam_makesNoCall();
    void failure_isSaidWithTheStream();
    void bodyThatHoldsNoItems_isAFailure();
    void noContent_isSaid();
    void summary_countsWhatWasLeftOut();
    void quotaThatIsUsedUp_saysWhenTheNextCallMayBeMade();
    void replay_asksNoLeave();
    void store_countsCallsOverRuns();

private:
    ExitCode run(const QString &channel, const Params &params = {});
    void answer(const QByteArray &body);

    ChannelSet m_channels;
    FakeKeyStore m_keys;
    FakeClock m_clock;
    FetchResult m_answer;
    FetchRequest m_seen;
    bool m_remote = true;
    int m_made = 0;
    AskLeave m_askLeave;
    std::unique_ptr<ConsoleCapture> m_capture;
};

void TestFetchCommand::init()
{
    ChannelDefinition channel;
    channel.name = u"quakes"_qs;
    channel.request.url = u"https://api.example/{window}.json"_qs;
    channel.items = u"/features"_qs;
    channel.idField = QStringList { u"id"_qs };
    channel.params.insert(u"window"_qs, { u"hour"_qs, false, {}, { u"hour"_qs, u"day"_qs }, {} });
    m_channels = {};
    m_channels.channels.insert(channel.name, channel);
    m_keys.values.clear();
    m_answer = {};
    m_seen = {};
    m_remote = true;
    m_made = 0;
    m_askLeave = [](const ChannelDefinition &, const Params &, const Keys &) { return qint64(0); };
    m_capture = std::make_unique<ConsoleCapture>();
}

void TestFetchCommand::answer(const QByteArray &body)
{
    m_answer.kind = FetchResult::Kind::Body;
    m_answer.body = body;
}

ExitCode TestFetchCommand::run(const QString &channel, const Params &params)
{
    const FetcherFactory fetchers = [this](const ChannelDefinition &) {
        ++m_made;
        return std::make_unique<ReadyFetcher>(m_answer, m_seen, m_remote);
    };
    FetchCommand command(m_channels, m_keys, fetchers, m_askLeave, m_clock, m_capture->console());
    return command.run(channel, params);
}

void TestFetchCommand::items_areOneLineEachAsUpstreamWroteThem()
{
    answer(
        R"({"features": [ {"id": 9007199254740993, "v": 1.10, "s":"a\/b"}, {"id":"é\"x", "n": { "a" : [1, 2] } } ] })");
    QCOMPARE(run(u"quakes"_qs), ExitCode::Ok);
    QCOMPARE(
        m_capture->out(),
        QStringList(
            { uR"({"id":"9007199254740993","item":{"id":9007199254740993,"v":1.10,"s":"a\/b"}})"_qs,
              uR"({"id":"é\"x","item":{"id":"é\"x","n":{"a":[1,2]}}})"_qs }));
    QCOMPARE(m_capture->err().size(), 1);
    QVERIFY2(m_capture->err().first().startsWith(u"quakes?window=hour: 2 items, "_qs),
             qPrintable(m_capture->err().first()));
}

void TestFetchCommand::paramsAndKeys_goIntoTheCall()
{
    ChannelDefinition &channel = m_channels.channels[u"quakes"_qs];
    channel.auth.type = AuthDefinition::Type::Bearer;
    channel.auth.key = u"token"_qs;
    channel.keysFrom = u"owner"_qs;
    m_keys.values[u"owner"_qs][u"token"_qs] = u"s3cr3t"_qs;
    answer(R"({"features":[]})");
    QCOMPARE(run(u"quakes"_qs, { { u"window"_qs, u"day"_qs } }), ExitCode::Ok);
    QCOMPARE(m_seen.params, Params({ { u"window"_qs, u"day"_qs } }));
    QCOMPARE(m_seen.keys, Keys({ { u"token"_qs, u"s3cr3t"_qs } }));
    QVERIFY(!m_capture->mentions("s3cr3t"));
}

void TestFetchCommand::keyThatIsMissing_makesNoCall()
{
    ChannelDefinition &channel = m_channels.channels[u"quakes"_qs];
    channel.auth.type = AuthDefinition::Type::Bearer;
    channel.auth.key = u"token"_qs;
    QCOMPARE(run(u"quakes"_qs), ExitCode::Failed);
    QCOMPARE(m_made, 0);
    QCOMPARE(m_capture->err(), QStringList({ u"restreamd: the key is missing"_qs }));
}

void TestFetchCommand::wrongParam_makesNoCall()
{
    QCOMPARE(run(u"quakes"_qs, { { u"size"_qs, u"1"_qs } }), ExitCode::Failed);
    QCOMPARE(run(u"nope"_qs), ExitCode::Failed);
    QCOMPARE(m_made, 0);
    QVERIFY(m_capture->err().first().contains(u"size"_qs));
}

void TestFetchCommand::failure_isSaidWithTheStream()
{
    m_answer.kind = FetchResult::Kind::Failed;
    m_answer.error = { u"http"_qs, u"the server answered 500"_qs };
    QCOMPARE(run(u"quakes"_qs), ExitCode::Failed);
    QCOMPARE(m_capture->err(),
             QStringList({ u"restreamd: quakes?window=hour: the server answered 500"_qs }));
    QCOMPARE(m_capture->out(), QStringList());
}

void TestFetchCommand::bodyThatHoldsNoItems_isAFailure()
{
    answer(R"({"other":[]})");
    QCOMPARE(run(u"quakes"_qs), ExitCode::Failed);
    QVERIFY(m_capture->err().first().contains(u"/features"_qs));
}

void TestFetchCommand::noContent_isSaid()
{
    m_answer.kind = FetchResult::Kind::NoContent;
    QCOMPARE(run(u"quakes"_qs), ExitCode::Ok);
    QCOMPARE(m_capture->err(),
             QStringList({ u"quakes?window=hour: the server answered without content"_qs }));
}

void TestFetchCommand::summary_countsWhatWasLeftOut()
{
    PolledItems items;
    items.items.resize(1);
    QCOMPARE(fetchSummary("s", items, 1500, 420), u"s: 1 item, 1.5 kB in 0.42 s"_qs);
    items.withoutId = 2;
    items.duplicates = 3;
    items.beyondLimit = 4;
    QCOMPARE(
        fetchSummary("s", items, 12, 5),
        u"s: 1 item, 12 bytes in 0.01 s; 2 without an id left out; 3 with an id that was there before; 4 beyond max_items left out"_qs);
}

void TestFetchCommand::quotaThatIsUsedUp_saysWhenTheNextCallMayBeMade()
{
    const qint64 when = m_clock.wallMs() + 60'000;
    m_askLeave = [when](const ChannelDefinition &, const Params &, const Keys &) { return when; };
    answer(R"({"features":[{"id":1}]})");
    QCOMPARE(run(u"quakes"_qs), ExitCode::Failed);
    QCOMPARE(m_capture->out(), QStringList());
    QVERIFY(m_capture->err().first().endsWith(
        QDateTime::fromMSecsSinceEpoch(when, Qt::UTC).toString(Qt::ISODate)));
    QVERIFY(m_seen.params.isEmpty());
}

void TestFetchCommand::replay_asksNoLeave()
{
    m_remote = false;
    m_askLeave = [](const ChannelDefinition &, const Params &, const Keys &) -> Result<qint64> {
        return Error { u"store_unwritable"_qs, u"no leave was to be asked for"_qs };
    };
    answer(R"({"features":[{"id":1}]})");
    QCOMPARE(run(u"quakes"_qs), ExitCode::Ok);
}

void TestFetchCommand::store_countsCallsOverRuns()
{
    const QTemporaryDir folder;
    m_channels.channels[u"quakes"_qs].quota = { { 2, 3600 } };
    answer(R"({"features":[]})");
    for (const ExitCode expected : { ExitCode::Ok, ExitCode::Ok, ExitCode::Failed }) {
        m_askLeave = askStore(folder.path(), m_clock);
        const ExitCode code = run(u"quakes"_qs);
        QVERIFY2(code == expected, qPrintable(m_capture->err().join(u'\n')));
        m_clock.advance(1000);
    }
    QVERIFY(m_capture->err().last().contains(u"quota"_qs));
    m_clock.advance(3600 * 1000);
    QCOMPARE(run(u"quakes"_qs), ExitCode::Ok);
}

QTEST_GUILESS_MAIN(TestFetchCommand)
#include "tst_fetchcommand.moc"
