#include "fetchers/replayfetcher.h"
#include "tests/support/fakeclock.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace restream;

using Kind = FetchResult::Kind;

class TestReplayFetcher : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void bodies_comeInTheOrderOfTheirNamesOneAStep();
    void sameStep_isNotModifiedOnlyForWhoHasIt();
    void lastBody_staysWhereItDoesNotLoop();
    void fractionOfASecond_isAStepToo();
    void contentType_isThatOfTheNamesEnding();
    void missingFolderOrFiles_isFailedWithAMessage();
    void bodyOverTheCap_isFailed();
    void globOutsideTheFolder_findsNothing_data();
    void globOutsideTheFolder_findsNothing();
    void wildcardFolders_areSearched();
    void cancelledAndDestroyed_areSilent();
    void resources_arePlayedToo();

private:
    void put(const QString &name, const QByteArray &body) const
    {
        const QString path = m_folder->filePath(name);
        QVERIFY(QDir().mkpath(QFileInfo(path).path()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(body);
    }
    FetchResult fetch(Fetcher &fetcher, const Validators &validators = {})
    {
        FetchRequest request;
        request.validators = validators;
        std::optional<FetchResult> result;
        fetcher.fetch(request, [&](FetchResult got) { result = std::move(got); });
        if (result || !QTest::qWaitFor([&] { return result.has_value(); }))
            return {};
        return *result;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    ChannelDefinition m_channel;
    FakeClock m_clock;
};

void TestReplayFetcher::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_channel = {};
    m_channel.fetcher = ChannelDefinition::FetcherKind::Replay;
    m_channel.folder = m_folder->path();
    m_channel.replay = { QStringLiteral("quakes/*.json"), 5, true };
    put(QStringLiteral("quakes/2.json"), "[2]");
    put(QStringLiteral("quakes/1.json"), "[1]");
    put(QStringLiteral("quakes/notes.txt"), "not one of them");
}

void TestReplayFetcher::bodies_comeInTheOrderOfTheirNamesOneAStep()
{
    ReplayFetcher fetcher(m_clock, m_channel);
    QVERIFY(!fetcher.isRemote());
    m_clock.advance(3000); // steps count from the first call
    QByteArrayList bodies;
    for (int i = 0; i < 5; ++i) {
        const FetchResult result = fetch(fetcher);
        QCOMPARE(result.kind, Kind::Body);
        bodies.append(result.body);
        m_clock.advance(5000);
    }
    QCOMPARE(bodies, (QByteArrayList { "[1]", "[2]", "[1]", "[2]", "[1]" }));
}

void TestReplayFetcher::sameStep_isNotModifiedOnlyForWhoHasIt()
{
    ReplayFetcher fetcher(m_clock, m_channel);
    const FetchResult first = fetch(fetcher);
    QVERIFY(!first.validators.etag.isEmpty());
    m_clock.advance(4999);
    const FetchResult same = fetch(fetcher, first.validators);
    QCOMPARE(same.kind, Kind::NotModified);
    QCOMPARE(same.validators, first.validators);
    QCOMPARE(fetch(fetcher).kind, Kind::Body);
    m_clock.advance(1);
    const FetchResult next = fetch(fetcher, first.validators);
    QCOMPARE(next.kind, Kind::Body);
    QCOMPARE(next.body, QByteArray("[2]"));
}

void TestReplayFetcher::lastBody_staysWhereItDoesNotLoop()
{
    m_channel.replay.loop = false;
    ReplayFetcher fetcher(m_clock, m_channel);
    QCOMPARE(fetch(fetcher).body, QByteArray("[1]"));
    m_clock.advance(1'000'000);
    QCOMPARE(fetch(fetcher).body, QByteArray("[2]"));
}

void TestReplayFetcher::fractionOfASecond_isAStepToo()
{
    m_channel.replay.everySeconds = 0.5;
    ReplayFetcher fetcher(m_clock, m_channel);
    QCOMPARE(fetch(fetcher).body, QByteArray("[1]"));
    m_clock.advance(500);
    QCOMPARE(fetch(fetcher).body, QByteArray("[2]"));
}

void TestReplayFetcher::contentType_isThatOfTheNamesEnding()
{
    for (const auto &[name, type] :
         { std::pair("a.json", "application/json"), std::pair("a.XML", "application/xml"),
           std::pair("a.rss", "application/xml"), std::pair("a.csv", "text/csv"),
           std::pair("a.ndjson", "application/x-ndjson"), std::pair("a.txt", ""),
           std::pair("a", "") }) {
        put(QStringLiteral("types/") + QLatin1String(name), "x");
        m_channel.replay.files = QStringLiteral("types/") + QLatin1String(name);
        ReplayFetcher fetcher(m_clock, m_channel);
        QCOMPARE(fetch(fetcher).contentType, QByteArray(type));
    }
}

void TestReplayFetcher::missingFolderOrFiles_isFailedWithAMessage()
{
    for (const QString &files : { QStringLiteral("gone/*.json"), QStringLiteral("quakes/*.xml") }) {
        m_channel.replay.files = files;
        ReplayFetcher fetcher(m_clock, m_channel);
        const FetchResult result = fetch(fetcher);
        QCOMPARE(result.kind, Kind::Failed);
        QCOMPARE(result.error.code, QStringLiteral("no_recordings"));
        QVERIFY(result.error.message.contains(files));
    }
}

void TestReplayFetcher::bodyOverTheCap_isFailed()
{
    m_channel.request.maxBody = 2;
    ReplayFetcher fetcher(m_clock, m_channel);
    QCOMPARE(fetch(fetcher).error.code, QStringLiteral("too_large"));
}

void TestReplayFetcher::globOutsideTheFolder_findsNothing_data()
{
    QTest::addColumn<QString>("glob");
    QTest::newRow("up") << "../*/quakes/1.json";
    QTest::newRow("up in the midst") << "quakes/../quakes/1.json";
    QTest::newRow("absolute") << "/etc/passwd";
    QTest::newRow("resources") << ":/x";
    QTest::newRow("empty") << "";
}

void TestReplayFetcher::globOutsideTheFolder_findsNothing()
{
    QFETCH(QString, glob);
    QCOMPARE(findRecordings(m_folder->path(), glob), QStringList());
}

void TestReplayFetcher::wildcardFolders_areSearched()
{
    put(QStringLiteral("more/0.json"), "[0]");
    const QStringList found = findRecordings(m_folder->path(), QStringLiteral("*/*.json"));
    QCOMPARE(found,
             (QStringList { m_folder->filePath(QStringLiteral("more/0.json")),
                            m_folder->filePath(QStringLiteral("quakes/1.json")),
                            m_folder->filePath(QStringLiteral("quakes/2.json")) }));
}

void TestReplayFetcher::cancelledAndDestroyed_areSilent()
{
    bool called = false;
    auto fetcher = std::make_unique<ReplayFetcher>(m_clock, m_channel);
    fetcher->fetch({}, [&](const FetchResult &) { called = true; });
    fetcher->cancel();
    fetcher->fetch({}, [&](const FetchResult &) { called = true; });
    fetcher.reset();
    QTest::qWait(10);
    QVERIFY(!called);
}

void TestReplayFetcher::resources_arePlayedToo()
{
    m_channel.folder = QStringLiteral(":/test");
    m_channel.replay.files = QStringLiteral("recordings/*.json");
    ReplayFetcher fetcher(m_clock, m_channel);
    const FetchResult first = fetch(fetcher);
    QCOMPARE(first.body, QByteArray("[1]\n"));
    QCOMPARE(fetch(fetcher, first.validators).kind, Kind::NotModified);
    m_clock.advance(5000);
    QCOMPARE(fetch(fetcher, first.validators).body, QByteArray("[2]\n"));
}

QTEST_GUILESS_MAIN(TestReplayFetcher)
#include "tst_replayfetcher.moc"
