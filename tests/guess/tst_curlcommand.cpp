#include "core/guess/pastedrequest.h"
#include "core/guess/shellwords.h"

#include <QTest>

using namespace restream;

class TestCurlCommand : public QObject
{
    Q_OBJECT

private slots:
    void words_areSplitAsAShellDoes_data();
    void words_areSplitAsAShellDoes();
    void openQuote_isAnError_data();
    void openQuote_isAnError();
    void whatAShellWouldDo_isNoted_data();
    void whatAShellWouldDo_isNoted();
    void options_areTaken();
    void data_makesAPost_data();
    void data_makesAPost();
    void optionsWithoutEffect_areSilent();
    void optionsThatMatter_areNoted_data();
    void optionsThatMatter_areNoted();
    void commandsThatWrite_areRefused_data();
    void commandsThatWrite_areRefused();
    void chromeForBash_isRead();
    void chromeForCmd_isRead();
    void olderChromeForCmd_isRead();
    void pastedText_isRecognised_data();
    void pastedText_isRecognised();
    void pastedText_thatIsNothing_saysWhatWouldBe_data();
    void pastedText_thatIsNothing_saysWhatWouldBe();
};

namespace {

QString headerOf(const PastedRequest &request, const QString &name)
{
    for (const auto &[key, value] : request.headers) {
        if (key.compare(name, Qt::CaseInsensitive) == 0)
            return value;
    }
    return {};
}

}

void TestCurlCommand::words_areSplitAsAShellDoes_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("words");
    const auto row = [](const char *name, const char *text, const QStringList &words) {
        QTest::newRow(name) << QString::fromUtf8(text) << words;
    };
    row("blanks", "  a \t b  ", { u"a"_qs, u"b"_qs });
    row("single quotes", "'a b'\"c d\"e '' x", { u"a bc de"_qs, QString(), u"x"_qs });
    row("nothing is special in single quotes", "'a\\n$b\"'", { u"a\\n$b\""_qs });
    row("escapes in double quotes", "\"a\\\"b\\\\c\\$d\\e\"", { u"a\"b\\c$d\\e"_qs });
    row("escapes without quotes", "a\\ b\\'c\\\\", { u"a b'c\\"_qs });
    row("a quote in single quotes", "'it'\\''s'", { u"it's"_qs });
    row("ANSI-C", "$'it\\'s\\ta\\u00e9\\x41\\101\\\\\\n'", { u"it's\taéAA\\\n"_qs });
    row("a character beyond 16 bits", "$'\\U0001F600'", { u"\U0001F600"_qs });
    row("continued lines", "a \\\n  b\\\nc", { u"a"_qs, u"bc"_qs });
    row("continued lines of Windows", "a \\\r\n  b", { u"a"_qs, u"b"_qs });
    row("a blank behind the backslash", "a \\ \n b", { u"a"_qs, u"b"_qs });
    row("a comment", "a b # c d", { u"a"_qs, u"b"_qs });
    row("a hash within", "a#b", { u"a#b"_qs });
    row("an address without quotes", "curl http://x/?a=1&b=2",
        { u"curl"_qs, u"http://x/?a=1&b=2"_qs });
    row("options on lines of their own", "curl x\n -H 'a: b'",
        { u"curl"_qs, u"x"_qs, u"-H"_qs, u"a: b"_qs });
    row("cmd", "curl ^\"http://x/?a=1^&b=%^20^\" ^\r\n  -H ^\"a: ^\\^\"b^\\^\"^\"",
        { u"curl"_qs, u"http://x/?a=1&b=%20"_qs, u"-H"_qs, u"a: \"b\""_qs });
    row("cmd with plain quotes",
        "curl \"http://x/?a=^&b\" ^\n -H \"a: \\\"b\\\"\" --data \"x\"\"y\"",
        { u"curl"_qs, u"http://x/?a=^&b"_qs, u"-H"_qs, u"a: \"b\""_qs, u"--data"_qs, u"x\"y"_qs });
}

void TestCurlCommand::words_areSplitAsAShellDoes()
{
    QFETCH(const QString, text);
    QFETCH(const QStringList, words);
    const Result<ShellWords> split = splitShellWords(text);
    QVERIFY2(split.ok(), split ? "" : qPrintable(split.error().message));
    QCOMPARE(split->words, words);
    QCOMPARE(split->notes, QStringList());
}

void TestCurlCommand::openQuote_isAnError_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("place");
    QTest::newRow("single") << u"a 'b"_qs << u"character 3"_qs;
    QTest::newRow("double") << u"a \"b\\\""_qs << u"character 3"_qs;
    QTest::newRow("ANSI-C") << u"$'b\\'"_qs << u"character 1"_qs;
    QTest::newRow("cmd") << u"a ^\"b"_qs << u"character 3"_qs;
}

void TestCurlCommand::openQuote_isAnError()
{
    QFETCH(const QString, text);
    QFETCH(const QString, place);
    const Result<ShellWords> split = splitShellWords(text);
    QVERIFY(!split);
    QCOMPARE(split.error().code, u"bad_command"_qs);
    QVERIFY2(split.error().message.contains(place), qPrintable(split.error().message));
}

void TestCurlCommand::whatAShellWouldDo_isNoted_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("note");
    QTest::newRow("a variable") << u"a \"b $TOKEN\""_qs << QStringList { u"a"_qs, u"b $TOKEN"_qs }
                                << u"$TOKEN"_qs;
    QTest::newRow("a variable in braces")
        << u"a ${KEY}c"_qs << QStringList { u"a"_qs, u"${KEY}c"_qs } << u"${KEY}"_qs;
    QTest::newRow("another command's output")
        << u"a $(cat key)"_qs << QStringList { u"a"_qs, u"$(cat key)"_qs }
        << u"a command's output"_qs;
    QTest::newRow("a pipe") << u"a b | jq ."_qs << QStringList { u"a"_qs, u"b"_qs } << u"|"_qs;
    QTest::newRow("a redirection")
        << u"a b 2>/dev/null"_qs << QStringList { u"a"_qs, u"b"_qs } << u">"_qs;
    QTest::newRow("another command")
        << u"a b && c"_qs << QStringList { u"a"_qs, u"b"_qs } << u"&"_qs;
    QTest::newRow("another line") << u"a b\nc d"_qs << QStringList { u"a"_qs, u"b"_qs }
                                  << u"line"_qs;
}

void TestCurlCommand::whatAShellWouldDo_isNoted()
{
    QFETCH(const QString, text);
    QFETCH(const QStringList, words);
    QFETCH(const QString, note);
    const Result<ShellWords> split = splitShellWords(text);
    QVERIFY(split.ok());
    QCOMPARE(split->words, words);
    QCOMPARE(split->notes.size(), 1);
    QVERIFY2(split->notes.first().contains(note), qPrintable(split->notes.first()));
}

void TestCurlCommand::options_areTaken()
{
    const Result<PastedRequest> request = parseCurl(
        u"$ curl -sSL --max-time 7.5 -XGET -H'X-One: 1' --header \"X-Two: a:b\" -u me:pa:ss -b "
        u"'sid=1' -A agent -e http://from/ "
        "-G -d a=1 --data-urlencode 'q=x y&z' --url 'https://api.example.com/v1?z=0#frag'"_qs);
    QVERIFY2(request.ok(), request ? "" : qPrintable(request.error().message));
    QCOMPARE(request->url, u"https://api.example.com/v1?z=0&a=1&q=x%20y%26z"_qs);
    QCOMPARE(request->method, u"GET"_qs);
    QCOMPARE(headerOf(*request, u"x-one"_qs), u"1"_qs);
    QCOMPARE(headerOf(*request, u"x-two"_qs), u"a:b"_qs);
    QCOMPARE(headerOf(*request, u"cookie"_qs), u"sid=1"_qs);
    QCOMPARE(headerOf(*request, u"user-agent"_qs), u"agent"_qs);
    QCOMPARE(headerOf(*request, u"referer"_qs), u"http://from/"_qs);
    QCOMPARE(request->user, u"me"_qs);
    QCOMPARE(request->password, u"pa:ss"_qs);
    QCOMPARE(request->timeoutSeconds, 7.5);
    QCOMPARE(request->notes, QStringList());
}

void TestCurlCommand::data_makesAPost_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("-d") << u"curl x.example -d a=1 -d b=2"_qs << QByteArray("a=1&b=2");
    QTest::newRow("--data-raw") << u"curl x.example --data-raw '{\"q\":\"@me\"}'"_qs
                                << QByteArray("{\"q\":\"@me\"}");
    QTest::newRow("--data-raw with @") << u"curl x.example --data-raw @me"_qs << QByteArray("@me");
    QTest::newRow("--json") << u"curl --json '{}' x.example"_qs << QByteArray("{}");
    QTest::newRow("-X POST") << u"curl -X POST x.example"_qs << QByteArray();
}

void TestCurlCommand::data_makesAPost()
{
    QFETCH(const QString, text);
    QFETCH(const QByteArray, body);
    const Result<PastedRequest> request = parseCurl(text);
    QVERIFY(request.ok());
    QCOMPARE(request->method, u"POST"_qs);
    QCOMPARE(request->body, body);
    QCOMPARE(request->url, u"https://x.example"_qs);
}

void TestCurlCommand::optionsWithoutEffect_areSilent()
{
    const Result<PastedRequest> request = parseCurl(
        u"curl --compressed -fsSLvi --http2 --retry 3 -o out.json --connect-timeout=3 --no-progress-meter -w '%{http_code}' https://x.example/"_qs);
    QVERIFY(request.ok());
    QCOMPARE(request->url, u"https://x.example/"_qs);
    // curl itself takes no "=".
    QCOMPARE(request->notes.size(), 1);
    QVERIFY(request->notes.first().contains(u"--connect-timeout=3"));
}

void TestCurlCommand::optionsThatMatter_areNoted_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("note");
    QTest::newRow("insecure") << u"curl -k https://x.example/"_qs
                              << u"-k: certificates are always checked"_qs;
    QTest::newRow("insecure among others") << u"curl -skL https://x.example/"_qs << u"-k:"_qs;
    QTest::newRow("proxy") << u"curl -x http://proxy:1 https://x.example/"_qs << u"-x: proxies"_qs;
    QTest::newRow("a file as data")
        << u"curl -X POST -d @body.json https://x.example/"_qs << u"the file is not read"_qs;
    QTest::newRow("headers from a file")
        << u"curl -H @headers https://x.example/"_qs << u"the file is not read"_qs;
    QTest::newRow("unknown switch") << u"curl --frobnicate https://x.example/"_qs
                                    << u"--frobnicate is no option that is known here: left out"_qs;
    QTest::newRow("unknown option with a value")
        << u"curl --frobnicate s3cr3t https://x.example/"_qs << u"with the word behind it"_qs;
    QTest::newRow("a body that a GET has")
        << u"curl -X GET -d a=1 https://x.example/"_qs << u"the body of a GET is left out"_qs;
    QTest::newRow("HEAD") << u"curl -I https://x.example/"_qs << u"with GET"_qs;
    QTest::newRow("two URLs") << u"curl https://x.example/ https://y.example/"_qs
                              << u"second URL"_qs;
}

void TestCurlCommand::optionsThatMatter_areNoted()
{
    QFETCH(const QString, text);
    QFETCH(const QString, note);
    const Result<PastedRequest> request = parseCurl(text);
    QVERIFY2(request.ok(), request ? "" : qPrintable(request.error().message));
    QCOMPARE(request->url, u"https://x.example/"_qs);
    QCOMPARE(request->notes.size(), 1);
    QVERIFY2(request->notes.first().contains(note), qPrintable(request->notes.first()));
    QVERIFY(!request->notes.first().contains(u"s3cr3t"));
}

void TestCurlCommand::commandsThatWrite_areRefused_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("word");
    QTest::newRow("DELETE") << u"curl -X DELETE https://x.example/1"_qs << u"DELETE"_qs;
    QTest::newRow("form") << u"curl -F file=@a https://x.example/"_qs << u"-F"_qs;
    QTest::newRow("upload") << u"curl -T a https://x.example/"_qs << u"-T"_qs;
    QTest::newRow("several") << u"curl https://x.example/ --next https://y.example/"_qs
                             << u"--next"_qs;
    QTest::newRow("no URL") << u"curl -s"_qs << u"no URL"_qs;
    QTest::newRow("cut off") << u"curl https://x.example/ -H"_qs << u"needs a value"_qs;
    QTest::newRow("not curl") << u"wget https://x.example/"_qs << u"Copy as cURL"_qs;
}

void TestCurlCommand::commandsThatWrite_areRefused()
{
    QFETCH(const QString, text);
    QFETCH(const QString, word);
    const Result<PastedRequest> request = parseCurl(text);
    QVERIFY(!request);
    QVERIFY2(request.error().message.contains(word), qPrintable(request.error().message));
}

void TestCurlCommand::chromeForBash_isRead()
{
    const Result<PastedRequest> request = parsePasted(
        QString::fromUtf8("curl 'https://www.example.com/api/items?page=1&q=it%27s' \\\n"
                          "  -H 'accept: application/json, text/plain, */*' \\\n"
                          "  -H 'accept-language: en-GB,en;q=0.9' \\\n"
                          "  -b 'session=abc; theme=dark' \\\n"
                          "  -H 'sec-ch-ua: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"' \\\n"
                          "  -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64)' \\\n"
                          "  --data-raw $'{\"text\":\"it\\'s \\u0021\"}' \\\n"
                          "  --compressed ;"));
    QVERIFY2(request.ok(), request ? "" : qPrintable(request.error().message));
    QCOMPARE(request->url, u"https://www.example.com/api/items?page=1&q=it%27s"_qs);
    QCOMPARE(request->body, QByteArray("{\"text\":\"it's !\"}"));
    QCOMPARE(headerOf(*request, u"sec-ch-ua"_qs),
             u"\"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\""_qs);
    QCOMPARE(headerOf(*request, u"cookie"_qs), u"session=abc; theme=dark"_qs);
}

void TestCurlCommand::chromeForCmd_isRead()
{
    const Result<PastedRequest> request = parsePasted(
        u"curl ^\"https://www.example.com/api/items?page=1^&size=^%^2020^\" ^\r\n  -H ^\"accept: "
        u"application/json^\" ^\r\n"
        "  -H ^\"sec-ch-ua: ^\\^\"Chromium^\\^\";v=^\\^\"130^\\^\"^\" ^\r\n  --data-raw ^\"^{^\\^\"a^\\^\":1^}^\""_qs);
    QVERIFY2(request.ok(), request ? "" : qPrintable(request.error().message));
    QCOMPARE(request->url, u"https://www.example.com/api/items?page=1&size=%2020"_qs);
    QCOMPARE(headerOf(*request, u"accept"_qs), u"application/json"_qs);
    QCOMPARE(headerOf(*request, u"sec-ch-ua"_qs), u"\"Chromium\";v=\"130\""_qs);
    QCOMPARE(request->body, QByteArray("{\"a\":1}"));
}

void TestCurlCommand::olderChromeForCmd_isRead()
{
    const Result<PastedRequest> request = parsePasted(
        u"curl \"https://www.example.com/api/items?page=1\" ^\n  -H \"accept: application/json\" ^\n  -H \"x-list: \\\"a\\\"\" ^\n  --compressed"_qs);
    QVERIFY2(request.ok(), request ? "" : qPrintable(request.error().message));
    QCOMPARE(headerOf(*request, u"accept"_qs), u"application/json"_qs);
    QCOMPARE(headerOf(*request, u"x-list"_qs), u"\"a\""_qs);
}

void TestCurlCommand::pastedText_isRecognised_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("url");
    QTest::newRow("URL") << u" https://api.example.com/x?a=b \n"_qs
                         << u"https://api.example.com/x?a=b"_qs;
    QTest::newRow("URL in quotes")
        << u"\"https://api.example.com/x\""_qs << u"https://api.example.com/x"_qs;
    QTest::newRow("URL in angle brackets")
        << u"<https://api.example.com/x>"_qs << u"https://api.example.com/x"_qs;
    QTest::newRow("without a scheme") << u"api.example.com/x"_qs << u"https://api.example.com/x"_qs;
    QTest::newRow("this machine") << u"localhost:8080/x"_qs << u"http://localhost:8080/x"_qs;
    QTest::newRow("spaces and braces")
        << u"https://api.example.com/a b/{id}"_qs << u"https://api.example.com/a%20b/%7Bid%7D"_qs;
    QTest::newRow("curl.exe") << u"C:\\Windows\\curl.exe https://api.example.com/x"_qs
                              << u"https://api.example.com/x"_qs;
    QTest::newRow("a definition")
        << u"{\"name\":\"x\",\"request\":{\"url\":\"https://api.example.com/x\"}}"_qs << QString();
}

void TestCurlCommand::pastedText_isRecognised()
{
    QFETCH(const QString, text);
    QFETCH(const QString, url);
    const Result<PastedRequest> request = parsePasted(text);
    QVERIFY2(request.ok(), request ? "" : qPrintable(request.error().message));
    QCOMPARE(request->url, url);
    QCOMPARE(request->definition.isEmpty(), !url.isEmpty());
}

void TestCurlCommand::pastedText_thatIsNothing_saysWhatWouldBe_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("word");
    QTest::newRow("nothing") << QString() << u"https://"_qs;
    QTest::newRow("words") << u"give me quakes"_qs << u"https://"_qs;
    QTest::newRow("a file's scheme") << u"file:///etc/passwd"_qs << u"not valid"_qs;
    QTest::newRow("ftp") << u"ftp://x.example/y"_qs << u"ftp"_qs;
    QTest::newRow("fetch") << u"fetch(\"https://x.example\", {})"_qs << u"Copy as cURL"_qs;
    QTest::newRow("PowerShell") << u"Invoke-WebRequest -Uri https://x.example"_qs
                                << u"Copy as cURL"_qs;
    QTest::newRow("an answer") << u"{\"results\":[]}"_qs << u"no definition"_qs;
    QTest::newRow("broken JSON") << u"{\n\"request\": }"_qs << u"line 2"_qs;
    QTest::newRow("two URLs") << u"https://a.example\nhttps://b.example"_qs << u"several lines"_qs;
}

void TestCurlCommand::pastedText_thatIsNothing_saysWhatWouldBe()
{
    QFETCH(const QString, text);
    QFETCH(const QString, word);
    const Result<PastedRequest> request = parsePasted(text);
    QVERIFY(!request);
    QVERIFY2(request.error().message.contains(word), qPrintable(request.error().message));
}

QTEST_GUILESS_MAIN(TestCurlCommand)
#include "tst_curlcommand.moc"
