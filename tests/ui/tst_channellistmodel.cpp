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
    void channels_areGroupedTheUsersOwnFirst();
    void channels_carryWhatTheirStreamsDo();
    void changesPerMinute_areAddedUpFromTheLatest();
    void worstStreamDecidesTheState();
    void trouble_isSaidUnderTheName();
    void time_makesLinesOlderAndTellsJustThose();
    void channelsAndGroupsComeAndGo_withoutReset();
    void channelThatBecomesTheUsers_changesItsGroup();
    void sameSnapshotAgain_tellsNothing();

private:
    static QStringList names(const ChannelListModel &model);
};

/// "Group/channel" of each.
QStringList TestChannelListModel::names(const ChannelListModel &model)
{
    QStringList names;
    for (int group = 0; group < model.rowCount(); ++group) {
        const QModelIndex parent = model.index(group, 0);
        for (int row = 0; row < model.rowCount(parent); ++row)
            names.append(parent.data().toString() % u'/'
                         % model.index(row, 0, parent).data().toString());
    }
    return names;
}

void TestChannelListModel::channels_areGroupedTheUsersOwnFirst()
{
    FakeEngine engine;
    for (const QString &name : { u"a"_qs, u"b"_qs, u"c"_qs, u"d"_qs })
        engine.addChannel(name);
    engine.now.channels[0].group = u"earth"_qs;
    engine.now.channels[1].builtIn = false;
    engine.now.channels[1].group = u"earth"_qs;
    engine.now.channels[2].group = u"demo"_qs;
    ChannelListModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSnapshot(engine.now, 0);
    QCOMPARE(names(model),
             QStringList({ u"Yours/b"_qs, u"Catalog/d"_qs, u"Catalog: Demo/c"_qs,
                           u"Catalog: Earth/a"_qs }));
    QCOMPARE(model.channelCount(), 4);
    QCOMPARE(model.indexOf(u"c"_qs).data(ChannelListModel::NameRole).toString(), u"c"_qs);
    QVERIFY(!model.indexOf(u"x"_qs).isValid());
    QVERIFY(!model.channel(u"x"_qs));
    QVERIFY(model.index(0, 0).data(ChannelListModel::NameRole).toString().isEmpty());
}

void TestChannelListModel::channels_carryWhatTheirStreamsDo()
{
    FakeEngine engine;
    engine.addChannel(u"a"_qs, u"The first"_qs);
    engine.addChannel(u"b"_qs, u"The second"_qs);
    for (const QByteArray name : { "a?x=1", "a?x=2" }) {
        StreamInfo &stream = engine.addStream(u"a"_qs, name);
        stream.subscribers = name.endsWith('1') ? 2 : 3;
        stream.status.lastOkMs = name.endsWith('1') ? 95'000 : 90'000;
        stream.status.nextPollMs = name.endsWith('1') ? 155'000 : 150'000;
    }
    ChannelListModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSnapshot(engine.now, 100'000);
    const QModelIndex a = model.indexOf(u"a"_qs);
    QCOMPARE(a.data().toString(), u"a"_qs);
    QCOMPARE(a.data(ChannelListModel::DescriptionRole).toString(), u"The first"_qs);
    QCOMPARE(a.data(ChannelListModel::StreamsRole).toInt(), 2);
    QCOMPARE(a.data(ChannelListModel::SubscribersRole).toInt(), 5);
    QCOMPARE(ChannelState(a.data(ChannelListModel::StateRole).toInt()), ChannelState::Live);
    QCOMPARE(a.data(ChannelListModel::DetailRole).toString(),
             u"2 streams · polled 5 s ago · next in 50 s"_qs);
    QCOMPARE(a.data(Qt::AccessibleTextRole).toString(), u"a, Live, 5 subscribers"_qs);
    const QModelIndex b = model.indexOf(u"b"_qs);
    QCOMPARE(ChannelState(b.data(ChannelListModel::StateRole).toInt()), ChannelState::Idle);
    QCOMPARE(b.data(ChannelListModel::DetailRole).toString(), u"The second"_qs);
}

void TestChannelListModel::changesPerMinute_areAddedUpFromTheLatest()
{
    FakeEngine engine;
    engine.addChannel(u"a"_qs);
    engine.addStream(u"a"_qs, "a?x=1").changesPerMinute = { 1, 2, 3 };
    engine.addStream(u"a"_qs, "a?x=2").changesPerMinute = { 10 };
    engine.addStream(u"a"_qs, "a?x=3").changesPerMinute = { 100, 0, 0, 0 };
    ChannelListModel model;
    model.setSnapshot(engine.now, 0);
    QCOMPARE(model.indexOf(u"a"_qs).data(ChannelListModel::ActivityRole).value<QList<int>>(),
             QList<int>({ 100, 1, 2, 13 }));
}

void TestChannelListModel::worstStreamDecidesTheState()
{
    FakeEngine engine;
    engine.addChannel(u"a"_qs);
    engine.addStream(u"a"_qs, "a?x=1").status.state = StreamStatus::State::Paused;
    engine.addStream(u"a"_qs, "a?x=2").status.state = StreamStatus::State::Live;
    engine.addStream(u"a"_qs, "a?x=3").status.state = StreamStatus::State::Failing;
    ChannelListModel model;
    model.setSnapshot(engine.now, 0);
    QCOMPARE(ChannelState(model.indexOf(u"a"_qs).data(ChannelListModel::StateRole).toInt()),
             ChannelState::Paused);
    QCOMPARE(ChannelState(model.index(0, 0).data(ChannelListModel::StateRole).toInt()),
             ChannelState::Paused); // and that of the group
}

void TestChannelListModel::trouble_isSaidUnderTheName()
{
    FakeEngine engine;
    engine.addChannel(u"a"_qs, u"The first"_qs);
    StreamInfo &limited = engine.addStream(u"a"_qs, "a?x=1");
    limited.status.state = StreamStatus::State::RateLimited;
    limited.status.reason = u"the API said wait"_qs;
    StreamInfo &failing = engine.addStream(u"a"_qs, "a?x=2");
    failing.status.state = StreamStatus::State::Failing;
    failing.status.error = Error { u"http"_qs, u"the server answered 500"_qs };
    ChannelListModel model;
    model.setSnapshot(engine.now, 0);
    const QModelIndex a = model.indexOf(u"a"_qs);
    QCOMPARE(a.data(ChannelListModel::DetailRole).toString(), u"the server answered 500"_qs);
    QVERIFY(a.data(Qt::ToolTipRole).toString().contains(u"Failing: the server answered 500"_qs));
}

void TestChannelListModel::time_makesLinesOlderAndTellsJustThose()
{
    FakeEngine engine;
    engine.addChannel(u"a"_qs);
    engine.addChannel(u"b"_qs, u"idle"_qs);
    engine.addStream(u"a"_qs, "a").status.lastOkMs = 1000;
    ChannelListModel model;
    model.setSnapshot(engine.now, 2000);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setNow(2100);
    QCOMPARE(changed.count(), 0); // still "1 s ago"
    model.setNow(9000);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed.first().first().toModelIndex(), model.indexOf(u"a"_qs));
    QCOMPARE(model.indexOf(u"a"_qs).data(ChannelListModel::DetailRole).toString(),
             u"polled 8 s ago"_qs);
}

void TestChannelListModel::channelsAndGroupsComeAndGo_withoutReset()
{
    FakeEngine engine;
    for (const QString &name : { u"b"_qs, u"d"_qs, u"f"_qs })
        engine.addChannel(name);
    ChannelListModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSnapshot(engine.now, 0);
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    const QPersistentModelIndex f = model.indexOf(u"f"_qs);
    engine.now.channels.removeAt(1);
    engine.addChannel(u"a"_qs);
    engine.addChannel(u"e"_qs);
    engine.addChannel(u"z"_qs);
    engine.now.channels.last().builtIn = false; // its group comes before that of f
    model.setSnapshot(engine.now, 0);
    QCOMPARE(names(model),
             QStringList({ u"Yours/z"_qs, u"Catalog/a"_qs, u"Catalog/b"_qs, u"Catalog/e"_qs,
                           u"Catalog/f"_qs }));
    QCOMPARE(f.row(), 3);
    QCOMPARE(f.parent().row(), 1);
    QCOMPARE(f.data().toString(), u"f"_qs);
    engine.now.channels.clear();
    model.setSnapshot(engine.now, 0);
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(resets.count(), 0);
}

void TestChannelListModel::channelThatBecomesTheUsers_changesItsGroup()
{
    FakeEngine engine;
    engine.addChannel(u"a"_qs);
    engine.addChannel(u"b"_qs);
    ChannelListModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSnapshot(engine.now, 0);
    engine.now.channels[1].builtIn = false;
    model.setSnapshot(engine.now, 0);
    QCOMPARE(names(model), QStringList({ u"Yours/b"_qs, u"Catalog/a"_qs }));
    engine.now.channels[0].builtIn = false;
    model.setSnapshot(engine.now, 0);
    QCOMPARE(names(model), QStringList({ u"Yours/a"_qs, u"Yours/b"_qs }));
}

void TestChannelListModel::sameSnapshotAgain_tellsNothing()
{
    FakeEngine engine;
    engine.addChannel(u"a"_qs);
    StreamInfo &stream = engine.addStream(u"a"_qs, "a");
    ChannelListModel model;
    model.setSnapshot(engine.now, 0);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setSnapshot(engine.now, 0);
    QCOMPARE(changed.count(), 0);
    stream.subscribers = 1;
    model.setSnapshot(engine.now, 0);
    QCOMPARE(changed.count(), 1);
}

QTEST_GUILESS_MAIN(TestChannelListModel)
#include "tst_channellistmodel.moc"
