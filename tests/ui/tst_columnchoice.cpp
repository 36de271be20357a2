#include "ui/columnchoice.h"

#include <QTest>

using namespace restream;

namespace {

std::vector<Item> items(const QByteArrayList &texts)
{
    std::vector<Item> result;
    for (const QByteArray &text : texts)
        result.emplace_back(QByteArray("item" + QByteArray::number(result.size())), text);
    return result;
}

QStringList titles(const std::vector<Column> &columns)
{
    QStringList result;
    for (const Column &column : columns)
        result.append(column.title);
    return result;
}

}

class TestColumnChoice : public QObject
{
    Q_OBJECT

private slots:
    void nestedMembers_becomeDottedColumns();
    void numbers_areToldApart();
    void constantLongAndLinkedMembers_giveWay();
    void memberThatIsTheId_isNotShownTwice();
    void titles_comeFirst();
    void moreThanTwelveMembers_keepTheBestTwelve();
    void scalars_areOneColumn();
    void lists_areColumnsByPlace();
    void membersWithSlashAndTilde_areFoundAgain();
    void noItems_noColumns();
    void cellText_showsTokensAsWritten_data();
    void cellText_showsTokensAsWritten();
};

void TestColumnChoice::nestedMembers_becomeDottedColumns()
{
    const auto columns = chooseColumns(
        items({ R"({"a":{"b":{"c":1}},"d":"x"})", R"({"a":{"b":{"c":2}},"d":"y"})" }));
    QCOMPARE(titles(columns), QStringList({ u"id"_qs, u"a.b.c"_qs, u"d"_qs }));
    QCOMPARE(columns[1].pointer, QByteArray("/a/b/c"));
}

void TestColumnChoice::numbers_areToldApart()
{
    const auto columns = chooseColumns(items({ R"({"n":1,"s":"1"})", R"({"n":2.5,"s":"2"})" }));
    QCOMPARE(titles(columns), QStringList({ u"id"_qs, u"n"_qs, u"s"_qs }));
    QVERIFY(columns[1].numeric);
    QVERIFY(!columns[2].numeric);
}

void TestColumnChoice::constantLongAndLinkedMembers_giveWay()
{
    QByteArrayList texts;
    QStringList expected = { u"id"_qs };
    for (int m = 0; m < 11; ++m)
        expected.append(u'm' % QString::number(m));
    for (int i = 0; i < 5; ++i) {
        const QByteArray n = QByteArray::number(i);
        QByteArray text = "{\"kind\":\"item\",\"text\":\"" + QByteArray(500, 'x') + n
            + "\",\"href\":\"https://example.org/" + n
            + "\",\"nothing\":null,\"rare\":" + (i == 0 ? "1" : "null");
        for (int m = 0; m < 11; ++m)
            text += ",\"m" + QByteArray::number(m) + "\":\"v" + n + '"';
        texts.append(text + '}');
    }
    QCOMPARE(titles(chooseColumns(items(texts))), expected);
}

void TestColumnChoice::memberThatIsTheId_isNotShownTwice()
{
    const auto columns =
        chooseColumns({ { "a1", R"({"code":"a1","v":1})" }, { "b2", R"({"code":"b2","v":2})" } });
    QCOMPARE(titles(columns), QStringList({ u"id"_qs, u"v"_qs }));
}

void TestColumnChoice::titles_comeFirst()
{
    const auto columns =
        chooseColumns(items({ R"({"a":1,"b":2,"title":"x"})", R"({"a":2,"b":3,"title":"y"})" }));
    QCOMPARE(titles(columns), QStringList({ u"id"_qs, u"title"_qs, u"a"_qs, u"b"_qs }));
}

void TestColumnChoice::moreThanTwelveMembers_keepTheBestTwelve()
{
    QByteArrayList texts;
    for (int i = 0; i < 4; ++i) {
        QByteArray text = "{";
        for (int m = 0; m < 30; ++m) // the first ten are the same everywhere
            text += "\"m" + QByteArray::number(m)
                + "\":" + QByteArray::number(m < 10 ? 7 : i * 100 + m) + ',';
        text.back() = '}';
        texts.append(text);
    }
    const QStringList shown = titles(chooseColumns(items(texts)));
    QCOMPARE(size_t(shown.size()), mostColumns);
    QCOMPARE(shown.mid(0, 3), QStringList({ u"id"_qs, u"m10"_qs, u"m11"_qs }));
}

void TestColumnChoice::scalars_areOneColumn()
{
    QCOMPARE(titles(chooseColumns({ { "AAPL", "\"AAPL\"" }, { "MSFT", "\"MSFT\"" } })),
             QStringList({ u"value"_qs }));
    const auto named = chooseColumns({ { "EUR", "1.10" }, { "USD", "1" } });
    QCOMPARE(titles(named), QStringList({ u"id"_qs, u"value"_qs }));
    QVERIFY(named[1].numeric);
}

void TestColumnChoice::lists_areColumnsByPlace()
{
    const auto columns =
        chooseColumns(items({ R"(["icao1","call1",1.5])", R"(["icao2","call2",2.5])" }));
    QCOMPARE(titles(columns), QStringList({ u"id"_qs, u"0"_qs, u"1"_qs, u"2"_qs }));
    QCOMPARE(columns[3].pointer, QByteArray("/2"));
}

void TestColumnChoice::membersWithSlashAndTilde_areFoundAgain()
{
    const auto all = items({ R"({"a/b":{"c~d":1}})", R"({"a/b":{"c~d":2}})" });
    const auto columns = chooseColumns(all);
    QCOMPARE(titles(columns), QStringList({ u"id"_qs, u"a/b.c~d"_qs }));
    QCOMPARE(cellText(JsonSlice(all[1].text()).at(columns[1].pointer)), u"2"_qs);
}

void TestColumnChoice::noItems_noColumns()
{
    QVERIFY(chooseColumns({}).empty());
}

void TestColumnChoice::cellText_showsTokensAsWritten_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("text");
    QTest::newRow("beyond 2^53") << QByteArray("9007199254740993") << u"9007199254740993"_qs;
    QTest::newRow("trailing zero") << QByteArray("1.10") << u"1.10"_qs;
    QTest::newRow("exponent") << QByteArray("1e400") << u"1e400"_qs;
    QTest::newRow("string") << QByteArray(R"("a\/b é")") << u"a/b é"_qs;
    QTest::newRow("lines") << QByteArray(R"("a\nb\tc")") << u"a b c"_qs;
    QTest::newRow("null") << QByteArray("null") << QString();
    QTest::newRow("true") << QByteArray("true") << u"true"_qs;
    QTest::newRow("list") << QByteArray(R"([1,"a"])") << uR"([1,"a"])"_qs;
}

void TestColumnChoice::cellText_showsTokensAsWritten()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, text);
    QCOMPARE(cellText(JsonSlice(QByteArrayView(json))), text);
}

QTEST_GUILESS_MAIN(TestColumnChoice)
#include "tst_columnchoice.moc"
