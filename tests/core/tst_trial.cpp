#include "core/trial.h"
#include "tests/support/fakeclock.h"
#include "tests/support/fakefetcher.h"

#include <QTest>

using namespace restream;

class TestTrial : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void goodBody_showsItsItemsAndKeepsNothing();
    void whatCantBeUsed_isWarnedOf();
    void bodyWithoutItems_isThereToLookAt();
    void badDefinition_isNotPolled();
    void missingParam_isNamed();
    void givenKeys_goBeforeThoseOfTheStore();
    void usedUpQuota_saysWhenAndDoesNotCall();
    void failedCall_tellsHowItWent();
    void destroyed_isNeverAnswered();

private:
    void start(const QByteArray &json, const Params &params = {}, const Keys &keys = {});

    FakeClock m_clock;
    Worker m_worker;
    FetchScript m_script;
    Keys m_stored;
    qint64 m_leave = 0;
    std::unique_ptr<Trial> m_trial;
    std::optional<TryOutcome> m_outcome;
};

namespace {

const QByteArray plain = R"({"name":"a","request":{"url":"https://api.example.com/a"},)"
                         R"("items":"/list","id_field":"id"})";
const QByteArray keyed = R"({"name":"a","request":{"url":"https://api.example.com/{what}"},)"
                         R"("params":{"what":{"pattern":"[a-z]+"}},"id_field":"id",)"
                         R"("auth":{"type":"bearer","key":"token"}})";

}

void TestTrial::init()
{
    m_trial.reset();
    m_outcome.reset();
    m_script = FetchScript();
    m_stored.clear();
    m_leave = 0;
}

void TestTrial::start(const QByteArray &json, const Params &params, const Keys &keys)
{
    m_trial = std::make_unique<Trial>(
        Trial::Context {
            m_clock, m_worker,
            [this](const ChannelDefinition &) { return std::make_unique<FakeFetcher>(m_script); },
            [this](const ChannelDefinition &, const QStringList &names,
                   const std::function<void(Result<Keys>)> &got) {
                Keys found;
                for (const QString &name : names) {
                    if (!m_stored.contains(name))
                        return got(Error { QStringLiteral("key_missing"), name });
                    found.insert(name, m_stored[name]);
                }
                got(found);
            },
            [this](const ChannelDefinition &, const Params &, const Keys &,
                   const std::function<void(Result<qint64>)> &got) { got(m_leave); } },
        [this](const TryOutcome &outcome) { m_outcome = outcome; });
    m_trial->start(json, QStringLiteral("/nowhere/a.json"), params, keys);
}

void TestTrial::goodBody_showsItsItemsAndKeepsNothing()
{
    start(plain);
    QVERIFY(m_script.pending);
    QVERIFY(m_script.request.trace);
    m_clock.advance(120);
    FetchResult result;
    result.kind = FetchResult::Kind::Body;
    result.body = R"({"list":[{"id":1, "v":1.50},{"id":2}]})";
    result.trace = std::make_shared<CallTrace>(
        CallTrace { QStringLiteral("GET https://api.example.com/a"), 200, { { "Age", "3" } } });
    m_script.answer(result);
    QTRY_VERIFY(m_outcome);
    QVERIFY(!m_outcome->error);
    QCOMPARE(m_outcome->items, 2);
    QCOMPARE(m_outcome->firstItems.front().first, QByteArray("1"));
    QCOMPARE(m_outcome->firstItems.front().second, QByteArray(R"({"id":1,"v":1.50})"));
    QCOMPARE(m_outcome->status, 200);
    QCOMPARE(m_outcome->tookMs, 120);
    QCOMPARE(m_outcome->request, QStringLiteral("GET https://api.example.com/a"));
    QVERIFY(m_outcome->warnings.isEmpty());
}

void TestTrial::whatCantBeUsed_isWarnedOf()
{
    start(plain);
    m_script.answerBody(R"({"list":[{"id":1},{"id":1},{"x":1}]})");
    QTRY_VERIFY(m_outcome);
    QCOMPARE(m_outcome->items, 1);
    QCOMPARE(m_outcome->warnings.size(), 2);
}

void TestTrial::bodyWithoutItems_isThereToLookAt()
{
    start(plain);
    m_script.answerBody(R"({"data":[]})");
    QTRY_VERIFY(m_outcome);
    QVERIFY(m_outcome->error);
    QCOMPARE(m_outcome->error->code, QStringLiteral("items_not_found"));
    QCOMPARE(m_outcome->body, QByteArray(R"({"data":[]})"));
}

void TestTrial::badDefinition_isNotPolled()
{
    start(R"({"name":"a","request":{"url":"https://api.example.com/a"},"poll_interval":0})");
    QVERIFY(m_outcome);
    QCOMPARE(m_outcome->error->code, QStringLiteral("bad_definition"));
    QCOMPARE(m_script.calls, 0);
}

void TestTrial::missingParam_isNamed()
{
    start(keyed, {}, { { QStringLiteral("token"), QStringLiteral("x") } });
    QVERIFY(m_outcome);
    QCOMPARE(m_outcome->error->code, QStringLiteral("missing_param"));
}

void TestTrial::givenKeys_goBeforeThoseOfTheStore()
{
    const Params params { { QStringLiteral("what"), QStringLiteral("b") } };
    start(keyed, params);
    QVERIFY(m_outcome);
    QCOMPARE(m_outcome->error->code, QStringLiteral("key_missing"));
    m_outcome.reset();
    m_stored.insert(QStringLiteral("token"), QStringLiteral("stored"));
    start(keyed, params);
    QCOMPARE(m_script.request.keys.value(QStringLiteral("token")), QStringLiteral("stored"));
    start(keyed, params, { { QStringLiteral("token"), QStringLiteral("given") } });
    QCOMPARE(m_script.request.keys.value(QStringLiteral("token")), QStringLiteral("given"));
}

void TestTrial::usedUpQuota_saysWhenAndDoesNotCall()
{
    m_leave = m_clock.wallMs() + 5000;
    start(plain);
    QVERIFY(m_outcome);
    QCOMPARE(m_outcome->error->code, QStringLiteral("rate_limited"));
    QCOMPARE(m_script.calls, 0);
}

void TestTrial::failedCall_tellsHowItWent()
{
    start(plain);
    FetchResult result;
    result.kind = FetchResult::Kind::Failed;
    result.error = { QStringLiteral("http_500"), QStringLiteral("the server failed") };
    result.trace = std::make_shared<CallTrace>(CallTrace { QStringLiteral("GET /"), 500, {} });
    m_script.answer(result);
    QVERIFY(m_outcome);
    QCOMPARE(m_outcome->status, 500);
    QCOMPARE(m_outcome->error->code, QStringLiteral("http_500"));
}

void TestTrial::destroyed_isNeverAnswered()
{
    start(plain);
    m_script.answerBody(R"({"list":[]})");
    m_trial.reset();
    QCoreApplication::processEvents();
    bool later = false;
    m_worker.run([&later] { return [&later] { later = true; }; });
    QTRY_VERIFY(later);
    QVERIFY(!m_outcome);
}

QTEST_GUILESS_MAIN(TestTrial)
#include "tst_trial.moc"
