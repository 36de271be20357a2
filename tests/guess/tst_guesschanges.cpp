#include "tests/guess/guesshelp.h"

using namespace restream;
using Mode = RemovalRule::Mode;

class TestGuessChanges : public QObject
{
    Q_OBJECT

private slots:
    void memberThatMovesAlone_isIgnored();
    void memberThatMovesWithOthers_isKept();
    void valuesThatMoveEachTime_areTheNews();
    void onePoll_onlySuggestsWhatToIgnore();
    void idThatChangesWithEachPoll_isNone();
    void idThatIsAMerePlace_isNone();
    void newestFirst_isAWindow();
    void timeSeries_isAWindow();
    void listThatGrows_isASnapshot();
    void itemsThatFlap_areRemovedLater();
    void set_isASnapshot();
    void arrivals_areNoFeed();
    void ranking_isOrdered();
    void interval_followsTheServer_data();
    void interval_followsTheServer();
    void interval_followsWhatWasObserved();
    void rateLimit_becomesAQuota_data();
    void rateLimit_becomesAQuota();
    void longList_getsRoom();
    void duplicates_areCounted();
};

namespace {

struct Station
{
    const char *id;
    int bikes;
    qint64 reported;
};

QByteArray stations(const QList<Station> &all)
{
    QByteArrayList items;
    for (const Station &station : all)
        items << QByteArray("{\"station_id\":\"") + station.id
                + "\",\"bikes\":" + QByteArray::number(station.bikes)
                + ",\"last_reported\":" + QByteArray::number(station.reported) + '}';
    return "{\"stations\":[" + items.join(',') + "]}";
}

QByteArray news(int first, int last)
{
    QByteArrayList items;
    for (int i = first; i >= last; --i)
        items << "{\"id\":" + QByteArray::number(i)
                + ",\"published\":\"2024-01-01T00:" + QByteArray::number(i) + ":00Z\"}";
    return '[' + items.join(',') + ']';
}

QByteArray list(const QByteArrayList &ids)
{
    QByteArrayList items;
    for (const QByteArray &id : ids)
        items << "{\"id\":\"" + id + "\"}";
    return '[' + items.join(',') + ']';
}

}

void TestGuessChanges::memberThatMovesAlone_isIgnored()
{
    const Guess guess = guessOf(
        { stations({ { "a", 1, 1700000000 }, { "b", 2, 1700000000 }, { "c", 3, 1700000000 } }),
          stations({ { "a", 1, 1700000060 }, { "b", 3, 1700000060 }, { "c", 3, 1700000060 } }) });
    QCOMPARE(definitionOf(guess).ignore, QStringList({ u"/last_reported"_qs }));
    QCOMPARE(reasonFor(guess, u"/ignore"_qs),
             u"67 % of the updates between the polls changed nothing else"_qs);
}

void TestGuessChanges::memberThatMovesWithOthers_isKept()
{
    const Guess guess = guessOf(
        { stations({ { "a", 1, 1700000000 }, { "b", 2, 1700000000 }, { "c", 3, 1700000000 } }),
          stations({ { "a", 2, 1700000060 }, { "b", 3, 1700000060 }, { "c", 3, 1700000000 } }) });
    QCOMPARE(definitionOf(guess).ignore, QStringList());
}

void TestGuessChanges::valuesThatMoveEachTime_areTheNews()
{
    const Guess guess =
        guessOf({ R"({"USD":{"rate":1.5},"EUR":{"rate":1.25},"GBP":{"rate":2.5}})",
                  R"({"USD":{"rate":1.6},"EUR":{"rate":1.35},"GBP":{"rate":2.6}})" });
    QCOMPARE(definitionOf(guess).ignore, QStringList());
}

void TestGuessChanges::onePoll_onlySuggestsWhatToIgnore()
{
    const Guess guess = guessOf({ stations({ { "a", 1, 1700000000 }, { "b", 2, 1700000030 } }) });
    QCOMPARE(definitionOf(guess).ignore, QStringList());
    QCOMPARE(guess.suggestions.size(), 1);
    QCOMPARE(guess.suggestions.first().member, u"/ignore"_qs);
    QVERIFY(guess.suggestions.first().text.startsWith(u"/last_reported: "));
}

void TestGuessChanges::idThatChangesWithEachPoll_isNone()
{
    const Guess guess = guessOf(
        { R"([{"id":1001,"place":"A1","v":1},{"id":1002,"place":"B2","v":2},{"id":1003,"place":"C3","v":3}])",
          R"([{"id":2001,"place":"A1","v":1},{"id":2002,"place":"B2","v":2},{"id":2003,"place":"C3","v":4}])" });
    QCOMPARE(definitionOf(guess).idField, QStringList({ u"place"_qs }));
}

void TestGuessChanges::idThatIsAMerePlace_isNone()
{
    const Guess guess = guessOf(
        { R"([{"id":1,"code":"A1","v":"x"},{"id":2,"code":"B2","v":"y"},{"id":3,"code":"C3","v":"z"}])",
          R"([{"id":1,"code":"N0","v":"w"},{"id":2,"code":"A1","v":"x"},{"id":3,"code":"B2","v":"y"}])" });
    QCOMPARE(definitionOf(guess).idField, QStringList({ u"code"_qs }));
}

void TestGuessChanges::newestFirst_isAWindow()
{
    for (const QByteArrayList &polls :
         { QByteArrayList { news(30, 11) }, QByteArrayList { news(30, 11), news(34, 15) } }) {
        const Guess guess = guessOf(polls);
        QCOMPARE(definitionOf(guess).removal.mode, Mode::Window);
        QCOMPARE(reasonFor(guess, u"/removal"_qs),
                 u"newest first by published: a feed, so what goes missing has scrolled out"_qs);
        QVERIFY(!definitionOf(guess).ordered);
    }
}

void TestGuessChanges::timeSeries_isAWindow()
{
    const Guess guess = guessOf(
        { R"({"data":[{"t":"2024-01-01 00:00","v":"1.5"},{"t":"2024-01-01 00:06","v":"1.4"},{"t":"2024-01-01 00:12","v":"1.3"},{"t":"2024-01-01 00:18","v":"1.5"}]})" });
    QCOMPARE(definitionOf(guess).idField, QStringList({ u"t"_qs }));
    QCOMPARE(definitionOf(guess).removal.mode, Mode::Window);
    QVERIFY(reasonFor(guess, u"/removal"_qs).contains(u"time series"));
}

void TestGuessChanges::listThatGrows_isASnapshot()
{
    const Guess guess = guessOf({ news(20, 11), news(22, 11), news(25, 11) });
    QCOMPARE(definitionOf(guess).removal.mode, Mode::Snapshot);
    QVERIFY(reasonFor(guess, u"/removal"_qs).contains(u"5 items came and none went"));
}

void TestGuessChanges::itemsThatFlap_areRemovedLater()
{
    const Guess guess =
        guessOf({ list({ "a", "b", "c" }), list({ "a", "c" }), list({ "a", "b", "c" }),
                  list({ "a", "b" }), list({ "a", "b" }), list({ "a", "b", "c" }) });
    QCOMPARE(definitionOf(guess).removal.mode, Mode::Snapshot);
    QCOMPARE(definitionOf(guess).removal.after, 3);
    QVERIFY(reasonFor(guess, u"/removal"_qs)
                .contains(u"2 items went missing and came back within 3 polls"));
}

void TestGuessChanges::set_isASnapshot()
{
    const Guess guess = guessOf({ list({ "a", "b", "c" }), list({ "a", "c", "d" }) });
    QCOMPARE(definitionOf(guess).removal.mode, Mode::Snapshot);
    QCOMPARE(definitionOf(guess).removal.after, 1);
}

void TestGuessChanges::arrivals_areNoFeed()
{
    QByteArrayList items;
    for (int i = 9; i > 1; --i)
        items << "{\"id\":\"v" + QByteArray::number(i) + "\",\"expectedArrival\":\"2024-01-01T00:0"
                + QByteArray::number(i) + ":00Z\"}";
    const Guess guess = guessOf({ '[' + items.join(',') + ']' });
    QCOMPARE(definitionOf(guess).removal.mode, Mode::Snapshot);
}

void TestGuessChanges::ranking_isOrdered()
{
    const QByteArrayList polls { list({ "a", "b", "c" }), list({ "b", "a", "c" }) };
    const Guess ranking = guessOf(polls, u"https://api.example.com/svc/topstories/v2/home.json"_qs);
    QVERIFY(definitionOf(ranking).ordered);
    const Guess set = guessOf(polls);
    QVERIFY(!definitionOf(set).ordered);
    QVERIFY(reasonFor(set, u"/ordered"_qs).contains(u"changed places"));
}

void TestGuessChanges::interval_followsTheServer_data()
{
    using Headers = QList<std::pair<QByteArray, QByteArray>>;
    QTest::addColumn<Headers>("headers");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<double>("seconds");
    QTest::addColumn<QString>("why");
    const QByteArray plain = R"([{"id":1},{"id":2}])";
    QTest::newRow("nothing") << Headers {} << plain << 100.0 << u"default"_qs;
    QTest::newRow("max-age") << Headers { { "Cache-Control",
                                            "public, max-age=300, stale-while-revalidate=60" } }
                             << plain << 300.0 << u"Cache-Control"_qs;
    QTest::newRow("max-age of nothing")
        << Headers { { "Cache-Control", "no-store, max-age=0" },
                     { "Expires", "Thu, 01 Jan 1970 00:00:00 GMT" } }
        << plain << 100.0 << u"default"_qs;
    QTest::newRow("a year") << Headers { { "Cache-Control", "max-age=31536000" } } << plain
                            << 86400.0 << u"Cache-Control"_qs;
    QTest::newRow("Expires") << Headers { { "Date", "Tue, 18 May 2021 14:01:32 GMT" },
                                          { "Expires", "Tue, 18 May 2021 14:03:32 GMT" } }
                             << plain << 120.0 << u"Expires"_qs;
    QTest::newRow("X-Poll-Interval")
        << Headers { { "x-poll-interval", "60" }, { "cache-control", "max-age=30" } } << plain
        << 60.0 << u"X-Poll-Interval"_qs;
    QTest::newRow("ttl") << Headers {} << QByteArray(R"({"ttl":45,"data":[{"id":1},{"id":2}]})")
                         << 45.0 << u"ttl is 45 s"_qs;
    QTest::newRow("ttl of a moment")
        << Headers {} << QByteArray(R"({"ttl":2,"data":[{"id":1},{"id":2}]})") << 10.0
        << u"ttl is 2 s"_qs;
    QTest::newRow("ttl of a feed")
        << Headers {}
        << QByteArray(R"({"rss":{"channel":{"ttl":"15","item":[{"guid":"a"},{"guid":"b"}]}}})")
        << 900.0 << u"ttl is 900 s"_qs;
}

void TestGuessChanges::interval_followsTheServer()
{
    using Headers = QList<std::pair<QByteArray, QByteArray>>;
    QFETCH(const Headers, headers);
    QFETCH(const QByteArray, body);
    QFETCH(const double, seconds);
    QFETCH(const QString, why);
    const Guess guess = guessOf({ body }, u"https://api.example.com/x"_qs, headers);
    QCOMPARE(definitionOf(guess).pollIntervalSeconds, seconds);
    QVERIFY2(reasonFor(guess, u"/poll_interval"_qs).contains(why),
             qPrintable(reasonFor(guess, u"/poll_interval"_qs)));
}

void TestGuessChanges::interval_followsWhatWasObserved()
{
    GuessInput input;
    input.request.url = u"https://api.example.com/x"_qs;
    for (int i = 0; i < 9; ++i)
        input.polls.push_back({ 200,
                                {},
                                list({ "a", QByteArray("b") + QByteArray::number(i / 4) }),
                                1'700'000'000'000 + i * 60'000 });
    const Guess guess = restream::guess(input);
    QCOMPARE(definitionOf(guess).pollIntervalSeconds, 120.0);
    QCOMPARE(reasonFor(guess, u"/poll_interval"_qs),
             u"2 of 8 polls brought something new, about every 240 s; half of that is 120 s"_qs);
}

void TestGuessChanges::rateLimit_becomesAQuota_data()
{
    using Headers = QList<std::pair<QByteArray, QByteArray>>;
    QTest::addColumn<Headers>("headers");
    QTest::addColumn<int>("calls");
    QTest::addColumn<qint64>("per");
    QTest::addColumn<double>("interval");
    QTest::newRow("a policy") << Headers { { "RateLimit-Policy", "100;w=60" } } << 100 << qint64(60)
                              << 100.0;
    QTest::newRow("a newer policy") << Headers { { "RateLimit-Policy", "\"default\";q=10;w=3600" } }
                                    << 10 << qint64(3600) << 360.0;
    QTest::newRow("by its name") << Headers { { "X-RateLimit-Limit-Minute", "30" } } << 30
                                 << qint64(60) << 100.0;
    QTest::newRow("until a time") << Headers { { "Date", "Tue, 18 May 2021 14:00:00 GMT" },
                                               { "X-RateLimit-Limit", "60" },
                                               { "X-RateLimit-Reset", "1621349000" } }
                                  << 60 << qint64(3600) << 100.0;
    QTest::newRow("for some seconds")
        << Headers { { "X-RateLimit-Limit", "500" }, { "X-RateLimit-Reset", "5000" } } << 500
        << qint64(86400) << 173.0;
    QTest::newRow("who knows how long")
        << Headers { { "X-RateLimit-Limit", "500" } } << 0 << qint64(0) << 100.0;
}

void TestGuessChanges::rateLimit_becomesAQuota()
{
    using Headers = QList<std::pair<QByteArray, QByteArray>>;
    QFETCH(const Headers, headers);
    QFETCH(const int, calls);
    QFETCH(const qint64, per);
    QFETCH(const double, interval);
    const Guess guess = guessOf({ list({ "a", "b" }) }, u"https://api.example.com/x"_qs, headers);
    QVERIFY2(guess.problems.isEmpty(), qPrintable(guess.problems.join(u'\n')));
    const ChannelDefinition definition = definitionOf(guess);
    if (calls > 0)
        QCOMPARE(definition.quota, QList<QuotaRule>({ { calls, per } }));
    else
        QVERIFY(definition.quota.isEmpty() && guess.warnings.join(u' ').contains(u"500 calls"));
    QCOMPARE(definition.pollIntervalSeconds, interval);
}

void TestGuessChanges::longList_getsRoom()
{
    QByteArrayList ids;
    for (int i = 0; i < 6000; ++i)
        ids << QByteArray::number(i);
    QCOMPARE(definitionOf(guessOf({ list(ids.mid(0, 5000)) })).maxItems, 10000);
    for (int i = 6000; i < 9000; ++i)
        ids << QByteArray::number(i);
    QVERIFY(definitionOf(guessOf({ list(ids) })).maxItems > 9000);
}

void TestGuessChanges::duplicates_areCounted()
{
    const QString pasted =
        uR"({"name":"x","request":{"url":"https://api.example.com/x"},"items":"","shape":"array","id_field":"id"})"_qs;
    const Guess guess = guessOf({ R"([{"id":1},{"id":1},{"name":"no id"}])" }, pasted);
    QVERIFY2(guess.warnings.contains(u"1 items have no id and are left out"_qs),
             qPrintable(guess.warnings.join(u'\n')));
    QCOMPARE(guess.warnings.size(), 2);
}

QTEST_GUILESS_MAIN(TestGuessChanges)
#include "tst_guesschanges.moc"
