#include "tests/guess/guesshelp.h"

#include <QJsonArray>

using namespace restream;
using Shape = ChannelDefinition::Shape;

namespace {

/// `count` items of the form of `pattern`, in which ¤ is the item's number, from 1 on.
QByteArray repeated(const QByteArray &pattern, int count)
{
    QByteArrayList items;
    for (int i = 1; i <= count; ++i)
        items << QByteArray(pattern).replace("¤", QByteArray::number(i));
    return items.join(',');
}

QByteArray listOf(const QByteArray &pattern, int count)
{
    return '[' + repeated(pattern, count) + ']';
}

}

class TestGuessShapes : public QObject
{
    Q_OBJECT

private slots:
    void usualShapes_areRecognised_data();
    void usualShapes_areRecognised();
    void columns_areNoItems();
    void errorReport_givesTheRequestAlone_data();
    void errorReport_givesTheRequestAlone();
    void webPage_isSaid();
    void emptyList_isAskedAgain();
    void compositeId_whereNoSingleOneIsUnique();
    void numbersAndProse_areNoIds();
    void alternatives_areOffered();
    void morePages_areAWarning_data();
    void morePages_areAWarning();
    void definition_keepsItsOrderAndItsReasons();
    void pastedDefinition_keepsWhatItSays();
    void withoutUrl_recordingsAreReplayed();
    void otherFormats_comeThroughTheDecoder();
    void queryOfTheUrl_isOfferedAsParams();
};

void TestGuessShapes::usualShapes_areRecognised_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("items");
    QTest::addColumn<Shape>("shape");
    QTest::addColumn<QString>("id");

    const auto row = [](const char *name, const QByteArray &body, const char *items, Shape shape,
                        const char *id) {
        QTest::newRow(name) << body << QString::fromUtf8(items) << shape << QString::fromUtf8(id);
    };
    row("bare list", listOf(R"({"id":¤,"title":"Post ¤","body":"Some text of post ¤"})", 5), "",
        Shape::Array, "id");
    row("list of one", R"([{"id":7,"title":"Post"}])", "", Shape::Array, "id");
    row("JSON:API",
        R"({"jsonapi":{"version":"1.0"},"data":)"
            + listOf(
                R"({"type":"articles","id":"¤","attributes":{"title":"T¤"},"relationships":{"author":{"data":{"type":"people","id":"9"}}}})",
                3)
            + R"(,"included":)"
            + listOf(
                R"({"type":"people","id":"¤","attributes":{"firstName":"A","lastName":"B","twitter":"c¤","bio":"rather long text of person ¤"}})",
                9)
            + R"(,"links":{"self":"http://x/articles"}})",
        "/data", Shape::Array, "id");
    row("HAL",
        R"({"_links":{"self":{"href":"/orders"},"curies":[{"name":"ea","href":"http://x/{rel}","templated":true}]},"count":2,"_embedded":{"orders":)"
            + listOf(
                R"({"_links":{"self":{"href":"/orders/¤"}},"total":3¤.00,"currency":"USD","status":"shipped"})",
                4)
            + "}}",
        "/_embedded/orders", Shape::Array, "/_links/self/href");
    row("OData",
        R"({"@odata.context":"https://x/$metadata#People","value":)"
            + listOf(
                R"({"@odata.etag":"W/\"¤\"","UserName":"user¤","FirstName":"A","LastName":"B"})", 5)
            + "}",
        "/value", Shape::Array, "UserName");
    row("GraphQL connection",
        R"({"data":{"repository":{"issues":{"totalCount":3,"pageInfo":{"hasNextPage":true,"endCursor":"Y3¤"},"edges":)"
            + listOf(R"({"cursor":"Y3Vy¤","node":{"id":"MDU6¤","number":¤,"title":"An issue"}})", 3)
            + "}}}}",
        "/data/repository/issues/edges", Shape::Array, "/node/id");
    row("Elasticsearch",
        R"({"took":5,"timed_out":false,"_shards":{"total":1,"successful":1},"hits":{"total":{"value":3,"relation":"eq"},"max_score":1.0,"hits":)"
            + listOf(
                R"({"_index":"logs","_id":"a¤","_score":1.0,"_source":{"message":"hello ¤","level":"info"}})",
                3)
            + "}}",
        "/hits/hits", Shape::Array, "_id");
    row("GeoJSON",
        R"({"type":"FeatureCollection","bbox":[1,2,3,4],"features":)"
            + listOf(
                R"({"type":"Feature","geometry":{"type":"Point","coordinates":[1.5,2.¤]},"properties":{"name":"Place ¤","magnitude":1.¤},"id":"nc¤"})",
                4)
            + "}",
        "/features", Shape::Array, "id");
    row("GeoJSON with the id among the properties",
        R"({"type":"FeatureCollection","features":)"
            + listOf(
                R"({"type":"Feature","geometry":null,"properties":{"EVENT_ID":"E-¤","SUBURB":"Same","CUSTOMERS":1¤}})",
                4)
            + "}",
        "/features", Shape::Array, "/properties/EVENT_ID");
    row("ArcGIS",
        R"({"objectIdFieldName":"OBJECTID","fields":[{"name":"OBJECTID","alias":"OBJECTID","type":"esriFieldTypeOID"},{"name":"NAME","alias":"NAME","type":"esriFieldTypeString"}],"features":)"
            + listOf(R"({"attributes":{"OBJECTID":¤,"NAME":"Fire","ACRES":1.¤}})", 6) + "}",
        "/features", Shape::Array, "/attributes/OBJECTID");
    row("rows without names",
        R"({"time":1700000000,"states":[["ac96b8","AAL2423 ","United States",1700000000,-93.4],["aa56db","UAL1711 ","United States",1700000000,-80.8],["a0cfbd","AAL1852 ","United States",1699999999,-67.3]]})",
        "/states", Shape::Array, "/0");
    row("candles",
        R"([[1700000000000,"1.1","1.2","1.0","1.1",100],[1700000060000,"1.1","1.3","1.1","1.2",120],[1700000120000,"1.2","1.3","1.1","1.2",90]])",
        "", Shape::Array, "/0");
    row("map of objects",
        R"({"bitcoin":{"usd":50000,"usd_24h_change":1.5},"ethereum":{"usd":3000,"usd_24h_change":-0.5},"dogecoin":{"usd":0.1,"usd_24h_change":0.1}})",
        "", Shape::Map, "");
    row("map of two", R"({"bitcoin":{"usd":50000},"ethereum":{"usd":3000}})", "", Shape::Map, "");
    row("map inside",
        R"({"time":{"updated":"Jan 1, 2022"},"disclaimer":"Long words about the data and where it comes from","bpi":{"USD":{"code":"USD","rate":1.5},"GBP":{"code":"GBP","rate":1.1},"EUR":{"code":"EUR","rate":1.2}}})",
        "/bpi", Shape::Map, "");
    row("map of rates",
        R"({"base":"EUR","date":"2024-01-02","rates":{"AUD":1.6,"BGN":1.9,"BRL":5.3,"CAD":1.4,"CHF":0.9,"CNY":7.8,"CZK":24.6,"DKK":7.4,"GBP":0.8,"HUF":380.2}})",
        "/rates", Shape::Map, "");
    row("one thing",
        R"({"coord":{"lon":-0.13,"lat":51.51},"weather":[{"id":300,"main":"Drizzle","description":"light intensity drizzle","icon":"09d"}],"base":"stations","main":{"temp":280.32,"pressure":1012,"humidity":81},"visibility":10000,"wind":{"speed":4.1,"deg":80},"dt":1485789600,"sys":{"type":1,"id":5091,"message":0.0103,"country":"GB","sunrise":1485762037,"sunset":1485794875},"id":2643743,"name":"London","cod":200})",
        "", Shape::Single, "");
    row("envelope with a status",
        R"({"status":"ok","totalResults":3,"articles":)"
            + listOf(
                R"({"source":{"id":"cnn","name":"CNN"},"title":"Title ¤","url":"https://x/a¤","publishedAt":"2024-01-0¤T00:00:00Z"})",
                3)
            + "}",
        "/articles", Shape::Array, "url");
    row("references beside the list",
        R"({"code":200,"data":{"limitExceeded":false,"list":)"
            + listOf(R"({"tripId":"1_¤","serviceDate":1700000000000})", 4)
            + R"(,"references":{"stops":)"
            + listOf(
                R"({"id":"s¤","name":"Stop ¤","lat":1.5,"lon":2.5,"direction":"N","locationType":0})",
                12)
            + "}}}",
        "/data/list", Shape::Array, "tripId");
    row("ids alone", "[1,2,3,5,8,13]", "", Shape::Array, "");
    row("page and list",
        R"([{"page":1,"pages":7,"per_page":50,"total":304},)"
            + listOf(R"({"countryiso3code":"AF¤","date":"2022","value":¤.5,"unit":""})", 5) + "]",
        "/1", Shape::Array, "countryiso3code");
    row("names with slashes",
        R"({"a/b":{"x~y":)" + listOf(R"({"uuid":"123e4567-e89b-12d3-a456-42661417400¤"})", 3)
            + "}}",
        "/a~1b/x~0y", Shape::Array, "uuid");
    row("serializer's own ids",
        R"({"$id":"1","things":[{"$id":"2","thingID":"a"},{"$id":"3","thingID":"b"}]})", "/things",
        Shape::Array, "thingID");
    row("links are no items",
        R"({"links":)" + listOf(R"({"rel":"r¤","href":"/very/long/link/to/something/else/¤"})", 6)
            + R"(,"sensors":)" + listOf(R"({"sensor_id":"s¤","v":¤})", 3) + "}",
        "/sensors", Shape::Array, "sensor_id");
    row("RSS as JSON",
        R"({"rss":{"@version":"2.0","channel":{"title":"News","link":"https://x","item":)"
            + listOf(
                R"({"title":"Title ¤","link":"https://x/¤","guid":{"@isPermaLink":"false","#text":"g-¤"},"pubDate":"Fri, 1¤ Jul 2021 23:32:29 GMT"})",
                4)
            + "}}}",
        "/rss/channel/item", Shape::Array, "/guid/#text");
}

void TestGuessShapes::usualShapes_areRecognised()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QString, items);
    QFETCH(const Shape, shape);
    QFETCH(const QString, id);
    const Guess guess = guessOf({ body });
    QVERIFY2(guess.problems.isEmpty(), qPrintable(guess.problems.join(u'\n')));
    const ChannelDefinition definition = definitionOf(guess);
    QCOMPARE(definition.items, items);
    QCOMPARE(definition.shape, shape);
    QCOMPARE(definition.idField.join(u'+'), id);
}

void TestGuessShapes::columns_areNoItems()
{
    const Guess guess = guessOf(
        { R"({"latitude":52.5,"longitude":13.4,"hourly_units":{"time":"iso8601","temperature_2m":"C"},
        "hourly":{"time":["2024-01-01T00:00","2024-01-01T01:00","2024-01-01T02:00"],"temperature_2m":[1.5,1.6,1.7],"rain":[0,0,1]}})" });
    QCOMPARE(definitionOf(guess).shape, Shape::Single);
    QVERIFY(guess.problems.isEmpty());
    QVERIFY2(guess.warnings.join(u' ').contains(u"\"/hourly\""),
             qPrintable(guess.warnings.join(u'\n')));
}

void TestGuessShapes::errorReport_givesTheRequestAlone_data()
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

void TestGuessShapes::errorReport_givesTheRequestAlone()
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

void TestGuessShapes::webPage_isSaid()
{
    const Guess guess = guessOf({ "<!DOCTYPE html><html><body>Sign in</body></html>" });
    QVERIFY(guess.items.isEmpty());
    QVERIFY2(guess.warnings.join(u' ').contains(u"web page"),
             qPrintable(guess.warnings.join(u'\n')));
}

void TestGuessShapes::emptyList_isAskedAgain()
{
    const Guess guess =
        guessOf({ R"({"type":"FeatureCollection","name":"UNPLANNED","features":[]})" });
    QCOMPARE(definitionOf(guess).items, u"/features"_qs);
    QVERIFY2(guess.warnings.join(u' ').contains(u"empty now"),
             qPrintable(guess.warnings.join(u'\n')));
}

void TestGuessShapes::compositeId_whereNoSingleOneIsUnique()
{
    const Guess guess = guessOf(
        { R"([{"base":"BTC","target":"USD","last":1.5},{"base":"BTC","target":"EUR","last":1.5},
        {"base":"ETH","target":"USD","last":1.25},{"base":"ETH","target":"EUR","last":1.5}])" });
    QCOMPARE(definitionOf(guess).idField, QStringList({ u"base"_qs, u"target"_qs }));
    QVERIFY(reasonFor(guess, u"/id_field"_qs).contains(u"together"));
}

void TestGuessShapes::numbersAndProse_areNoIds()
{
    const Guess guess = guessOf(
        { R"([{"lat":1.25,"lon":2.5,"text":"Some long words about what happened at this place, which go on and on and on","code":"A1"},
        {"lat":3.25,"lon":4.5,"text":"Other long words about what happened at that place, which go on and on and on too","code":"A2"}])" });
    QCOMPARE(definitionOf(guess).idField, QStringList({ u"code"_qs }));
}

void TestGuessShapes::alternatives_areOffered()
{
    const Guess guess =
        guessOf({ R"({"fires":)" + listOf(R"({"id":"f¤","name":"Fire ¤"})", 5) + R"(,"floods":)"
                  + listOf(R"({"id":"w¤","name":"Flood ¤"})", 4) + "}" });
    QCOMPARE(guess.items.size(), 3); // both lists, and the whole
    QCOMPARE(guess.items[0].pointer, u"/fires"_qs);
    QCOMPARE(guess.items[0].count, 5);
    QCOMPARE(guess.items[0].samples.first(), uR"({"id":"f1","name":"Fire 1"})"_qs);
    QCOMPARE(guess.items[1].pointer, u"/floods"_qs);
    QCOMPARE(guess.ids.size(), 2);
    QCOMPARE(guess.ids[0].fields, QStringList({ u"id"_qs }));
    QCOMPARE(guess.ids[0].uniqueness, 1.0);
    QCOMPARE(guess.ids[1].fields, QStringList({ u"name"_qs }));
}

void TestGuessShapes::morePages_areAWarning_data()
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

void TestGuessShapes::morePages_areAWarning()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, link);
    QFETCH(const bool, warns);
    const Guess guess =
        guessOf({ body }, u"https://api.example.com/things"_qs, { { "LINK", link } });
    QCOMPARE(guess.warnings.join(u' ').contains(u"more pages"), warns);
}

void TestGuessShapes::definition_keepsItsOrderAndItsReasons()
{
    const Guess guess =
        guessOf({ R"({"title":"All things","things":[{"id":1},{"id":2}]})" },
                u"https://www.api.example.com/v2/things.json?kind=big&api_key=abc123DEF456"_qs,
                { { "Cache-Control", "public, max-age=60" } });
    QCOMPARE(guess.definition, QByteArray(R"({
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
)"));
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

void TestGuessShapes::pastedDefinition_keepsWhatItSays()
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

void TestGuessShapes::withoutUrl_recordingsAreReplayed()
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

void TestGuessShapes::otherFormats_comeThroughTheDecoder()
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

void TestGuessShapes::queryOfTheUrl_isOfferedAsParams()
{
    const Guess guess = guessOf({ R"([{"id":1},{"id":2}])" },
                                u"https://api.example.com/things?vs_currency=eur&format=json"_qs);
    QCOMPARE(guess.suggestions.size(), 1);
    QCOMPARE(guess.suggestions.first().member, u"/params"_qs);
    QVERIFY(guess.suggestions.first().text.startsWith(u"vs_currency"));
    QVERIFY(!objectOf(guess).contains(u"params"));
}

QTEST_GUILESS_MAIN(TestGuessShapes)
#include "tst_guessshapes.moc"
