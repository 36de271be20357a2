#include "core/config/configstore.h"
#include "tests/config/channelfolders.h"

using namespace restream;

class TestChannelSet final : public QObject
{
    Q_OBJECT

private slots:
    void usersChannel_replacesTheCatalogs();
    void brokenUsersFile_turnsOnlyItsNameOff();
    void brokenCatalogFile_stopsNothingElse();
    void wrongNameInside_turnsNothingElseOff();
    void otherFiles_areIgnored();
    void keysFrom_mustNameAChannelWithTheKeys_data();
    void keysFrom_mustNameAChannelWithTheKeys();
    void keysFrom_acceptsAChannelWhoseFileIsBroken();
};

void TestChannelSet::usersChannel_replacesTheCatalogs()
{
    const Folders folders;
    write(folders.own("two.json"), definition(QStringLiteral("two"), "\"poll_interval\": 7"));
    write(folders.own("three.json"), definition(QStringLiteral("three")));
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QCOMPARE(set.problems.size(), 0);
    QCOMPARE(set.channels.size(), 3);
    QCOMPARE(set.channels[QStringLiteral("two")].pollIntervalSeconds, 7.0);
    QVERIFY(!set.channels[QStringLiteral("two")].builtIn);
    QVERIFY(set.channels[QStringLiteral("two")].replacesBuiltIn);
    QVERIFY(set.channels[QStringLiteral("one")].builtIn);
    QVERIFY(!set.channels[QStringLiteral("one")].replacesBuiltIn);
    QVERIFY(!set.channels[QStringLiteral("three")].replacesBuiltIn);
    QCOMPARE(set.channels[QStringLiteral("three")].file, folders.own("three.json"));
    QCOMPARE(set.channels[QStringLiteral("three")].folder, folders.user);
}

void TestChannelSet::brokenUsersFile_turnsOnlyItsNameOff()
{
    const Folders folders;
    write(folders.own("two.json"), definition(QStringLiteral("two"), "\"poll_interval\": 0"));
    write(folders.own("three.json"), definition(QStringLiteral("three")));
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QCOMPARE(set.channels.keys(), QStringList({ QStringLiteral("one"), QStringLiteral("three") }));
    QCOMPARE(set.problems.size(), 1);
    QCOMPARE(set.problems.first().file, folders.own("two.json"));
    QCOMPARE(set.problems.first().line, 3);
    QCOMPARE(set.problems.first().member, QStringLiteral("/poll_interval"));
    QFile kept(folders.own("two.json"));
    QVERIFY(kept.open(QIODevice::ReadOnly));
    QCOMPARE(kept.readAll(), definition(QStringLiteral("two"), "\"poll_interval\": 0"));
}

void TestChannelSet::brokenCatalogFile_stopsNothingElse()
{
    const Folders folders;
    write(folders.catalog + QStringLiteral("/one.json"), "{");
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QCOMPARE(set.channels.keys(), QStringList { QStringLiteral("two") });
    QCOMPARE(set.problems.size(), 1);
    write(folders.own("one.json"), definition(QStringLiteral("one")));
    QCOMPARE(readChannels(folders.catalog, folders.user).channels.keys(), oneTwo);
}

void TestChannelSet::wrongNameInside_turnsNothingElseOff()
{
    const Folders folders;
    write(folders.own("three.json"), definition(QStringLiteral("two")));
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QCOMPARE(set.channels.keys(), oneTwo);
    QCOMPARE(set.problems.size(), 1);
    QCOMPARE(set.problems.first().member, QStringLiteral("/name"));
}

void TestChannelSet::otherFiles_areIgnored()
{
    const Folders folders;
    for (const char *name :
         { ".three.json", "three.json~", "three.json.swp", "three.JSON.bak", "readme.txt" })
        write(folders.own(name), "rubbish");
    QVERIFY(QDir().mkpath(folders.own("folder.json")));
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QCOMPARE(set.channels.keys(), oneTwo);
    QCOMPARE(set.problems.size(), 0);
    QCOMPARE(readChannels(folders.catalog, folders.root.filePath(QStringLiteral("nowhere")))
                 .channels.keys(),
             oneTwo);
    QCOMPARE(readChannels(folders.catalog, QString()).channels.keys(), oneTwo);
}

void TestChannelSet::keysFrom_mustNameAChannelWithTheKeys_data()
{
    QTest::addColumn<QString>("owner");
    QTest::addColumn<QString>("message");
    QTest::newRow("no such channel")
        << QStringLiteral("nowhere")
        << QStringLiteral("keys_from names \"nowhere\", and there is no such channel");
    QTest::newRow("no keys") << QStringLiteral(
        "one") << QStringLiteral("keys_from names one, which has no key \"api-key\"; it has none");
    QTest::newRow("other keys") << QStringLiteral("others")
                                << QStringLiteral("which has no key \"api-key\"; it has token");
    QTest::newRow("a chain")
        << QStringLiteral("chained")
        << QStringLiteral(
               "keys_from names chained, which has its keys from owner itself; name owner");
    QTest::newRow("right") << QStringLiteral("owner") << QString();
}

void TestChannelSet::keysFrom_mustNameAChannelWithTheKeys()
{
    QFETCH(QString, owner);
    QFETCH(QString, message);
    const Folders folders;
    const QByteArray auth = "\"auth\": { \"type\": \"bearer\", \"key\": \"api-key\" }";
    write(folders.own("owner.json"), definition(QStringLiteral("owner"), auth));
    write(folders.own("others.json"),
          definition(QStringLiteral("others"),
                     "\"auth\": { \"type\": \"bearer\", \"key\": \"token\" }"));
    write(folders.own("chained.json"),
          definition(QStringLiteral("chained"), auth + ", \"keys_from\": \"owner\""));
    write(
        folders.own("user.json"),
        definition(QStringLiteral("user"), auth + ",\n \"keys_from\": \"" + owner.toUtf8() + '"'));
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QCOMPARE(set.problems.size(), message.isEmpty() ? 0 : 1);
    QCOMPARE(set.channels.contains(QStringLiteral("user")), message.isEmpty());
    QVERIFY(set.channels.contains(QStringLiteral("chained")));
    if (message.isEmpty())
        return;
    QVERIFY2(set.problems.first().message.contains(message),
             qPrintable(set.problems.first().message));
    QCOMPARE(set.problems.first().member, QStringLiteral("/keys_from"));
    QCOMPARE(set.problems.first().line, 4);
    QCOMPARE(set.problems.first().file, folders.own("user.json"));
}

void TestChannelSet::keysFrom_acceptsAChannelWhoseFileIsBroken()
{
    const Folders folders;
    write(folders.own("owner.json"), "{");
    write(
        folders.own("user.json"),
        definition(QStringLiteral("user"),
                   "\"auth\": { \"type\": \"bearer\", \"key\": \"k\" }, \"keys_from\": \"owner\""));
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QVERIFY(set.channels.contains(QStringLiteral("user")));
    QCOMPARE(set.problems.size(), 1);
}

QTEST_GUILESS_MAIN(TestChannelSet)
#include "tst_channelset.moc"
