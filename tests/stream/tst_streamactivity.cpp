#include "core/stream/streamactivity.h"

#include <QTest>

using namespace restream;

class TestStreamActivity : public QObject
{
    Q_OBJECT

private slots:
    void noChanges_areNoMinutes();
    void changesOfAMinute_addUp();
    void quietMinutes_areZeroes();
    void moreThanAnHour_isForgotten();
};

namespace {

constexpr qint64 minute = 60'000;

}

void TestStreamActivity::noChanges_areNoMinutes()
{
    StreamActivity activity;
    activity.add(0, 5 * minute);
    QVERIFY(activity.perMinute(6 * minute).empty());
}

void TestStreamActivity::changesOfAMinute_addUp()
{
    StreamActivity activity;
    activity.add(2, 5 * minute);
    activity.add(3, 6 * minute - 1);
    activity.add(7, 6 * minute);
    QCOMPARE(activity.perMinute(6 * minute), (std::vector<int> { 5, 7 }));
}

void TestStreamActivity::quietMinutes_areZeroes()
{
    StreamActivity activity;
    activity.add(1, 5 * minute);
    activity.add(1, 7 * minute);
    QCOMPARE(activity.perMinute(9 * minute), (std::vector<int> { 1, 0, 1, 0, 0 }));
}

void TestStreamActivity::moreThanAnHour_isForgotten()
{
    StreamActivity activity;
    for (int i = 0; i < 100; ++i)
        activity.add(size_t(i) + 1, i * minute);
    const std::vector<int> counts = activity.perMinute(99 * minute);
    QCOMPARE(counts.size(), size_t(60));
    QCOMPARE(counts.front(), 41);
    QCOMPARE(counts.back(), 100);
    QCOMPARE(activity.perMinute(120 * minute).size(), size_t(60));
    QVERIFY(activity.perMinute(200 * minute).empty());
}

QTEST_GUILESS_MAIN(TestStreamActivity)
#include "tst_streamactivity.moc"
