#include "app/channelscommand.h"
#include "app/checkcommand.h"
#include "tests/app/consolecapture.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace restream;

class TestDefinitionCommands : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void channels_areAlignedLinesNamesFirst();
    void channels_problemsAreOnTheErrorSide();
    void intervals_areSaidInTheLargestUnitThatIsWhole();
    void unknownChannel_namesTheOneThatWasMeant();
    void channelWithAProblem_isNotUnknownButBroken();
    void check_passesGoodFilesAndFolders();
    void check_printsEachProblemWithFileAndMember();
    void check_ofAPathThatIsNotThere_fails();
    void check_findsKeysOfNoChannel();

private:
    QString write(const QString &name, const QByteArray &json);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ConsoleCapture> m_capture;
};

void TestDefinitionCommands::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_capture = std::make_unique<ConsoleCapture>();
}

QString TestDefinitionCommands::write(const QString &name, const QByteArray &json)
{
    QFile file(m_folder->filePath(name));
    [&] { QVERIFY(file.open(QIODevice::WriteOnly)); }();
    file.write(json);
    return file.fileName();
}

void TestDefinitionCommands::channels_areAlignedLinesNamesFirst()
{
    ChannelSet set;
    ChannelDefinition channel;
    channel.name = u"nyt-top"_qs;
    channel.pollIntervalSeconds = 300;
    channel.description = u"Top\n stories"_qs;
    channel.auth.type = AuthDefinition::Type::ApiKey;
    channel.auth.key = u"api-key"_qs;
    set.channels.insert(channel.name, channel);
    channel = {};
    channel.name = u"usgs-quakes"_qs;
    channel.pollIntervalSeconds = 45;
    channel.description = u"Earthquakes"_qs;
    set.channels.insert(channel.name, channel);
    QCOMPARE(channelLines(set),
             QStringList({ u"nyt-top      5min  api-key  Top stories"_qs,
                           u"usgs-quakes   45s  -        Earthquakes"_qs }));
}

void TestDefinitionCommands::channels_problemsAreOnTheErrorSide()
{
    ChannelSet set;
    set.problems.append({ u"/c/bad.json"_qs, 3, u"/request/url"_qs, u"a URL is needed"_qs });
    QCOMPARE(listChannels(set, m_capture->console()), ExitCode::Ok);
    QCOMPARE(m_capture->out(), QStringList());
    QCOMPARE(m_capture->err(), QStringList({ u"/c/bad.json:3: /request/url: a URL is needed"_qs }));
}

void TestDefinitionCommands::intervals_areSaidInTheLargestUnitThatIsWhole()
{
    QCOMPARE(intervalText(1), u"1s"_qs);
    QCOMPARE(intervalText(2.5), u"2.5s"_qs);
    QCOMPARE(intervalText(100), u"100s"_qs);
    QCOMPARE(intervalText(60), u"1min"_qs);
    QCOMPARE(intervalText(5400), u"90min"_qs);
    QCOMPARE(intervalText(7200), u"2h"_qs);
    QCOMPARE(intervalText(604800), u"7d"_qs);
}

void TestDefinitionCommands::unknownChannel_namesTheOneThatWasMeant()
{
    ChannelSet set;
    set.channels.insert(u"usgs-quakes"_qs, {});
    QCOMPARE(findChannel(set, u"usgs-quaks"_qs).error().message,
             u"there is no channel \"usgs-quaks\"; did you mean usgs-quakes?"_qs);
    QCOMPARE(findChannel(set, u"other"_qs).error().message,
             u"there is no channel \"other\"; \"restreamd channels\" lists them"_qs);
}

void TestDefinitionCommands::channelWithAProblem_isNotUnknownButBroken()
{
    ChannelSet set;
    set.problems.append({ u"/c/bad.json"_qs, 3, u"/request/url"_qs, u"a URL is needed"_qs });
    QCOMPARE(findChannel(set, u"bad"_qs).error().message,
             u"channel \"bad\" can't be used: /c/bad.json:3: /request/url: a URL is needed"_qs);
}

void TestDefinitionCommands::check_passesGoodFilesAndFolders()
{
    const QString file =
        write(u"mine.json"_qs,
              R"({"name":"mine","request":{"url":"https://api.example/items"},"id_field":"id"})");
    const QString none = m_folder->filePath(u"none"_qs);
    QCOMPARE(checkDefinitions({ file }, none, none, m_capture->console()), ExitCode::Ok);
    QCOMPARE(checkDefinitions({ m_folder->path() }, none, none, m_capture->console()),
             ExitCode::Ok);
    QCOMPARE(m_capture->out(), QStringList());
    QCOMPARE(m_capture->err(),
             QStringList({ u"1 definition, 0 problems"_qs, u"1 definition, 0 problems"_qs }));
}

void TestDefinitionCommands::check_printsEachProblemWithFileAndMember()
{
    const QString bad = write(u"bad.json"_qs,
                              "{\n\"name\":\"bad\",\n\"request\":{\"url\":\"https://api.example/"
                              "\"},\n\"poll_interval\":0\n}");
    write(u"broken.json"_qs, "{");
    write(u"good.json"_qs, R"({"name":"good","request":{"url":"https://api.example/items"}})");
    const QString none = m_folder->filePath(u"none"_qs);
    QCOMPARE(checkDefinitions({ m_folder->path() }, none, none, m_capture->console()),
             ExitCode::Failed);
    const QStringList out = m_capture->out();
    QCOMPARE(out.size(), 2);
    QVERIFY2(out[0].startsWith(bad % u":4: /poll_interval: "), qPrintable(out[0]));
    QVERIFY2(out[1].startsWith(m_folder->filePath(u"broken.json"_qs) % u':'), qPrintable(out[1]));
    QCOMPARE(m_capture->err(), QStringList({ u"3 definitions, 2 problems"_qs }));
}

void TestDefinitionCommands::check_ofAPathThatIsNotThere_fails()
{
    const QString none = m_folder->filePath(u"none.json"_qs);
    QCOMPARE(checkDefinitions({ none }, none, none, m_capture->console()), ExitCode::Failed);
    QCOMPARE(m_capture->err().first(),
             QString(u"restreamd: " % none % u": no such file or folder"));
}

void TestDefinitionCommands::check_findsKeysOfNoChannel()
{
    const QByteArray borrower =
        R"({"name":"b","request":{"url":"https://api.example/"},"keys_from":"owner",
        "auth":{"type":"bearer","key":"token"}})";
    const QByteArray owner =
        R"({"name":"owner","request":{"url":"https://api.example/"},"auth":{"type":"bearer","key":"token"}})";
    const QString file = write(u"b.json"_qs, borrower);
    const QString none = m_folder->filePath(u"none"_qs);
    QCOMPARE(checkDefinitions({ file }, none, none, m_capture->console()), ExitCode::Failed);
    QVERIFY(m_capture->out().first().contains(u"/keys_from: there is no channel \"owner\""_qs));
    QDir(m_folder->path()).mkdir(u"user"_qs);
    write(u"user/owner.json"_qs, owner);
    QCOMPARE(checkDefinitions({ file }, none, m_folder->filePath(u"user"_qs), m_capture->console()),
             ExitCode::Ok);
}

QTEST_GUILESS_MAIN(TestDefinitionCommands)
#include "tst_definitioncommands.moc"
