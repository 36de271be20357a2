#include "tests/guess/guesshelp.h"
#include "tests/guess/samples.h"

using namespace restream;

class TestGuessDefinition : public QObject
{
    Q_OBJECT

private slots:
    void errorReport_givesTheRequestAlone_data();
    void errorReport_givesTheRequestAlone();
    void webPage_isSaid();
    void alternatives_areOffered();
    void morePages_areAWarning_data();
    void morePages_areAWarning();
    void definition_keepsItsOrderAndItsReasons();
    void pastedDefinition_keepsWhatItSays();
    void withoutUrl_recordingsAreReplayed();
    void otherFormats_comeThroughTheDecoder();
    void queryOfTheUrl_isOfferedAsParams();
};

void TestGuessDefinition::errorReport_givesTheRequestAlone_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("an error object")
        << 200 << QByteArray(R"({"error":{"code":401,"message":"bad key"}})");
    QTest::newRow("success is false")
        << 200 << QByteArray(R"({"success":false,"info":"monthly limit"})");
    QTest::newRow("a status inside")
        << 200 << QByteArray(R"({"cod":401,"message":"Invalid API key"})");
    QTest::newRow("GraphQL") << 200
                             << QByteArray(R"({"errors":[{"message":"Field x"}],"data":null})");
    QTest::newRow("a problem document")
        << 200
        << QByteArray(R"({"type":"about:blank","title":"Not Found","status":404,"detail":"no"})");
    QTest::newRow("the status of HTTP") << 503 << QByteArray(R"([{"id":1}])");
}

void TestGuessDefinition::errorReport_givesTheRequestAlone()
{
    QFETCH(const int, status);
    QFETCH(const QByteArray, body);
    GuessInput input;
    input.request.url = u"https://api.example.com/things"_qs;
    input.polls.push_back({ status, {}, body, 0 });
    const Guess guess = restream::guess(input);
    QVERIFY(guess.items.isEmpty());
    QCOMPARE(guess.warnings.size(), 1);
    QVERIFY(!objectOf(guess).contains(u"items"));
    QCOMPARE(definitionOf(guess).request.url, u"https://api.example.com/things"_qs);
    // Beside an answer that is good it is passed over.
    input.polls.push_back({ 200, {}, R"([{"id":1},{"id":2}])", 0 });
    QCOMPARE(definitionOf(restream::guess(input)).idField, QStringList({ u"id"_qs }));
}

void TestGuessDefinition::webPage_isSaid()
{
    const Guess guess = guessOf({ "<!DOCTYPE html><html><body>Sign in</body></html>" });
    QVERIFY(guess.items.isEmpty());
    QVERIFY2(guess.warnings.join(u' ').contains(u"web page"),
             qPrintable(guess.warnings.join(u'\n')));
}

void TestGuessDefinition::alternatives_areOffered()
{
    const Guess guess =
        guessOf({ R"({"fires":)" + listOf(R"({"id":"f¤","name":"Fire ¤"})", 5) + R"(,"floods":)"
                  + listOf(R"({"id":"w¤","name":"Flood ¤"})", 4) + "}" });
    QCOMPARE(guess.items.size(), 3); // both lists, and the whole
    QCOMPARE(guess.items[0].pointer, u"/fires"_qs);
    QCOMPARE(guess.items[0].count, 5);
    QCOMPARE(guess.items[0].samples.first(), u"{\"id\":\"f1\",\"name\":\"Fire 1\"}"_qs);
    QCOMPARE(guess.items[1].pointer, u"/floods"_qs);
    QCOMPARE(guess.ids.size(), 2);
    QCOMPARE(guess.ids[0].fields, QStringList({ u"id"_qs }));
    QCOMPARE(guess.ids[0].uniqueness, 1.0);
    QCOMPARE(guess.ids[1].fields, QStringList({ u"name"_qs }));
}

void TestGuessDefinition::morePages_areAWarning_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("link");
    QTest::addColumn<bool>("warns");
    QTest::newRow("Link") << QByteArray(R"([{"id":1},{"id":2}])")
                          << QByteArray("<https://x/?page=2>; rel=\"next\"") << true;
    QTest::newRow("in the body") << QByteArray(
        R"({"next":"https://x/?page=2","results":[{"id":1},{"id":2}]})")
                                 << QByteArray() << true;
    QTest::newRow("the last page") << QByteArray(R"({"next":null,"results":[{"id":1},{"id":2}]})")
                                   << QByteArray("<https://x/>; rel=\"prev\"") << false;
}

void TestGuessDefinition::morePages_areAWarning()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, link);
    QFETCH(const bool, warns);
    const Guess guess =
        guessOf({ body }, u"https://api.example.com/things"_qs, { { "LINK", link } });
    QCOMPARE(guess.warnings.join(u' ').contains(u"more pages"), warns);
}

void TestGuessDefinition::definition_keepsItsOrderAndItsReasons()
{
    const Guess guess =
        guessOf({ R"({"title":"All things","things":[{"id":1},{"id":2}]})" },
                u"https://www.api.example.com/v2/things.json?kind=big&api_key=abc123DEF456"_qs,
                { { "Cache-Control", "public, max-age=60" } });
    const QByteArray expected = R"({
  "name": "example-things",
  "description": "All things",
  "request": { "url": "https://www.api.example.com/v2/things.json", "query": { "kind": "big" } },
  "auth": { "type": "api_key", "in": "query", "name": "api_key", "key": "api-key" },
  "keys": { "api-key": { "description": "The API's key, sent as the query item api_key" } },
  "items": "/things",
  "shape": "array",
  "id_field": "id",
  "removal": "snapshot",
  "ordered": false,
  "poll_interval": 60
}
)";
    QCOMPARE(guess.definition, expected);
    QStringList members;
    for (const GuessReason &reason : guess.reasons)
        members << reason.member;
    QCOMPARE(members,
             QStringList({ u"/auth"_qs, u"/items"_qs, u"/id_field"_qs, u"/removal"_qs,
                           u"/ordered"_qs, u"/poll_interval"_qs }));
    QCOMPARE(reasonFor(guess, u"/poll_interval"_qs),
             u"Cache-Control says that an answer is good for 60 s"_qs);
    QCOMPARE(guess.secrets.size(), 1);
    QCOMPARE(guess.secrets.first().value, u"abc123DEF456"_qs);
    QVERIFY(!guess.definition.contains("abc123DEF456"));
}

void TestGuessDefinition::pastedDefinition_keepsWhatItSays()
{
    const QString pasted =
        uR"({"name":"mine","request":{"url":"https://api.example.com/x"},"items":"/b","poll_interval":7,"x-note":"kept"})"_qs;
    const Guess guess = guessOf({ R"({"a":)" + listOf(R"({"id":¤})", 9) + R"(,"b":)"
                                  + listOf(R"({"code":"c¤"})", 3) + "}" },
                                pasted);
    QVERIFY2(guess.problems.isEmpty(), qPrintable(guess.problems.join(u'\n')));
    const ChannelDefinition definition = definitionOf(guess);
    QCOMPARE(definition.name, u"mine"_qs);
    QCOMPARE(definition.items, u"/b"_qs);
    QCOMPARE(definition.idField, QStringList({ u"code"_qs }));
    QCOMPARE(definition.pollIntervalSeconds, 7.0);
    QCOMPARE(objectOf(guess).value(u"x-note").toString(), u"kept"_qs);
    QCOMPARE(reasonFor(guess, u"/poll_interval"_qs), QString());
    QVERIFY(!reasonFor(guess, u"/id_field"_qs).isEmpty());
}

void TestGuessDefinition::withoutUrl_recordingsAreReplayed()
{
    GuessInput input;
    input.fallbackName = u"My Things_2"_qs;
    input.replayFiles = u"things/*.json"_qs;
    input.polls.push_back({ 200, {}, R"([{"id":1},{"id":2}])", 0 });
    const Guess guess = restream::guess(input);
    QVERIFY2(guess.problems.isEmpty(), qPrintable(guess.problems.join(u'\n')));
    const ChannelDefinition definition = definitionOf(guess);
    QCOMPARE(definition.name, u"my-things-2"_qs);
    QCOMPARE(definition.fetcher, ChannelDefinition::FetcherKind::Replay);
    QCOMPARE(definition.replay.files, u"things/*.json"_qs);
}

void TestGuessDefinition::otherFormats_comeThroughTheDecoder()
{
    GuessInput input;
    input.request.url = u"https://api.example.com/rows.csv"_qs;
    input.polls.push_back({ 200, { { "content-type", "text/csv" } }, "id\n1\n2\n", 0 });
    QByteArray seenType;
    input.toJson = [&seenType](const QByteArray &, const QByteArray &type) -> Result<DecodedBody> {
        seenType = type;
        return DecodedBody { R"([{"id":"1"},{"id":"2"}])", u"csv"_qs };
    };
    const Guess guess = restream::guess(input);
    QCOMPARE(seenType, QByteArray("text/csv"));
    QCOMPARE(objectOf(guess).value(u"format").toString(), u"csv"_qs);
    QCOMPARE(objectOf(guess).value(u"id_field").toString(), u"id"_qs);
}

void TestGuessDefinition::queryOfTheUrl_isOfferedAsParams()
{
    const Guess guess = guessOf({ R"([{"id":1},{"id":2}])" },
                                u"https://api.example.com/things?vs_currency=eur&format=json"_qs);
    QCOMPARE(guess.suggestions.size(), 1);
    QCOMPARE(guess.suggestions.first().member, u"/params"_qs);
    QVERIFY(guess.suggestions.first().text.startsWith(u"vs_currency"));
    QVERIFY(!objectOf(guess).contains(u"params"));
}

QTEST_GUILESS_MAIN(TestGuessDefinition)
#include "tst_guessdefinition.moc"
