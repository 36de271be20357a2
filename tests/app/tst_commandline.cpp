#include "app/commandline.h"

#include <QDir>
#include <QTest>

using namespace restream;
using Outcome = ParsedArguments::Outcome;

namespace {

ParsedArguments parse(const QString &line, Program program = Program::Daemon)
{
    return parseArguments(program, line.split(u' ', Qt::SkipEmptyParts));
}

}

class TestCommandLine : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void nothing_runsWithTheDefaults();
    void options_areTaken();
    void optionsMayComeBeforeTheCommand();
    void commands_takeTheirWords();
    void usageErrors_sayWhatWouldBeRight_data();
    void usageErrors_sayWhatWouldBeRight();
    void valueOfAKey_isNotRepeated();
    void help_isThereForEachCommand();
    void helpOfEveryCommand_namesItsOptionsAndFitsTheWidth();
    void version_isPrinted();
    void window_hasNoCommands();
    void window_mayBeginInTheTray();
    void origins_areNormalised_data();
    void origins_areNormalised();
    void origins_thatAreNone_areRefused_data();
    void origins_thatAreNone_areRefused();
    void binds_data();
    void binds();
    void servers_leadToTheStream_data();
    void servers_leadToTheStream();
    void closest_findsWhatWasMeant();
};

void TestCommandLine::init()
{
    qputenv("XDG_CONFIG_HOME", "/somewhere/config");
    qputenv("XDG_DATA_HOME", "/somewhere/data");
}

void TestCommandLine::nothing_runsWithTheDefaults()
{
    const ParsedArguments parsed = parse({});
    QCOMPARE(parsed.outcome, Outcome::Proceed);
    QCOMPARE(parsed.line.command, Command::Run);
    QCOMPARE(parsed.line.configFolder, u"/somewhere/config/restream"_qs);
    QCOMPARE(parsed.line.dataFolder, u"/somewhere/data/restream"_qs);
    QCOMPARE(parsed.line.keysFile, QString());
    QCOMPARE(parsed.line.serve.port, quint16(7999));
    QCOMPARE(parsed.line.serve.bind, QHostAddress(QHostAddress::LocalHost));
    QCOMPARE(parsed.line.serve.allowedOrigins, QStringList());
}

void TestCommandLine::options_areTaken()
{
    const ParsedArguments parsed =
        parse(u"--config /c --data d --port=0 --bind ::1 --allow-origin https://a.example "
              "--allow-origin null --keys-file k.json"_qs);
    QCOMPARE(parsed.outcome, Outcome::Proceed);
    QCOMPARE(parsed.line.configFolder, u"/c"_qs);
    QCOMPARE(parsed.line.dataFolder, QDir::current().absoluteFilePath(u"d"_qs));
    QCOMPARE(parsed.line.keysFile, QDir::current().absoluteFilePath(u"k.json"_qs));
    QCOMPARE(parsed.line.serve.port, quint16(0));
    QCOMPARE(parsed.line.serve.bind, QHostAddress(QHostAddress::LocalHostIPv6));
    QCOMPARE(parsed.line.serve.allowedOrigins,
             QStringList({ u"https://a.example"_qs, u"null"_qs }));
}

void TestCommandLine::optionsMayComeBeforeTheCommand()
{
    const ParsedArguments parsed = parse(u"--config /c fetch quakes --data /d level=4.5"_qs);
    QCOMPARE(parsed.outcome, Outcome::Proceed);
    QCOMPARE(parsed.line.command, Command::Fetch);
    QCOMPARE(parsed.line.configFolder, u"/c"_qs);
    QCOMPARE(parsed.line.dataFolder, u"/d"_qs);
    QCOMPARE(parsed.line.params, Params({ { u"level"_qs, u"4.5"_qs } }));
}

void TestCommandLine::commands_takeTheirWords()
{
    QCOMPARE(parse(u"channels"_qs).line.command, Command::Channels);
    QCOMPARE(parse(u"check a b/c"_qs).line.paths, QStringList({ u"a"_qs, u"b/c"_qs }));
    const CommandLine guess = parse(u"guess https://a.example/ 1.json --curl -"_qs).line;
    QCOMPARE(guess.command, Command::Guess);
    QCOMPARE(guess.paths, QStringList({ u"https://a.example/"_qs, u"1.json"_qs }));
    QCOMPARE(guess.curl, u"-"_qs);
    const CommandLine tail =
        parse(
            u"tail quakes window=day q=a=b empty= --updates patch --server http://127.0.0.1:8000"_qs)
            .line;
    QCOMPARE(tail.command, Command::Tail);
    QCOMPARE(tail.channel, u"quakes"_qs);
    QCOMPARE(tail.params,
             Params({ { u"empty"_qs, {} }, { u"q"_qs, u"a=b"_qs }, { u"window"_qs, u"day"_qs } }));
    QCOMPARE(tail.updates, u"patch"_qs);
    QCOMPARE(tail.server, QUrl(u"ws://127.0.0.1:8000/v1/stream"_qs));
    QCOMPARE(parse(u"tail quakes"_qs).line.server, QUrl(u"ws://127.0.0.1:7999/v1/stream"_qs));
    QCOMPARE(parse(u"tail quakes"_qs).line.updates, u"item"_qs);
    QCOMPARE(parse(u"keys list"_qs).line.command, Command::KeysList);
    QCOMPARE(parse(u"keys list nyt-top"_qs).line.channel, u"nyt-top"_qs);
    const CommandLine set = parse(u"keys set nyt-top api-key"_qs).line;
    QCOMPARE(set.command, Command::KeysSet);
    QCOMPARE(set.channel, u"nyt-top"_qs);
    QCOMPARE(set.key, u"api-key"_qs);
    QCOMPARE(parse(u"keys remove nyt-top api-key"_qs).line.command, Command::KeysRemove);
    QCOMPARE(parse(u"keys import -"_qs).line.paths, QStringList({ u"-"_qs }));
}

void TestCommandLine::usageErrors_sayWhatWouldBeRight_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("message"); ///< begins so
    const auto row = [](const QString &line, const QString &message) {
        QTest::newRow(qPrintable(line)) << line << message;
    };
    row(u"--prot 5"_qs, u"unknown option --prot; did you mean --port?"_qs);
    row(u"--zzzzzz"_qs, u"unknown option --zzzzzz"_qs);
    row(u"--port"_qs, u"missing value after '--port'"_qs);
    row(u"--port 65536"_qs, u"--port \"65536\": a number from 0 to 65535"_qs);
    row(u"--port -1"_qs, u"--port \"-1\""_qs);
    row(u"--port x"_qs, u"--port \"x\""_qs);
    row(u"--bind 0.0.0.0"_qs, u"--bind 0.0.0.0: only loopback"_qs);
    row(u"--bind ::"_qs, u"--bind ::: only loopback"_qs);
    row(u"--bind 192.168.1.2"_qs, u"--bind 192.168.1.2: only loopback"_qs);
    row(u"--bind host"_qs, u"--bind \"host\": an IP address is needed"_qs);
    row(u"--allow-origin example.org"_qs,
        u"--allow-origin \"example.org\": an origin is needed"_qs);
    row(u"--config="_qs, u"--config needs a value"_qs);
    row(u"chanels"_qs, u"unknown command \"chanels\"; did you mean channels?"_qs);
    row(u"frobnicate"_qs,
        u"unknown command \"frobnicate\" (commands: channels, check, fetch, guess, tail, keys)"_qs);
    row(u"keys"_qs, u"\"keys\" needs one of list, set, remove, import"_qs);
    row(u"keys lst"_qs, u"unknown command \"keys lst\"; did you mean keys list?"_qs);
    row(u"keys set nyt-top"_qs, u"\"keys set\" needs CHANNEL KEY"_qs);
    row(u"keys import"_qs, u"\"keys import\" needs FILE"_qs);
    row(u"guess"_qs, u"\"guess\" needs a URL, files, or --curl"_qs);
    row(u"fetch"_qs, u"\"fetch\" needs CHANNEL [name=value…]"_qs);
    row(u"fetch quakes day"_qs, u"\"day\": a param is needed, as name=value"_qs);
    row(u"fetch quakes =day"_qs, u"\"=day\": a param is needed"_qs);
    row(u"fetch quakes a=1 a=2"_qs, u"param \"a\" is given twice"_qs);
    row(u"fetch quakes --port 5"_qs, u"--port means nothing to \"fetch\""_qs);
    row(u"check"_qs, u"\"check\" needs PATH…"_qs);
    row(u"channels x"_qs, u"unexpected argument \"x\""_qs);
    row(u"--updates patch"_qs, u"--updates means nothing to running restreamd"_qs);
    row(u"tail quakes --updates diff"_qs, u"--updates \"diff\": item, patch or merge"_qs);
    row(u"tail quakes --server ftp://x/"_qs, u"--server \"ftp://x/\": a URL is needed"_qs);
}

void TestCommandLine::usageErrors_sayWhatWouldBeRight()
{
    QFETCH(QString, line);
    QFETCH(QString, message);
    const ParsedArguments parsed = parse(line);
    QCOMPARE(parsed.outcome, Outcome::UsageError);
    QVERIFY2(parsed.text.startsWith(message), qPrintable(parsed.text));
    QVERIFY(!parsed.text.endsWith(u'\n'));
}

void TestCommandLine::valueOfAKey_isNotRepeated()
{
    for (const QString &command : { u"set"_qs, u"remove"_qs }) {
        const ParsedArguments parsed = parse(u"keys %1 nyt-top api-key s3cr3t"_qs.arg(command));
        QCOMPARE(parsed.outcome, Outcome::UsageError);
        QVERIFY(!parsed.text.contains(u"s3cr3t"_qs));
    }
}

void TestCommandLine::help_isThereForEachCommand()
{
    for (const QString &line : { u"--help"_qs, u"-h"_qs, u"--help --port x"_qs }) {
        const ParsedArguments parsed = parse(line);
        QCOMPARE(parsed.outcome, Outcome::Print);
        QVERIFY(parsed.text.startsWith(u"Usage: restreamd [options]\n"_qs));
        for (const QString &word : { u"check PATH"_qs, u"--allow-origin ORIGIN"_qs, u"Examples:"_qs,
                                     u"Exit codes"_qs, u"--version"_qs })
            QVERIFY2(parsed.text.contains(word), qPrintable(word));
    }
    QVERIFY(parse(u"fetch --help"_qs)
                .text.startsWith(u"Usage: restreamd fetch [options] CHANNEL [name=value…]\n"_qs));
    QVERIFY(parse(u"keys --help"_qs).text.contains(u"keys import FILE"_qs));
    QVERIFY(parse(u"keys set --help"_qs)
                .text.startsWith(u"Usage: restreamd keys set [options] CHANNEL KEY\n"_qs));
    QVERIFY(!parse(u"tail --help"_qs).text.contains(u"--data"_qs));
}

void TestCommandLine::helpOfEveryCommand_namesItsOptionsAndFitsTheWidth()
{
    for (const Program program : { Program::Daemon, Program::Window }) {
        for (const CommandSpec &command : commandSpecs(program)) {
            const QString text = helpText(program, command.name);
            for (const QString &option : command.options)
                QVERIFY2(text.contains(u"\n  --" % option % u' '),
                         qPrintable(command.name % u' ' % option));
            for (const QString &line : text.split(u'\n'))
                QVERIFY2(line.size() <= 100, qPrintable(line));
            QVERIFY(text.endsWith(u'\n') && !text.endsWith(u"\n\n"_qs));
        }
    }
}

void TestCommandLine::version_isPrinted()
{
    QCOMPARE(parse(u"--version"_qs).outcome, Outcome::Print);
    QCOMPARE(parse(u"--version"_qs).text, u"restreamd " RESTREAM_VERSION "\n"_qs);
    QCOMPARE(parse(u"--version"_qs, Program::Window).text, u"restream " RESTREAM_VERSION "\n"_qs);
}

void TestCommandLine::window_hasNoCommands()
{
    const ParsedArguments parsed = parse(u"--port 8000 --data /d"_qs, Program::Window);
    QCOMPARE(parsed.outcome, Outcome::Proceed);
    QCOMPARE(parsed.line.serve.port, quint16(8000));
    QCOMPARE(parse(u"channels"_qs, Program::Window).text, u"unexpected argument \"channels\""_qs);
    QVERIFY(!parse(u"--help"_qs, Program::Window).text.contains(u"Commands"_qs));
}

void TestCommandLine::window_mayBeginInTheTray()
{
    QVERIFY(!parse(u"--port 8000"_qs, Program::Window).line.inTray);
    QVERIFY(parse(u"--tray --port 8000"_qs, Program::Window).line.inTray);
    QCOMPARE(parse(u"--tray"_qs).text, u"--tray means nothing to running restreamd"_qs);
    QVERIFY(!parse(u"--help"_qs).text.contains(u"--tray"_qs));
}

void TestCommandLine::origins_areNormalised_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("origin");
    QTest::newRow("plain") << u"https://example.org"_qs << u"https://example.org"_qs;
    QTest::newRow("case") << u"HTTPS://Example.ORG"_qs << u"https://example.org"_qs;
    QTest::newRow("usual port") << u"https://example.org:443"_qs << u"https://example.org"_qs;
    QTest::newRow("other port") << u"http://example.org:8080"_qs << u"http://example.org:8080"_qs;
    QTest::newRow("port of the other scheme")
        << u"http://example.org:443"_qs << u"http://example.org:443"_qs;
    QTest::newRow("ipv6") << u"http://[::1]:3000"_qs << u"http://[::1]:3000"_qs;
    QTest::newRow("umlaut") << u"https://bücher.example"_qs << u"https://xn--bcher-kva.example"_qs;
    QTest::newRow("extension") << u"chrome-extension://abcdefgh"_qs
                               << u"chrome-extension://abcdefgh"_qs;
    QTest::newRow("null") << u"null"_qs << u"null"_qs;
}

void TestCommandLine::origins_areNormalised()
{
    QFETCH(QString, text);
    QFETCH(QString, origin);
    const Result<QString> result = parseOrigin(text);
    QVERIFY2(result, qPrintable(result ? QString() : result.error().message));
    QCOMPARE(*result, origin);
}

void TestCommandLine::origins_thatAreNone_areRefused_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text :
         { "*", "", "example.org", "https://", "https://example.org/", "https://example.org/path",
           "https://u@example.org", "https://example.org?q", "https://*.example.org", "https://a b",
           "https://example.org:99999", "//example.org" })
        QTest::newRow(text) << QString::fromLatin1(text);
}

void TestCommandLine::origins_thatAreNone_areRefused()
{
    QFETCH(QString, text);
    const Result<QString> result = parseOrigin(text);
    QVERIFY(!result);
    QCOMPARE(result.error().code, u"usage"_qs);
}

void TestCommandLine::binds_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("address"); ///< empty: refused
    QTest::newRow("ipv4") << u"127.0.0.1"_qs << u"127.0.0.1"_qs;
    QTest::newRow("another loopback") << u"127.0.0.2"_qs << u"127.0.0.2"_qs;
    QTest::newRow("ipv6") << u"::1"_qs << u"::1"_qs;
    QTest::newRow("localhost") << u"localhost"_qs << u"127.0.0.1"_qs;
    QTest::newRow("any") << u"0.0.0.0"_qs << QString();
    QTest::newRow("lan") << u"10.0.0.1"_qs << QString();
    QTest::newRow("name") << u"example.org"_qs << QString();
}

void TestCommandLine::binds()
{
    QFETCH(QString, text);
    QFETCH(QString, address);
    const Result<QHostAddress> result = parseBind(text);
    QCOMPARE(result ? result->toString() : QString(), address);
}

void TestCommandLine::servers_leadToTheStream_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("url");
    QTest::newRow("http") << u"http://127.0.0.1:7999/"_qs << u"ws://127.0.0.1:7999/v1/stream"_qs;
    QTest::newRow("https") << u"https://example.org"_qs << u"wss://example.org/v1/stream"_qs;
    QTest::newRow("ws whole") << u"ws://localhost:1/v1/stream"_qs
                              << u"ws://localhost:1/v1/stream"_qs;
    QTest::newRow("behind a path")
        << u"https://example.org/restream/"_qs << u"wss://example.org/restream/v1/stream"_qs;
    QTest::newRow("no scheme") << u"localhost:8000"_qs << u"ws://localhost:8000/v1/stream"_qs;
}

void TestCommandLine::servers_leadToTheStream()
{
    QFETCH(QString, text);
    QFETCH(QString, url);
    const Result<QUrl> result = parseServer(text);
    QVERIFY(result);
    QCOMPARE(result->toString(), url);
}

void TestCommandLine::closest_findsWhatWasMeant()
{
    const QStringList names = { u"usgs-quakes"_qs, u"nyt-top"_qs, u"demo-quakes"_qs };
    QCOMPARE(closest(u"usgs-quake"_qs, names), u"usgs-quakes"_qs);
    QCOMPARE(closest(u"usgs"_qs, names), u"usgs-quakes"_qs);
    QCOMPARE(closest(u"nyt-tpo"_qs, names), u"nyt-top"_qs);
    QCOMPARE(closest(u"weather"_qs, names), QString());
    QCOMPARE(closest({}, names), QString());
}

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_commandline.moc"
