#include "core/poll/calltrace.h"
#include "core/poll/httpclient.h"

#include <QTest>

using namespace restream;

class TestCallTrace : public QObject
{
    Q_OBJECT

private slots:
    void requestText_showsWhatIsSentAndMasksKeys();
    void keyBehindAQuery_isAppendedToIt();
};

void TestCallTrace::requestText_showsWhatIsSentAndMasksKeys()
{
    HttpRequest request;
    request.url = QUrl(QStringLiteral("https://api.example.com/a%20b"));
    request.headers = { { "Accept", "application/json" } };
    request.secretQuery = { { QStringLiteral("api key"), QStringLiteral("s3cret") } };
    request.secretHeaders = { { "Authorization", "Bearer s3cret" } };
    const QString text = requestText(request);
    QCOMPARE(text,
             QStringLiteral("GET https://api.example.com/a%20b?api%20key=\u2022\u2022\u2022\n"
                            "Accept: application/json\nAuthorization: \u2022\u2022\u2022"));
    QVERIFY(!text.contains(QStringLiteral("s3cret")));
}

void TestCallTrace::keyBehindAQuery_isAppendedToIt()
{
    HttpRequest request;
    request.url = QUrl(QStringLiteral("https://api.example.com/a?b=c#d"));
    request.secretQuery = { { QStringLiteral("key"), QStringLiteral("s3cret") } };
    QCOMPARE(requestText(request),
             QStringLiteral("GET https://api.example.com/a?b=c&key=\u2022\u2022\u2022"));
}

QTEST_GUILESS_MAIN(TestCallTrace)
#include "tst_calltrace.moc"
