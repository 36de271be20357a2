#include "tests/ui/fakeengine.h"
#include "ui/troublewatch.h"

#include <QTest>

using namespace restream;

class TestTroubleWatch : public QObject
{
    Q_OBJECT

private slots:
    void beginningAndEnd_areToldOnceEach();
    void keyThatIsMissing_isTrouble();
    void waitingThatWasAskedFor_isNeitherTroubleNorRecovery();
    void channelWithOneOfTwoStreamsFailing_isToldOnce();
    void streamThatEnds_isNoRecovery();
};

void TestTroubleWatch::beginningAndEnd_areToldOnceEach()
{
    FakeEngine engine;
    StreamInfo &stream = engine.addStream(u"a"_qs, "a");
    TroubleWatch watch;
    QVERIFY(watch.update(engine.now).isEmpty());
    stream.status.state = StreamStatus::State::Failing;
    stream.status.error = Error { u"http"_qs, u"the server answered 500"_qs };
    QCOMPARE(watch.update(engine.now),
             QList<TroubleNotice>({ { u"a"_qs, true, u"the server answered 500"_qs } }));
    stream.status.error = Error { u"http"_qs, u"the server answered 502"_qs };
    QVERIFY(watch.update(engine.now).isEmpty());
    stream.status.state = StreamStatus::State::Live;
    stream.status.error.reset();
    QCOMPARE(watch.update(engine.now), QList<TroubleNotice>({ { u"a"_qs, false, {} } }));
    QVERIFY(watch.update(engine.now).isEmpty());
}

void TestTroubleWatch::keyThatIsMissing_isTrouble()
{
    FakeEngine engine;
    StreamInfo &stream = engine.addStream(u"a"_qs, "a");
    stream.status.state = StreamStatus::State::Paused;
    stream.status.error = Error { u"key_missing"_qs, u"the key is missing"_qs };
    TroubleWatch watch;
    QCOMPARE(watch.update(engine.now),
             QList<TroubleNotice>({ { u"a"_qs, true, u"the key is missing"_qs } }));
}

void TestTroubleWatch::waitingThatWasAskedFor_isNeitherTroubleNorRecovery()
{
    FakeEngine engine;
    StreamInfo &stream = engine.addStream(u"a"_qs, "a");
    TroubleWatch watch;
    stream.status.state = StreamStatus::State::RateLimited;
    QVERIFY(watch.update(engine.now).isEmpty());
    stream.status.state = StreamStatus::State::Failing;
    QCOMPARE(watch.update(engine.now).size(), 1);
    stream.status.state = StreamStatus::State::RateLimited;
    QVERIFY(watch.update(engine.now).isEmpty());
    stream.status.state = StreamStatus::State::Failing;
    QVERIFY(watch.update(engine.now).isEmpty());
}

void TestTroubleWatch::channelWithOneOfTwoStreamsFailing_isToldOnce()
{
    FakeEngine engine;
    engine.addStream(u"a"_qs, "a?x=1").status.state = StreamStatus::State::Failing;
    engine.addStream(u"a"_qs, "a?x=2");
    TroubleWatch watch;
    QCOMPARE(watch.update(engine.now).size(), 1);
    engine.now.streams[1].status.state = StreamStatus::State::Failing;
    QVERIFY(watch.update(engine.now).isEmpty());
    engine.now.streams[0].status.state = StreamStatus::State::Live;
    QVERIFY(watch.update(engine.now).isEmpty());
    engine.now.streams[1].status.state = StreamStatus::State::Live;
    QCOMPARE(watch.update(engine.now), QList<TroubleNotice>({ { u"a"_qs, false, {} } }));
}

void TestTroubleWatch::streamThatEnds_isNoRecovery()
{
    FakeEngine engine;
    engine.addStream(u"a"_qs, "a").status.state = StreamStatus::State::Failing;
    TroubleWatch watch;
    QCOMPARE(watch.update(engine.now).size(), 1);
    engine.now.streams.clear();
    QVERIFY(watch.update(engine.now).isEmpty());
    engine.addStream(u"a"_qs, "a");
    QVERIFY(watch.update(engine.now).isEmpty());
}

QTEST_GUILESS_MAIN(TestTroubleWatch)
#include "tst_troublewatch.moc"
