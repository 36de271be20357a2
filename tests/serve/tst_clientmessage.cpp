#include "core/serve/clientmessage.h"

#include <QTest>

using namespace restream;

using Action = ClientMessage::Action;
using Protocol = ClientMessage::Protocol;

class TestClientMessage : public QObject
{
    Q_OBJECT

private slots:
    void subscribe_isTakenApart();
    void params_becomeTheirJsonTextAsSent();
    void specialNames_arePlainData();
    void action_isCaseInsensitiveOnlyForItems();
    void badMessage_namesTheMember_data();
    void badMessage_namesTheMember();
    void ref_isKeptVerbatimAlsoWithAnError();
    void since_isRubbish_matchesNothing_data();
    void since_isRubbish_matchesNothing();
};

void TestClientMessage::subscribe_isTakenApart()
{
    const ParsedMessage parsed = parseClientMessage(
        R"( {"action":"subscribe","channel":"quakes","params":{"level":"all"},"ref":1.50,)"
        R"("updates":"merge","since":{"epoch":"k3w9","seq":41},"snapshot":false,"unknown":[]} )",
        Protocol::Changes);
    QVERIFY(!parsed.error);
    const ClientMessage &message = parsed.message;
    QCOMPARE(message.action, Action::Subscribe);
    QCOMPARE(message.channel, QStringLiteral("quakes"));
    QCOMPARE(message.params, Params({ { QStringLiteral("level"), QStringLiteral("all") } }));
    QCOMPARE(message.ref, QByteArray("1.50"));
    QCOMPARE(message.updates, UpdateForm::Merge);
    QVERIFY(!message.snapshot);
    QCOMPARE(message.since->epoch, QByteArray("k3w9"));
    QCOMPARE(message.since->seq, 41);
}

void TestClientMessage::params_becomeTheirJsonTextAsSent()
{
    const ParsedMessage parsed = parseClientMessage(
        R"({"action":"subscribe","channel":"c","params":{"a":1.50,"b":true,"c":9007199254740993,)"
        R"("d":"\u00e9\ud83d\ude00","e":-0,"a":2}})",
        Protocol::Items);
    QVERIFY(!parsed.error);
    const Params &params = parsed.message.params;
    QCOMPARE(params.value(QStringLiteral("a")), QStringLiteral("2"));
    QCOMPARE(params.value(QStringLiteral("b")), QStringLiteral("true"));
    QCOMPARE(params.value(QStringLiteral("c")), QStringLiteral("9007199254740993"));
    QCOMPARE(params.value(QStringLiteral("d")), QString::fromUtf8("\u00e9\U0001F600"));
    QCOMPARE(params.value(QStringLiteral("e")), QStringLiteral("-0"));
}

void TestClientMessage::specialNames_arePlainData()
{
    const ParsedMessage parsed = parseClientMessage(
        R"({"action":"subscribe","channel":"constructor","params":{"__proto__":"x"}})",
        Protocol::Changes);
    QVERIFY(!parsed.error);
    QCOMPARE(parsed.message.channel, QStringLiteral("constructor"));
    QCOMPARE(parsed.message.params.value(QStringLiteral("__proto__")), QStringLiteral("x"));
}

void TestClientMessage::action_isCaseInsensitiveOnlyForItems()
{
    const auto actionOf = [](const QByteArray &word, Protocol protocol) {
        return parseClientMessage(QByteArray("{\"action\":\"" + word + "\",\"channel\":\"c\"}"),
                                  protocol);
    };
    QCOMPARE(actionOf("SubScribe", Protocol::Items).message.action, Action::Subscribe);
    QCOMPARE(actionOf("UNSUBSCRIBE-ALL", Protocol::Items).message.action, Action::UnsubscribeAll);
    QCOMPARE(actionOf("unsubscribe_all", Protocol::Items).message.action, Action::UnsubscribeAll);
    QCOMPARE(actionOf("list", Protocol::Items).error->code, QStringLiteral("unknown_action"));
    QCOMPARE(actionOf("list", Protocol::Changes).message.action, Action::List);
    QCOMPARE(actionOf("LIST", Protocol::Changes).error->code, QStringLiteral("unknown_action"));
}

void TestClientMessage::badMessage_namesTheMember_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("named");
    const auto row = [](const char *name, const QByteArray &text, const char *code,
                        const char *named) {
        QTest::newRow(name) << text << QString::fromLatin1(code) << QString::fromLatin1(named);
    };
    row("not json", "{\"action\":", "bad_message", "at byte 10");
    row("not utf-8", "{\"action\":\"\xff\"}", "bad_message", "byte 11");
    row("list", "[]", "bad_message", "object");
    row("number", "1", "bad_message", "object");
    row("no action", "{}", "bad_message", "\"action\"");
    row("action is a number", R"({"action":1})", "bad_message", "\"action\"");
    row("unknown action", R"({"action":"jump"})", "unknown_action", "jump");
    row("no channel", R"({"action":"subscribe"})", "bad_message", "\"channel\"");
    row("channel is null", R"({"action":"unsubscribe","channel":null})", "bad_message",
        "\"channel\"");
    row("params are a list", R"({"action":"subscribe","channel":"c","params":[]})", "bad_message",
        "\"params\"");
    row("param is null", R"({"action":"subscribe","channel":"c","params":{"p":null}})", "bad_param",
        "\"p\"");
    row("param is a list", R"({"action":"subscribe","channel":"c","params":{"p":[1]}})",
        "bad_param", "\"p\"");
    row("param is an object", R"({"action":"subscribe","channel":"c","params":{"p":{}}})",
        "bad_param", "\"p\"");
    row("half a pair", R"({"action":"subscribe","channel":"c","params":{"p":"\ud800"}})",
        "bad_param", "\"p\"");
    row("half a pair in a name", R"({"action":"subscribe","channel":"c","params":{"\ud800":"v"}})",
        "bad_param", "name");
    row("updates", R"({"action":"subscribe","channel":"c","updates":"diff"})", "bad_message",
        "\"patch\"");
    row("updates is a number", R"({"action":"subscribe","channel":"c","updates":1})", "bad_message",
        "\"updates\"");
    row("snapshot", R"({"action":"subscribe","channel":"c","snapshot":1})", "bad_message",
        "\"snapshot\"");
    row("every", R"({"action":"subscribe","channel":"c","every":500})", "bad_message",
        "not supported yet");
    row("ref is a list", R"({"action":"ping","ref":[]})", "bad_message", "\"ref\"");
    row("deep", QByteArray(2000, '[') + QByteArray(2000, ']'), "bad_message", "byte");
}

void TestClientMessage::badMessage_namesTheMember()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, code);
    QFETCH(QString, named);
    const ParsedMessage parsed = parseClientMessage(text, Protocol::Changes);
    QVERIFY(parsed.error);
    QCOMPARE(parsed.error->code, code);
    QVERIFY2(parsed.error->message.contains(named), qPrintable(parsed.error->message));
}

void TestClientMessage::ref_isKeptVerbatimAlsoWithAnError()
{
    const ParsedMessage parsed =
        parseClientMessage(R"({"action":"jump","ref":"\u0041 1"})", Protocol::Changes);
    QVERIFY(parsed.error);
    QCOMPARE(parsed.message.ref, QByteArray(R"("\u0041 1")"));
    const ParsedMessage null =
        parseClientMessage(R"({"action":"ping","ref":null})", Protocol::Changes);
    QVERIFY(!null.error);
    QVERIFY(null.message.ref.isEmpty());
}

void TestClientMessage::since_isRubbish_matchesNothing_data()
{
    QTest::addColumn<QByteArray>("since");
    for (const char *since :
         { "1", "\"k3w9:41\"", "[]", "{}", R"({"epoch":"k3w9"})", R"({"seq":1})",
           R"({"epoch":1,"seq":1})", R"({"epoch":"k3w9","seq":-1})",
           R"({"epoch":"k3w9","seq":"1"})", R"({"epoch":"k3w9","seq":1.5})",
           R"({"epoch":"k3w9","seq":1e99})", R"({"epoch":"k3w9","seq":99999999999999999999})" })
        QTest::newRow(since) << QByteArray(since);
}

void TestClientMessage::since_isRubbish_matchesNothing()
{
    QFETCH(QByteArray, since);
    const ParsedMessage parsed = parseClientMessage(
        QByteArray(R"({"action":"subscribe","channel":"c","since":)" + since + '}'),
        Protocol::Changes);
    QVERIFY(!parsed.error);
    QVERIFY(parsed.message.since);
    QCOMPARE(parsed.message.since->seq, -1);
    QVERIFY(parsed.message.since->epoch.isEmpty());
}

QTEST_GUILESS_MAIN(TestClientMessage)
#include "tst_clientmessage.moc"
