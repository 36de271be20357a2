#include "tests/ui/fakeengine.h"
#include "ui/channellistmodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace restream;

class TestChannelListModel : public QObject
{
    Q_OBJECT

private slots:
    void channels_carryWhatTheirStreamsDo();
    void worstStreamDecidesTheState();
    void channelsComeAndGo_withoutReset();
    void sameSnapshotAgain_tellsNothing();
};

void TestChannelListModel::channels_carryWhatTheirStreamsDo()
{
    FakeEngine engine;
    engine.addChannel(u"a"_qs, u"The first"_qs);
    engine.addChannel(u"b"_qs);
    engine.addStream(u"a"_qs, "a?x=1").subscribers = 2;
    engine.addStream(u"a"_qs, "a?x=2").subscribers = 3;
    ChannelListModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSnapshot(engine.now);
    QCOMPARE(model.rowCount(), 2);
    const QModelIndex a = model.index(0);
    QCOMPARE(a.data().toString(), u"a"_qs);
    QCOMPARE(a.data(ChannelListModel::DescriptionRole).toString(), u"The first"_qs);
    QCOMPARE(a.data(ChannelListModel::StreamsRole).toInt(), 2);
    QCOMPARE(a.data(ChannelListModel::SubscribersRole).toInt(), 5);
    QCOMPARE(ChannelState(a.data(ChannelListModel::StateRole).toInt()), ChannelState::Live);
    QCOMPARE(a.data(Qt::AccessibleTextRole).toString(), u"a, Live, 5 subscribers"_qs);
    QCOMPARE(ChannelState(model.index(1).data(ChannelListModel::StateRole).toInt()),
             ChannelState::Idle);
    QCOMPARE(model.rowOf(u"b"_qs), 1);
    QCOMPARE(model.rowOf(u"c"_qs), -1);
    QVERIFY(!model.channel(u"c"_qs));
}

void TestChannelListModel::worstStreamDecidesTheState()
{
    FakeEngine engine;
    engine.addChannel(u"a"_qs);
    engine.addStream(u"a"_qs, "a?x=1").status.state = StreamStatus::State::Paused;
    engine.addStream(u"a"_qs, "a?x=2").status.state = StreamStatus::State::Live;
    engine.addStream(u"a"_qs, "a?x=3").status.state = StreamStatus::State::Failing;
    ChannelListModel model;
    model.setSnapshot(engine.now);
    QCOMPARE(ChannelState(model.index(0).data(ChannelListModel::StateRole).toInt()),
             ChannelState::Paused);
}

void TestChannelListModel::channelsComeAndGo_withoutReset()
{
    FakeEngine engine;
    for (const QString &name : { u"b"_qs, u"d"_qs, u"f"_qs })
        engine.addChannel(name);
    ChannelListModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSnapshot(engine.now);
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    const QPersistentModelIndex f = model.index(2);
    engine.now.channels.removeAt(1);
    engine.addChannel(u"a"_qs);
    engine.addChannel(u"e"_qs);
    engine.addChannel(u"z"_qs);
    model.setSnapshot(engine.now);
    QStringList names;
    for (int row = 0; row < model.rowCount(); ++row)
        names.append(model.index(row).data().toString());
    QCOMPARE(names, QStringList({ u"a"_qs, u"b"_qs, u"e"_qs, u"f"_qs, u"z"_qs }));
    QCOMPARE(f.row(), 3);
    engine.now.channels.clear();
    model.setSnapshot(engine.now);
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(resets.count(), 0);
}

void TestChannelListModel::sameSnapshotAgain_tellsNothing()
{
    FakeEngine engine;
    engine.addChannel(u"a"_qs);
    StreamInfo &stream = engine.addStream(u"a"_qs, "a");
    ChannelListModel model;
    model.setSnapshot(engine.now);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setSnapshot(engine.now);
    QCOMPARE(changed.count(), 0);
    stream.subscribers = 1;
    model.setSnapshot(engine.now);
    QCOMPARE(changed.count(), 1);
}

QTEST_GUILESS_MAIN(TestChannelListModel)
#include "tst_channellistmodel.moc"
