#include "core/config/configstore.h"
#include "core/config/params.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace restream;

namespace {

const QString catalog = QStringLiteral(":/catalog");

ChannelDefinition channel(const char *name)
{
    return readDefinitionFile(catalog + u'/' + QString::fromLatin1(name) + QStringLiteral(".json"),
                              true)
        .definition;
}

}

class TestCatalog final : public QObject
{
    Q_OBJECT

private slots:
    void everyDefinition_isClean_data();
    void everyDefinition_isClean();
    void wholeCatalog_isRead();
    void streamNames_areThoseOfTheDocument();
    void channelsWithoutKeys_workAtOnce();
    void demo_plays();
};

void TestCatalog::everyDefinition_isClean_data()
{
    QTest::addColumn<QString>("file");
    const QStringList files = QDir(catalog).entryList({ QStringLiteral("*.json") }, QDir::Files);
    QCOMPARE(files.size(), 11);
    for (const QString &file : files)
        QTest::newRow(qPrintable(file)) << catalog + u'/' + file;
}

void TestCatalog::everyDefinition_isClean()
{
    QFETCH(QString, file);
    const DefinitionRead read = readDefinitionFile(file, true);
    QVERIFY2(read.ok(), read.ok() ? "" : qPrintable(read.problems.first().text()));
    const ChannelDefinition &definition = read.definition;
    for (const QString &text : { definition.description, definition.docUrl, definition.group,
                                 definition.icon, definition.terms, definition.attribution })
        QVERIFY(!text.isEmpty());
    for (const QString &key : definition.keyNames())
        QVERIFY(!definition.keyHelp.value(key).url.isEmpty());
    for (const ParamDefinition &param : definition.params)
        QVERIFY(!param.description.isEmpty());
    QVERIFY(!definition.idField.isEmpty());
    QVERIFY(resolveParams(definition, {}).ok());
    // The interval alone must not run into the provider's quota.
    for (const QuotaRule &rule : definition.quota)
        QVERIFY(double(rule.perSeconds) / definition.pollIntervalSeconds <= rule.calls);
}

void TestCatalog::wholeCatalog_isRead()
{
    const ChannelSet set = readChannels(catalog, {});
    QCOMPARE(set.problems.size(), 0);
    QCOMPARE(set.channels.size(), 11);
    QVERIFY(std::all_of(set.channels.cbegin(), set.channels.cend(),
                        [](const auto &c) { return c.builtIn; }));
}

void TestCatalog::streamNames_areThoseOfTheDocument()
{
    const Result<Params> params =
        resolveParams(channel("usgs-quakes"),
                      { { QStringLiteral("level"), QStringLiteral("all") },
                        { QStringLiteral("window"), QStringLiteral("hour") } });
    QCOMPARE(streamName(QStringLiteral("usgs-quakes"), *params),
             QByteArray("usgs-quakes?level=all&window=hour"));
    QCOMPARE(streamName(QStringLiteral("nyt-top"), *resolveParams(channel("nyt-top"), {})),
             QByteArray("nyt-top?section=home"));
}

void TestCatalog::channelsWithoutKeys_workAtOnce()
{
    QStringList withKeys;
    for (const ChannelDefinition &definition : readChannels(catalog, {}).channels) {
        if (!definition.keyNames().isEmpty())
            withKeys << definition.name;
    }
    QCOMPARE(withKeys, QStringList({ QStringLiteral("nyt-newswire"), QStringLiteral("nyt-top") }));
}

void TestCatalog::demo_plays()
{
    const ChannelDefinition demo = channel("demo-quakes");
    QCOMPARE(demo.fetcher, ChannelDefinition::FetcherKind::Replay);
    QCOMPARE(demo.folder, catalog);
    const QDir folder(demo.folder + QStringLiteral("/demo-quakes"));
    QCOMPARE(demo.replay.files, QStringLiteral("demo-quakes/*.json"));
    const QStringList files =
        folder.entryList({ QStringLiteral("*.json") }, QDir::Files, QDir::Name);
    QCOMPARE(files.size(), 40);
    int added = 0;
    int removed = 0;
    int quiet = 0;
    QMap<QString, QJsonObject> before;
    for (const QString &name : files) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QMap<QString, QJsonObject> now;
        const QJsonArray features =
            QJsonDocument::fromJson(file.readAll()).object().value(u"features").toArray();
        for (const auto &feature : features)
            now.insert(feature.toObject().value(u"id").toString(), feature.toObject());
        QCOMPARE(now.size(), features.size());
        QVERIFY(now.size() > 20);
        quiet += now == before ? 1 : 0;
        for (auto it = now.cbegin(); it != now.cend(); ++it)
            added += before.contains(it.key()) ? 0 : 1;
        for (auto it = before.cbegin(); it != before.cend(); ++it)
            removed += now.contains(it.key()) ? 0 : 1;
        before = now;
    }
    QCOMPARE(quiet, 0);
    QVERIFY(added > 150);
    QVERIFY(removed > 100);
}

QTEST_GUILESS_MAIN(TestCatalog)
#include "tst_catalog.moc"
