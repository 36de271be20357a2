#include "core/guess/channelnames.h"
#include "tests/guess/guesshelp.h"

using namespace restream;

class TestRequestDraft : public QObject
{
    Q_OBJECT

private slots:
    void keys_becomeAuth_data();
    void keys_becomeAuth();
    void placeholders_areNoKeys_data();
    void placeholders_areNoKeys();
    void secondKey_isLeftOutAndSaid();
    void personalHeaders_areLeftOutEachWithANote();
    void usefulHeaders_stay();
    void query_becomesMembersWhereNothingIsLost_data();
    void query_becomesMembersWhereNothingIsLost();
    void keyInThePath_isAWarning();
    void post_isWrittenAndRefusedByTheReader();
    void names_areMadeOfTheUrl_data();
    void names_areMadeOfTheUrl();
};

namespace {

const QString secret = QStringLiteral("s3cr3tKEY0123456789");

RequestDraft draftOf(const QString &pasted)
{
    const Result<PastedRequest> request = parsePasted(pasted);
    return request ? draftRequest(*request) : RequestDraft();
}

/// All that people or files could get to see.
QByteArray shown(const Guess &guess)
{
    QByteArray text = guess.definition;
    for (const GuessReason &reason : guess.reasons + guess.suggestions)
        text += reason.member.toUtf8() + reason.text.toUtf8();
    return text + guess.warnings.join(u' ').toUtf8() + guess.problems.join(u' ').toUtf8();
}

}

void TestRequestDraft::keys_becomeAuth_data()
{
    QTest::addColumn<QString>("pasted");
    QTest::addColumn<QByteArray>("auth");
    QTest::addColumn<QStringList>("values");
    const auto row = [](const char *name, const QString &pasted, const char *auth,
                        const QStringList &values) {
        QTest::newRow(name) << QString(pasted).replace(u"SECRET"_qs, secret) << QByteArray(auth)
                            << values;
    };
    for (const char *name : { "api_key", "apikey", "key", "token", "access_token", "appid",
                              "api-key", "subscription-key" }) {
        row(name, u"https://x.example/a?%1=SECRET&b=1"_qs.arg(QString::fromLatin1(name)),
            qPrintable(
                u"{\"type\":\"api_key\",\"in\":\"query\",\"name\":\"%1\",\"key\":\"api-key\"}"_qs
                    .arg(QString::fromLatin1(name))),
            { secret });
    }
    row("percent-encoded", u"https://x.example/a?key=a%2Bb%3D"_qs,
        "{\"type\":\"api_key\",\"in\":\"query\",\"name\":\"key\",\"key\":\"api-key\"}",
        { u"a+b="_qs });
    row("short", u"https://x.example/a?key=abc"_qs,
        "{\"type\":\"api_key\",\"in\":\"query\",\"name\":\"key\",\"key\":\"api-key\"}",
        { u"abc"_qs });
    row("bearer", u"curl https://x.example/a -H 'Authorization: Bearer SECRET'"_qs,
        "{\"type\":\"bearer\",\"key\":\"token\"}", { secret });
    row("basic", u"curl https://x.example/a -H 'Authorization: Basic bWU6cGE6c3M='"_qs,
        "{\"type\":\"basic\",\"user\":\"user\",\"password\":\"password\"}",
        { u"me"_qs, u"pa:ss"_qs });
    row("-u", u"curl -u me:SECRET https://x.example/a"_qs,
        "{\"type\":\"basic\",\"user\":\"user\",\"password\":\"password\"}", { u"me"_qs, secret });
    row("user in the URL", u"https://me:SECRET@x.example/a"_qs,
        "{\"type\":\"basic\",\"user\":\"user\",\"password\":\"password\"}", { u"me"_qs, secret });
    row("another scheme", u"curl https://x.example/a -H 'Authorization: token SECRET'"_qs,
        "{\"type\":\"api_key\",\"in\":\"header\",\"name\":\"Authorization\",\"key\":\"api-key\"}",
        { u"token "_qs % secret });
    for (const char *name :
         { "X-Api-Key", "X-Auth-Token", "Ocp-Apim-Subscription-Key", "apikey", "X-Custom" }) {
        row(name, u"curl https://x.example/a -H '%1: SECRET'"_qs.arg(QString::fromLatin1(name)),
            qPrintable(
                u"{\"type\":\"api_key\",\"in\":\"header\",\"name\":\"%1\",\"key\":\"api-key\"}"_qs
                    .arg(QString::fromLatin1(name))),
            { secret });
    }
}

void TestRequestDraft::keys_becomeAuth()
{
    QFETCH(const QString, pasted);
    QFETCH(const QByteArray, auth);
    QFETCH(const QStringList, values);
    const RequestDraft draft = draftOf(pasted);
    QCOMPARE(draft.auth, auth);
    QStringList found;
    for (const GuessedSecret &one : draft.secrets)
        found << one.value;
    QCOMPARE(found, values);
    const Guess guess = guessOf({ "[{\"id\":1},{\"id\":2}]" }, pasted);
    QVERIFY2(guess.problems.isEmpty(), qPrintable(guess.problems.join(u'\n')));
    for (const QString &value : values)
        QVERIFY2(value.size() < 4 || !shown(guess).contains(value.toUtf8()),
                 shown(guess).constData());
    QCOMPARE(definitionOf(guess).keyNames().size(), values.size());
}

void TestRequestDraft::placeholders_areNoKeys_data()
{
    QTest::addColumn<QString>("pasted");
    QTest::newRow("a variable")
        << u"curl https://x.example/a -H \"Authorization: Bearer $TOKEN\""_qs;
    QTest::newRow("your key") << u"https://x.example/a?api_key=YOUR_API_KEY"_qs;
    QTest::newRow("in brackets") << u"https://x.example/a?api_key=<key>"_qs;
    QTest::newRow("in braces") << u"https://x.example/a?api_key={key}"_qs;
    QTest::newRow("crosses") << u"https://x.example/a?api_key=XXXXXXXX"_qs;
}

void TestRequestDraft::placeholders_areNoKeys()
{
    QFETCH(const QString, pasted);
    const RequestDraft draft = draftOf(pasted);
    QCOMPARE(draft.secrets.size(), 1);
    QCOMPARE(draft.secrets.first().value, QString());
    QVERIFY(draft.warnings.join(u' ').contains(u"placeholder"));
}

void TestRequestDraft::secondKey_isLeftOutAndSaid()
{
    const RequestDraft draft = draftOf(u"https://x.example/a?app_id=12345&app_key="_qs % secret);
    QCOMPARE(draft.secrets.size(), 1);
    QCOMPARE(draft.secrets.first().value, secret);
    QVERIFY(draft.auth.contains("app_key"));
    QVERIFY2(draft.warnings.join(u' ').contains(u"app_id holds a second key"),
             qPrintable(draft.warnings.join(u'\n')));
    QVERIFY(!draft.request.contains("12345"));
}

void TestRequestDraft::personalHeaders_areLeftOutEachWithANote()
{
    const QStringList names {
        u"Cookie"_qs,          u"Referer"_qs,      u"User-Agent"_qs,   u"sec-ch-ua"_qs,
        u"Sec-Fetch-Mode"_qs,  u"X-CSRF-Token"_qs, u"X-XSRF-TOKEN"_qs, u"Origin"_qs,
        u"Accept-Language"_qs, u"X-Session-Id"_qs, u"DNT"_qs
    };
    QString command = u"curl https://x.example/a"_qs;
    for (const QString &name : names)
        command += u" -H '"_qs % name % u": personal value'"_qs;
    const RequestDraft draft = draftOf(command);
    QCOMPARE(draft.request, QByteArray("{\"url\":\"https://x.example/a\"}"));
    QCOMPARE(draft.warnings.size(), names.size());
    for (qsizetype i = 0; i < names.size(); ++i) {
        QVERIFY2(draft.warnings[i].startsWith(u"the header "_qs % names[i] % u" is left out: "_qs),
                 qPrintable(draft.warnings[i]));
        QVERIFY(!draft.warnings[i].contains(u"personal value"));
    }
}

void TestRequestDraft::usefulHeaders_stay()
{
    const RequestDraft draft = draftOf(
        u"curl https://x.example/a -H 'Accept: application/vnd.github+json' -H "
        u"'X-GitHub-Api-Version: 2022-11-28' -H 'Client-Identifier: me' "
        "-H 'Accept-Encoding: br' -H 'Connection: close' -H 'Host: y' -H 'Content-Type: text/plain'"_qs);
    QCOMPARE(draft.request,
             QByteArray("{\"url\":\"https://x.example/a\",\"headers\":{\"Accept\":\"application/"
                        "vnd.github+json\",\"X-GitHub-Api-Version\":\"2022-11-28\",\"Client-"
                        "Identifier\":\"me\"}}"));
    QCOMPARE(draft.warnings, QStringList());
}

void TestRequestDraft::query_becomesMembersWhereNothingIsLost_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("plain")
        << u"https://x.example/a?b=1&c=x%20y"_qs
        << QByteArray("{\"url\":\"https://x.example/a\",\"query\":{\"b\":\"1\",\"c\":\"x y\"}}");
    QTest::newRow("none") << u"https://x.example/a?"_qs
                          << QByteArray("{\"url\":\"https://x.example/a\"}");
    QTest::newRow("a name twice") << u"https://x.example/a?b=1&b=2"_qs
                                  << QByteArray("{\"url\":\"https://x.example/a?b=1&b=2\"}");
    QTest::newRow("a name alone") << u"https://x.example/a?b"_qs
                                  << QByteArray("{\"url\":\"https://x.example/a?b\"}");
    QTest::newRow("a plus") << u"https://x.example/a?b=x+y"_qs
                            << QByteArray("{\"url\":\"https://x.example/a?b=x+y\"}");
    QTest::newRow("braces") << u"https://x.example/a?where={%22a%22:1}"_qs
                            << QByteArray(
                                   "{\"url\":\"https://x.example/a?where=%7B%22a%22:1%7D\"}");
    QTest::newRow("beside a key") << u"https://x.example/a?b=1&b=2&api_key=abc"_qs
                                  << QByteArray("{\"url\":\"https://x.example/a?b=1&b=2\"}");
}

void TestRequestDraft::query_becomesMembersWhereNothingIsLost()
{
    QFETCH(const QString, url);
    QFETCH(const QByteArray, request);
    QCOMPARE(draftOf(url).request, request);
    const Guess guess = guessOf({ "[{\"id\":1},{\"id\":2}]" }, url);
    QVERIFY2(guess.problems.isEmpty(), qPrintable(guess.problems.join(u'\n')));
}

void TestRequestDraft::keyInThePath_isAWarning()
{
    const RequestDraft draft = draftOf(u"https://x.example/bot/"_qs % secret % u"/updates"_qs);
    QCOMPARE(draft.warnings.size(), 1);
    QVERIFY(draft.warnings.first().contains(u"path"));
    QVERIFY(!draft.warnings.first().contains(secret));
    QVERIFY(!channelName(QUrl(u"https://x.example/"_qs % secret), {}).contains(secret.toLower()));
}

void TestRequestDraft::post_isWrittenAndRefusedByTheReader()
{
    const Guess guess = guessOf({ "[{\"id\":1},{\"id\":2}]" },
                                u"curl https://x.example/a --json '{\"b\": [1, 2]}'"_qs);
    const QJsonObject request = objectOf(guess).value(u"request").toObject();
    QCOMPARE(request.value(u"method").toString(), u"POST"_qs);
    QCOMPARE(request.value(u"body").toObject().value(u"b").toArray().size(), 2);
    // As soon as the reader takes a POST there are no problems any more.
    QCOMPARE(guess.problems.isEmpty(),
             readDefinition("{\"name\":\"x\",\"request\":{\"url\":\"https://"
                            "x.example\",\"method\":\"POST\",\"body\":{}}}",
                            {})
                 .ok());
}

void TestRequestDraft::names_areMadeOfTheUrl_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("name");
    const auto row = [](const char *url, const char *name) {
        QTest::newRow(name) << QString::fromUtf8(url) << QString::fromUtf8(name);
    };
    row("https://earthquake.usgs.gov/earthquakes/feed/v1.0/summary/all_day.geojson",
        "usgs-all-day");
    row("https://api.example.com/v2/things", "example-things");
    row("https://www.example.co.uk/", "example");
    row("https://environment.data.gov.uk/flood-monitoring/id/floods", "environment-floods");
    row("https://api.example.com/AirQuality", "example-air-quality");
    row("https://example.org/example-list.json.gz", "example-list");
    row("http://127.0.0.1:8080/data/items.json", "127-0-0-1-items");
    row("https://api.example.com/12345/ünïcode", "example-n-code");
}

void TestRequestDraft::names_areMadeOfTheUrl()
{
    QFETCH(const QString, url);
    QFETCH(const QString, name);
    QCOMPARE(channelName(QUrl(url), {}), name);
}

QTEST_GUILESS_MAIN(TestRequestDraft)
#include "tst_requestdraft.moc"
