#include "core/config/definitionreader.h"
#include "tests/config/baddefinitions.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace restream;

namespace {

const QString file = QStringLiteral("/channels/test.json");

#define URL "\"url\": \"https://api.example.com/v1\""

QString listed(const QList<DefinitionProblem> &problems)
{
    QStringList lines;
    for (const DefinitionProblem &problem : problems)
        lines << problem.text();
    return lines.join(u'\n');
}

}

class TestDefinitionReader final : public QObject
{
    Q_OBJECT

private slots:
    void badDefinition_isOneProblemWithItsPlace_data();
    void badDefinition_isOneProblemWithItsPlace();
    void problems_areAllToldAtOnceInOrderOfTheFile();
    void defaults_areThoseOfTheDocument();
    void minimalDefinitions_areAccepted_data();
    void minimalDefinitions_areAccepted();
    void unknownMembers_passAndStayInTheSource();
    void queryAndHeaders_keepTheOrderOfTheFile();
    void alwaysPoll_fillsInDefaults();
    void formatAndCsv_areRead();
    void secrets_areNeverRepeated_data();
    void secrets_areNeverRepeated();
    void longStrings_areJudgedWithoutHarm();
    void problemText_namesFileLineAndMember();
    void missingFile_isAProblemOfTheFile();
    void identity_changesWithTheRequestOnly();
    void keyNames_areThoseOfTheAuth();
};

void TestDefinitionReader::badDefinition_isOneProblemWithItsPlace_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("line");
    QTest::addColumn<QString>("member");
    QTest::addColumn<QString>("message");
    for (const BadDefinition &row : badDefinitions())
        QTest::newRow(row.what) << row.json << row.line << QString::fromUtf8(row.member)
                                << QString::fromUtf8(row.message);
}

void TestDefinitionReader::badDefinition_isOneProblemWithItsPlace()
{
    QFETCH(QByteArray, json);
    QFETCH(int, line);
    QFETCH(QString, member);
    QFETCH(QString, message);
    const DefinitionRead read = readDefinition(json, file);
    QVERIFY2(read.problems.size() == 1,
             qPrintable(QStringLiteral("%1 problems:\n").arg(read.problems.size())
                        + listed(read.problems)));
    const DefinitionProblem &problem = read.problems.first();
    QVERIFY2(problem.message.contains(message), qPrintable(problem.message));
    QCOMPARE(problem.member, member);
    QCOMPARE(problem.line, line);
    QCOMPARE(problem.file, file);
}

void TestDefinitionReader::problems_areAllToldAtOnceInOrderOfTheFile()
{
    const QByteArray json =
        "{\n"
        "  \"poll_interval\": 0,\n"
        "  \"name\": \"test\",\n"
        "  \"auth\": { \"type\": \"oauth\", \"in\": \"body\" },\n"
        "  \"request\": {\n"
        "    \"url\": \"https://{p}/x\",\n"
        "    \"timeout\": \"x\",\n"
        "    \"headers\": { \"Host\": \"a\", \"Authorization\": \"Bearer abc\" }\n"
        "  },\n"
        "  \"params\": { \"p\": { \"pattern\": \"[\" , \"default\": 3 } },\n"
        "  \"items\": \"x\",\n"
        "  \"pagination\": { \"type\": \"scroll\" },\n"
        "  \"max_items\": -1\n"
        "}";
    QStringList members;
    for (const DefinitionProblem &problem : readDefinition(json, file).problems)
        members << QString::number(problem.line) + problem.member;
    const QStringList expected { QStringLiteral("2/poll_interval"),
                                 QStringLiteral("4/auth/type"),
                                 QStringLiteral("4/auth/in"),
                                 QStringLiteral("8/request/headers/Host"),
                                 QStringLiteral("8/request/headers/Authorization"),
                                 QStringLiteral("7/request/timeout"),
                                 QStringLiteral("10/params/p/pattern"),
                                 QStringLiteral("10/params/p/default"),
                                 QStringLiteral("11/items"),
                                 QStringLiteral("12/pagination/type"),
                                 QStringLiteral("13/max_items") };
    for (const QString &member : expected)
        QVERIFY2(members.contains(member),
                 qPrintable(member + u" is missing in " + members.join(u' ')));
    QCOMPARE(members.size(), expected.size());
    QVERIFY(
        std::is_sorted(members.cbegin(), members.cend(), [](const QString &a, const QString &b) {
            return a.section(u'/', 0, 0).toInt() < b.section(u'/', 0, 0).toInt();
        }));
}

void TestDefinitionReader::defaults_areThoseOfTheDocument()
{
    const DefinitionRead read = readDefinition(definitionWith("\"items\": \"\""), file);
    QVERIFY2(read.ok(), qPrintable(listed(read.problems)));
    const ChannelDefinition &definition = read.definition;
    QCOMPARE(definition.fetcher, ChannelDefinition::FetcherKind::Http);
    QCOMPARE(definition.request.timeoutSeconds, 30.0);
    QCOMPARE(definition.request.maxBody, 64 * 1024 * 1024);
    QVERIFY(!definition.request.allowPrivate);
    QCOMPARE(definition.shape, ChannelDefinition::Shape::Auto);
    QCOMPARE(definition.removal.mode, RemovalRule::Mode::Snapshot);
    QCOMPARE(definition.removal.after, 1);
    QCOMPARE(definition.maxItems, 10000);
    QCOMPARE(definition.history.changesets, 1000);
    QCOMPARE(definition.history.hours, 24.0);
    QCOMPARE(definition.pollIntervalSeconds, 100.0);
    QCOMPARE(definition.poll, ChannelDefinition::PollMode::Subscribed);
    QCOMPARE(definition.maxStreams, 20);
    QVERIFY(definition.quota.isEmpty());
    QCOMPARE(definition.keyOwner(), QStringLiteral("test"));
}

void TestDefinitionReader::minimalDefinitions_areAccepted_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("byte order mark")
        << QByteArray("\xef\xbb\xbf") + definitionWith("\"items\": \"\"");
    QTest::newRow("replay alone") << QByteArray(
        "{\"name\":\"test\",\"fetcher\":\"replay\",\"replay\":{\"files\":\"a/*.json\"}}");
    QTest::newRow("http by word") << definitionWith("\"fetcher\": \"http\"");
    QTest::newRow("bearer") << definitionWith(
        "\"auth\": { \"type\": \"bearer\", \"key\": \"token\" }");
    QTest::newRow("basic") << definitionWith("\"auth\": { \"type\": \"basic\", \"user\": \"user\", "
                                             "\"password\": \"access-token-secret\" }");
    QTest::newRow("raw key in Authorization")
        << definitionWith("\"auth\": { \"type\": \"api_key\", \"in\": \"header\", \"name\": "
                          "\"Authorization\", \"key\": \"k\" }");
    QTest::newRow("comment in auth") << definitionWith(
        "\"auth\": { \"type\": \"bearer\", \"key\": \"t\", \"comment\": \"ask Ann!\" }");
    QTest::newRow("removal as object")
        << definitionWith("\"removal\": { \"mode\": \"snapshot\", \"after\": 3 }");
    QTest::newRow("composite id") << definitionWith("\"id_field\": [\"a\", \"/b/0\", \"/c~1d~0\"]");
    QTest::newRow("quota as object")
        << definitionWith("\"quota\": { \"calls\": 60, \"per\": 3600 }");
    QTest::newRow("half a second more") << definitionWith("\"poll_interval\": 1.5");
    QTest::newRow("local host") << definitionRequesting("\"url\": \"http://localhost:8080/{p}\"");
    QTest::newRow("address with brackets")
        << definitionRequesting("\"url\": \"http://[::1]:8080/a\"");
    QTest::newRow("param in host")
        << definitionRequesting("\"url\": \"https://{host}.example.com/{e}?x={p}\"");
    QTest::newRow("absent query entry")
        << definitionRequesting(URL ", \"query\": { \"a\": \"{opt}\" }");
    QTest::newRow("public demo key")
        << definitionRequesting(URL ", \"query\": { \"api_key\": \"DEMO_KEY\" }");
    QTest::newRow("sort key") << definitionRequesting(
        URL ", \"query\": { \"sort_key\": \"createdAt2024\", \"key\": \"name\" }");
    QTest::newRow("key from a param")
        << definitionRequesting(URL ", \"query\": { \"key\": \"{p}\" }");
    QTest::newRow("consent cookie")
        << definitionRequesting(URL ", \"headers\": { \"Cookie\": \"consent=yes1; lang=en\" }");
    QTest::newRow("own user agent")
        << definitionRequesting(URL ", \"headers\": { \"User-Agent\": \"me (me@example.com)\" }");
    QTest::newRow("dot in replay") << QByteArray(
        "{\"name\":\"test\",\"fetcher\":\"replay\",\"replay\":{\"files\":\"v1.2/[0-9]*.json\"}}");
}

void TestDefinitionReader::minimalDefinitions_areAccepted()
{
    QFETCH(QByteArray, json);
    const DefinitionRead read = readDefinition(json, file);
    QVERIFY2(read.ok(), qPrintable(listed(read.problems)));
}

void TestDefinitionReader::unknownMembers_passAndStayInTheSource()
{
    const DefinitionRead read = readDefinition(
        definitionWith("\"from_version_9\": { \"a\": [1] }, \"history\": { \"zip\": true }"), file);
    QVERIFY2(read.ok(), qPrintable(listed(read.problems)));
    QCOMPARE(
        read.definition.source.value(u"from_version_9").toObject().value(u"a").toArray().size(), 1);
}

void TestDefinitionReader::queryAndHeaders_keepTheOrderOfTheFile()
{
    const DefinitionRead read = readDefinition(
        definitionRequesting(URL ", \"query\": { \"z\": \"1\", \"a\": \"2\", \"m\": \"3\" }, "
                                 "\"headers\": { \"X-B\": \"1\", \"X-A\": \"2\" }"),
        file);
    QVERIFY2(read.ok(), qPrintable(listed(read.problems)));
    QCOMPARE(read.definition.request.query[0].first, QStringLiteral("z"));
    QCOMPARE(read.definition.request.query[1].first, QStringLiteral("a"));
    QCOMPARE(read.definition.request.query[2].first, QStringLiteral("m"));
    QCOMPARE(read.definition.request.headers[0].first, QStringLiteral("X-B"));
}

void TestDefinitionReader::alwaysPoll_fillsInDefaults()
{
    const char *params = "\"params\": { \"a\": { \"default\": \"1\" }, \"b\": { \"required\": "
                         "false } }, \"poll\": \"always\"";
    const auto alwaysOf = [](const QByteArray &json) {
        return readDefinition(json, file).definition.always;
    };
    QCOMPARE(alwaysOf(definitionWith(params)),
             (QList<QMap<QString, QString>> { { { QStringLiteral("a"), QStringLiteral("1") } } }));
    const QByteArray listedParams =
        QByteArray(params) + ", \"always\": [ {}, { \"a\": \"1\" }, { \"b\": \"2\" } ]";
    const QMap<QString, QString> first { { QStringLiteral("a"), QStringLiteral("1") } };
    const QMap<QString, QString> second { { QStringLiteral("a"), QStringLiteral("1") },
                                          { QStringLiteral("b"), QStringLiteral("2") } };
    QCOMPARE(alwaysOf(definitionWith(listedParams.constData())),
             (QList<QMap<QString, QString>> { first, second }));
}

void TestDefinitionReader::formatAndCsv_areRead()
{
    using Format = ChannelDefinition::Format;
    const auto format = [](const char *members) {
        const DefinitionRead read = readDefinition(definitionWith(members), file);
        return read.ok() ? std::optional(read.definition.format) : std::nullopt;
    };
    QCOMPARE(format("\"items\": \"\""), Format::Auto);
    QCOMPARE(format("\"format\": \"json\", \"items\": \"/a\""), Format::Json);
    QCOMPARE(format("\"format\": \"ndjson\""), Format::Ndjson);
    QCOMPARE(format("\"format\": \"xml\", \"items\": \"/rss/channel/item\""), Format::Xml);
    QCOMPARE(format("\"format\": \"csv\""), Format::Csv);
    const CsvDefinition csv =
        readDefinition(definitionWith(R"("csv": { "delimiter": "\t", "numbers": true })"), file)
            .definition.csv;
    QCOMPARE(csv.delimiter, QStringLiteral("\t"));
    QVERIFY(csv.numbers);
    QCOMPARE(CsvDefinition().delimiter, QStringLiteral(","));
}

void TestDefinitionReader::secrets_areNeverRepeated_data()
{
    QTest::addColumn<QByteArray>("json");
    const QByteArray secret = "Zx81SecretValue77qq";
    const auto add = [&secret](const char *name, QByteArray json) {
        QTest::newRow(name) << json.replace("SECRET", secret);
    };
    add("URL", definitionRequesting("\"url\": \"https://api.example.com/v1?apikey=SECRET\""));
    add("user in URL", definitionRequesting("\"url\": \"https://me:SECRET@api.example.com/v1\""));
    add("URL of the wrong scheme", definitionRequesting("\"url\": \"SECRET://x\""));
    add("query", definitionRequesting(URL ", \"query\": { \"token\": \"SECRET\" }"));
    add("header", definitionRequesting(URL ", \"headers\": { \"X-Auth-Token\": \"SECRET\" }"));
    add("Authorization",
        definitionRequesting(URL ", \"headers\": { \"Authorization\": \"Bearer SECRET\" }"));
    add("auth.key", definitionWith("\"auth\": { \"type\": \"bearer\", \"key\": \"SECRET\" }"));
    add("auth.token",
        definitionWith(
            "\"auth\": { \"type\": \"bearer\", \"key\": \"k\", \"token\": \"SECRET\" }"));
    add("auth", definitionWith("\"auth\": \"SECRET\""));
    add("auth.type", definitionWith("\"auth\": { \"type\": \"SECRET\" }"));
    add("keys",
        definitionWith(
            "\"auth\": { \"type\": \"bearer\", \"key\": \"k\" }, \"keys\": { \"k\": \"SECRET\" }"));
    add("name in keys",
        definitionWith(
            "\"auth\": { \"type\": \"bearer\", \"key\": \"k\" }, \"keys\": { \"SECRET\": {} }"));
    add("unknown member of auth",
        definitionWith(
            "\"auth\": { \"type\": \"bearer\", \"key\": \"k\", \"value\": \"SECRET\" }"));
    add("default",
        definitionWith("\"params\": { \"key\": { \"default\": \"SECRET\", \"pattern\": \"[a-z]+\", "
                       "\"enum\": [\"a\"] } }"));
    add("elsewhere", definitionWith("\"poll_interval\": \"SECRET\""));
    add("cut off", definitionWith("\"x\": \"SECRET"));
    add("not a literal", definitionWith("\"x\": SECRET"));
}

void TestDefinitionReader::secrets_areNeverRepeated()
{
    QFETCH(QByteArray, json);
    const QString text = listed(readDefinition(json, file).problems);
    QVERIFY(!text.isEmpty());
    QVERIFY2(!text.contains(u"Zx81") && !text.contains(u"SecretValue"), qPrintable(text));
}

void TestDefinitionReader::longStrings_areJudgedWithoutHarm()
{
    const QByteArray longName(500'000, 'a');
    QVERIFY(!readDefinition("{\"name\":\"" + longName
                                + "\",\"request\":{\"url\":\"https://a.example/" + longName
                                + "\"}}",
                            file)
                 .ok());
}

void TestDefinitionReader::problemText_namesFileLineAndMember()
{
    const DefinitionRead read = readDefinition(definitionWith("\"poll_interval\": 0"), file);
    QCOMPARE(listed(read.problems),
             QStringLiteral("/channels/test.json:4: /poll_interval: poll_interval is 0; it must be "
                            "1 to 604800 seconds"));
}

void TestDefinitionReader::missingFile_isAProblemOfTheFile()
{
    const DefinitionRead read = readDefinitionFile(QStringLiteral("/nowhere/test.json"));
    QCOMPARE(read.problems.size(), 1);
    QCOMPARE(read.problems.first().line, 0);
    QVERIFY(read.problems.first().message.startsWith(u"the file can't be read"));
}

void TestDefinitionReader::identity_changesWithTheRequestOnly()
{
    const ChannelDefinition base =
        readDefinition(definitionWith("\"items\": \"/a\""), file).definition;
    const auto changed = [&base](const std::function<void(ChannelDefinition &)> &change) {
        ChannelDefinition other = base;
        change(other);
        return other.identity() != base.identity();
    };
    QCOMPARE(base.identity().size(), 64);
    QVERIFY(!changed([](auto &d) { d.pollIntervalSeconds = 7; }));
    QVERIFY(!changed([](auto &d) { d.file = QStringLiteral("/elsewhere/x.json"); }));
    QVERIFY(!changed([](auto &d) { d.description = QStringLiteral("x"); }));
    QVERIFY(changed([](auto &d) { d.request.url += u'x'; }));
    QVERIFY(changed([](auto &d) {
        d.request.query.append({ QStringLiteral("a"), QStringLiteral("b") });
    }));
    QVERIFY(changed([](auto &d) {
        d.request.headers.append({ QStringLiteral("a"), QStringLiteral("b") });
    }));
    QVERIFY(changed([](auto &d) { d.items = QStringLiteral("/b"); }));
    QVERIFY(changed([](auto &d) { d.format = ChannelDefinition::Format::Csv; }));
    QVERIFY(!changed([](auto &d) { d.format = ChannelDefinition::Format::Json; }));
    QVERIFY(changed([](auto &d) { d.csv.numbers = true; }));
    QVERIFY(changed([](auto &d) { d.csv.delimiter = u';'; }));
    QVERIFY(changed([](auto &d) { d.shape = ChannelDefinition::Shape::Map; }));
    QVERIFY(changed([](auto &d) { d.idField = QStringList { QStringLiteral("id") }; }));
    QVERIFY(changed([](auto &d) { d.auth.type = AuthDefinition::Type::Bearer; }));
    QVERIFY(changed([](auto &d) { d.fetcher = ChannelDefinition::FetcherKind::Replay; }));
    QVERIFY(changed([](auto &d) { d.replay.files = QStringLiteral("x"); }));
}

void TestDefinitionReader::keyNames_areThoseOfTheAuth()
{
    AuthDefinition auth;
    auth.key = QStringLiteral("k");
    auth.user = QStringLiteral("u");
    auth.password = QStringLiteral("p");
    QVERIFY(auth.keyNames().isEmpty());
    auth.type = AuthDefinition::Type::Bearer;
    QCOMPARE(auth.keyNames(), QStringList { QStringLiteral("k") });
    auth.type = AuthDefinition::Type::Basic;
    QCOMPARE(auth.keyNames(), QStringList({ QStringLiteral("u"), QStringLiteral("p") }));
}

QTEST_GUILESS_MAIN(TestDefinitionReader)
#include "tst_definitionreader.moc"
