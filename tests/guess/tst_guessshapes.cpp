#include "tests/guess/guesshelp.h"
#include "tests/guess/samples.h"

using namespace restream;
using Shape = ChannelDefinition::Shape;

class TestGuessShapes : public QObject
{
    Q_OBJECT

private slots:
    void usualShapes_areRecognised_data();
    void usualShapes_areRecognised();
    void columns_areNoItems();
    void emptyList_isAskedAgain();
    void compositeId_whereNoSingleOneIsUnique();
    void numbersAndProse_areNoIds();
};

namespace {

void row(const char *name, const QByteArray &body, const char *items, Shape shape, const char *id)
{
    QTest::newRow(name) << body << QString::fromUtf8(items) << shape << QString::fromUtf8(id);
}

/// What wraps lists of objects.
void addEnvelopes()
{
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
}

/// Places, maps, rows.
void addMapsAndRows()
{
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
}

/// What is easily mistaken.
void addOthers()
{
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

}

void TestGuessShapes::usualShapes_areRecognised_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("items");
    QTest::addColumn<Shape>("shape");
    QTest::addColumn<QString>("id");
    addEnvelopes();
    addMapsAndRows();
    addOthers();
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

QTEST_GUILESS_MAIN(TestGuessShapes)
#include "tst_guessshapes.moc"
