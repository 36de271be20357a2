#include "tests/ui/fakeengine.h"
#include "ui/statustext.h"

#include <QTest>

using namespace restream;

class TestStatusText : public QObject
{
    Q_OBJECT

private slots:
    void times_areSaidInTheUnitThatFits();
    void status_saysWhatKeepsDataFromFlowingFirst();
    void status_putsTroubleOfSubscribersBeforeWorseTroubleOfNobody();
    void streamLine_saysHowTheStreamIsDoing();
};

void TestStatusText::times_areSaidInTheUnitThatFits()
{
    QCOMPARE(agoText(1000, 1500), u"just now"_qs);
    QCOMPARE(agoText(1000, 6000), u"5 s ago"_qs);
    QCOMPARE(agoText(0, 200'000), u"3 min ago"_qs);
    QCOMPARE(agoText(0, 7'300'000), u"2 h ago"_qs);
    QCOMPARE(agoText(0, 5 * 86'400'000LL), u"5 days ago"_qs);
    QCOMPARE(agoText(9000, 1000), u"just now"_qs); // the clock was set back
    QCOMPARE(inText(1000, 1000), u"now"_qs);
    QCOMPARE(inText(1400, 1000), u"in 1 s"_qs);
    QCOMPARE(inText(121'000, 1000), u"in 2 min"_qs);
    QCOMPARE(inText(0, 90'000), u"now"_qs);
    QCOMPARE(countText(1, u"client"_qs, u"clients"_qs), u"1 client"_qs);
    QCOMPARE(countText(2345, u"client"_qs, u"clients"_qs), u"2,345 clients"_qs);
}

void TestStatusText::status_saysWhatKeepsDataFromFlowingFirst()
{
    FakeEngine engine;
    const auto text = [&](const StreamInfo *watched = nullptr) {
        return statusMessage(engine.now, watched).text;
    };
    QCOMPARE(text(), u"Ready: no client is connected yet"_qs);
    QCOMPARE(statusMessage(engine.now, nullptr).state, ChannelState::Idle);
    engine.now.clients = 3;
    engine.addStream(u"a"_qs, "a").subscribers = 1;
    QCOMPARE(text(), u"3 clients connected, 1 stream in use"_qs);
    QCOMPARE(statusMessage(engine.now, nullptr).state, ChannelState::Live);
    engine.now.problems = QStringList { u"x.json:1: /name: bad"_qs };
    QVERIFY(text().startsWith(u"1 problem in channel definitions"_qs));
    engine.now.streams[0].status.state = StreamStatus::State::Failing;
    engine.now.streams[0].status.error = Error { u"http"_qs, u"the server answered 500"_qs };
    QCOMPARE(text(), u"a is failing: the server answered 500"_qs);
    QCOMPARE(statusMessage(engine.now, nullptr).channel, u"a"_qs);
    StreamInfo &watched = engine.addStream(u"b"_qs, "b?x=1");
    watched.status.state = StreamStatus::State::Paused;
    watched.status.error = Error { u"key_missing"_qs, u"the key api-key is missing"_qs };
    QCOMPARE(text(&watched),
             u"b?x=1 is paused (and 1 more in trouble): the key api-key is missing"_qs);
    engine.now.url.clear();
    QVERIFY(text(&watched).startsWith(u"The server is stopped"_qs));
}

void TestStatusText::status_putsTroubleOfSubscribersBeforeWorseTroubleOfNobody()
{
    FakeEngine engine;
    engine.addStream(u"a"_qs, "a").status.state = StreamStatus::State::Paused;
    engine.addStream(u"b"_qs, "b").status.state = StreamStatus::State::RateLimited;
    engine.addStream(u"c"_qs, "c").status.state = StreamStatus::State::Failing;
    QCOMPARE(statusMessage(engine.now, nullptr).channel, u"a"_qs);
    engine.now.streams[1].subscribers = 1;
    QCOMPARE(statusMessage(engine.now, nullptr).channel, u"b"_qs);
    engine.now.streams[2].subscribers = 1;
    QCOMPARE(statusMessage(engine.now, nullptr).channel, u"c"_qs);
}

void TestStatusText::streamLine_saysHowTheStreamIsDoing()
{
    StreamInfo stream;
    stream.items = 1234;
    stream.subscribers = 1;
    QCOMPARE(streamLine(stream, 10'000), u"1,234 items  ·  1 subscriber"_qs);
    stream.status.lastOkMs = 5'000;
    stream.status.nextPollMs = 65'000;
    QCOMPARE(streamLine(stream, 10'000),
             u"polled 5 s ago  ·  next poll in 55 s  ·  1,234 items  ·  1 subscriber"_qs);
    stream.status.stale = true;
    QVERIFY(streamLine(stream, 10'000).contains(u"(stale)"_qs));
}

QTEST_GUILESS_MAIN(TestStatusText)
#include "tst_statustext.moc"
