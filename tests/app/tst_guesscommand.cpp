#include "app/guesscommand.h"
#include "core/config/definitionreader.h"
#include "tests/app/consolecapture.h"
#include "tests/support/faultserver.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace restream;

namespace {

const QString secret = QStringLiteral("s3cr3tKEY0123456789");
const QByteArray quakes =
    R"({"title":"Quakes","features":[{"id":"a","mag":1.5},{"id":"b","mag":2.5}]})";

}

class TestGuessCommand : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void url_isCalledOnceAndCounted();
    void keyInTheUrl_isSentAndNotPrinted();
    void curlCommand_isSentAsItWas();
    void files_areConsecutivePolls();
    void filesAlone_areReplayed();
    void failedCall_isAnErrorWithoutTheKey();
    void quotaThatIsUsedUp_makesNoCall();
    void placeholderForTheKey_makesNoCall();
    void post_isNotCalledAsLongAsItCannotBePolled();
    void wrongArguments_areSaid_data();
    void wrongArguments_areSaid();
    void uselessAnswer_printsTheRequestAndFails();

private:
    ExitCode run(const QStringList &words, const QString &curl = {});
    QString write(const QString &name, const QByteArray &body);
    [[nodiscard]] ChannelDefinition printed() const
    {
        return readDefinition(m_capture->out().join(u'\n').toUtf8(), {}).definition;
    }
    [[nodiscard]] bool noted(const QString &words) const
    {
        return m_capture->err().join(u'\n').contains(words);
    }

    SystemClock m_clock;
    std::unique_ptr<HttpClient> m_client;
    std::unique_ptr<ConsoleCapture> m_capture;
    std::unique_ptr<QTemporaryDir> m_folder;
    AskLeave m_askLeave;
    QStringList m_counted;
};

void TestGuessCommand::init()
{
    m_client = std::make_unique<HttpClient>(m_clock);
    m_capture = std::make_unique<ConsoleCapture>();
    m_folder = std::make_unique<QTemporaryDir>();
    m_counted.clear();
    m_askLeave = [this](const ChannelDefinition &definition, const Params &, const Keys &) {
        m_counted << definition.name;
        return qint64(0);
    };
}

ExitCode TestGuessCommand::run(const QStringList &words, const QString &curl)
{
    GuessCommand command(*m_client, m_askLeave, m_clock, m_capture->console());
    return command.run(words, curl);
}

QString TestGuessCommand::write(const QString &name, const QByteArray &body)
{
    QString path = m_folder->filePath(name);
    QFile file(path);
    if (file.open(QIODevice::WriteOnly))
        file.write(body);
    return path;
}

void TestGuessCommand::url_isCalledOnceAndCounted()
{
    const FaultServer server(FaultServer::always(FaultServer::response(
        quakes, "Content-Type: application/json\r\nCache-Control: max-age=60\r\n")));
    QCOMPARE(run({ server.url(u"all/quakes.json?level=2"_qs).toString() }), ExitCode::Ok);
    QCOMPARE(server.requests().size(), 1);
    QCOMPARE(server.requests().first().target(), QByteArray("/all/quakes.json?level=2"));
    QVERIFY(server.requests().first().header("User-Agent").startsWith("Restream/"));
    QCOMPARE(m_counted, QStringList({ u"127-0-0-1-quakes"_qs }));
    const ChannelDefinition definition = printed();
    QCOMPARE(definition.name, u"127-0-0-1-quakes"_qs);
    QCOMPARE(definition.items, u"/features"_qs);
    QCOMPARE(definition.idField, QStringList({ u"id"_qs }));
    QCOMPARE(definition.pollIntervalSeconds, 60.0);
    QVERIFY(noted(u"/poll_interval: Cache-Control says that an answer is good for 60 s"_qs));
}

void TestGuessCommand::keyInTheUrl_isSentAndNotPrinted()
{
    const FaultServer server(FaultServer::always(FaultServer::response(
        "{\"title\":\"for " + secret.toUtf8() + "\",\"features\":[{\"id\":1},{\"id\":2}]}")));
    QCOMPARE(run({ server.url(u"q?api_key="_qs % secret).toString() }), ExitCode::Ok);
    QCOMPARE(server.requests().first().target(), "/q?api_key=" + secret.toUtf8());
    QVERIFY(!m_capture->mentions(secret.toUtf8()));
    QCOMPARE(printed().auth.key, u"api-key"_qs);
    QVERIFY(noted(u"restreamd keys set 127-0-0-1-q api-key"_qs));
}

void TestGuessCommand::curlCommand_isSentAsItWas()
{
    const FaultServer server(FaultServer::always(FaultServer::response(quakes)));
    QCOMPARE(run({},
                 u"curl '%1' -H 'Authorization: Bearer %2' -H 'X-Version: 3' -b 'sid=1'"_qs.arg(
                     server.url(u"q"_qs).toString(), secret)),
             ExitCode::Ok);
    QCOMPARE(server.requests().first().header("Authorization"), "Bearer " + secret.toUtf8());
    QCOMPARE(server.requests().first().header("X-Version"), QByteArray("3"));
    QCOMPARE(server.requests().first().header("Cookie"), QByteArray());
    QVERIFY(noted(u"warning: the header Cookie is left out"_qs));
    QVERIFY(!m_capture->mentions(secret.toUtf8()));
}

void TestGuessCommand::files_areConsecutivePolls()
{
    const QStringList words {
        u"https://api.example.com/stations"_qs,
        write(u"1.json"_qs, R"([{"id":"a","n":1,"seen":5},{"id":"b","n":2,"seen":5}])"),
        write(u"2.json"_qs, R"([{"id":"a","n":1,"seen":9},{"id":"b","n":2,"seen":9}])")
    };
    QCOMPARE(run(words), ExitCode::Ok);
    QVERIFY(m_counted.isEmpty());
    QCOMPARE(printed().request.url, u"https://api.example.com/stations"_qs);
    QCOMPARE(printed().ignore, QStringList({ u"/seen"_qs }));
}

void TestGuessCommand::filesAlone_areReplayed()
{
    const QString path = write(u"quakes.json"_qs, quakes);
    QCOMPARE(run({ path }), ExitCode::Ok);
    QCOMPARE(printed().name, u"quakes"_qs);
    QCOMPARE(printed().replay.files, QDir(m_folder->path()).dirName() % u"/*.json"_qs);
}

void TestGuessCommand::failedCall_isAnErrorWithoutTheKey()
{
    const FaultServer server(FaultServer::always(FaultServer::response(
        "no such key: " + secret.toUtf8(), "Content-Type: text/plain\r\n", "401 Unauthorized")));
    QCOMPARE(run({ server.url(u"q?api_key="_qs % secret).toString() }), ExitCode::Failed);
    QVERIFY(m_capture->out().isEmpty());
    QVERIFY(noted(u"the key was refused"_qs));
    QVERIFY(!m_capture->mentions(secret.toUtf8()));
}

void TestGuessCommand::quotaThatIsUsedUp_makesNoCall()
{
    const FaultServer server(FaultServer::always(FaultServer::response(quakes)));
    m_askLeave = [](const ChannelDefinition &, const Params &, const Keys &) -> Result<qint64> {
        return Error { u"data_in_use"_qs, u"the data folder is in use"_qs };
    };
    QCOMPARE(run({ server.url(u"q"_qs).toString() }), ExitCode::DataInUse);
    QVERIFY(server.requests().isEmpty());
}

void TestGuessCommand::placeholderForTheKey_makesNoCall()
{
    const FaultServer server(FaultServer::always(FaultServer::response(quakes)));
    QCOMPARE(run({ server.url(u"q?api_key=YOUR_API_KEY"_qs).toString() }), ExitCode::Failed);
    QVERIFY(server.requests().isEmpty());
    QVERIFY(noted(u"placeholder"_qs));
}

void TestGuessCommand::post_isNotCalledAsLongAsItCannotBePolled()
{
    const FaultServer server(FaultServer::always(FaultServer::response(quakes)));
    const bool supported =
        readDefinition(
            R"({"name":"x","request":{"url":"https://x.example","method":"POST","body":{}}})", {})
            .ok();
    const ExitCode code = run({}, u"curl '%1' --json '{}'"_qs.arg(server.url(u"q"_qs).toString()));
    QCOMPARE(code, supported ? ExitCode::Ok : ExitCode::Failed);
    QCOMPARE(server.requests().size(), supported ? 1 : 0);
}

void TestGuessCommand::wrongArguments_areSaid_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("curl");
    QTest::addColumn<ExitCode>("code");
    QTest::addColumn<QString>("message");
    QTest::newRow("two URLs") << QStringList { u"https://a.example"_qs, u"https://b.example"_qs }
                              << QString() << ExitCode::Usage << u"not several"_qs;
    QTest::newRow("neither file nor URL")
        << QStringList { u"https:// key="_qs % secret } << QString() << ExitCode::Failed
        << u"argument 1 is no file"_qs;
    QTest::newRow("not curl") << QStringList() << u"wget https://a.example"_qs << ExitCode::Failed
                              << u"Copy as cURL"_qs;
    QTest::newRow("a definition") << QStringList() << uR"({"request":{}})"_qs << ExitCode::Usage
                                  << u"restreamd check"_qs;
}

void TestGuessCommand::wrongArguments_areSaid()
{
    QFETCH(const QStringList, words);
    QFETCH(const QString, curl);
    QFETCH(const ExitCode, code);
    QFETCH(const QString, message);
    QCOMPARE(run(words, curl), code);
    QVERIFY2(noted(message), qPrintable(m_capture->err().join(u'\n')));
    QVERIFY(m_capture->out().isEmpty());
    QVERIFY(!m_capture->mentions(secret.toUtf8()));
}

void TestGuessCommand::uselessAnswer_printsTheRequestAndFails()
{
    const QString path = write(u"1.json"_qs, R"({"error":"no"})");
    QCOMPARE(run({ u"https://api.example.com/x"_qs, path }), ExitCode::Failed);
    QCOMPARE(printed().request.url, u"https://api.example.com/x"_qs);
    QVERIFY(noted(u"reports an error"_qs));
}

QTEST_GUILESS_MAIN(TestGuessCommand)
#include "tst_guesscommand.moc"
