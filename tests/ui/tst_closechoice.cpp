#include "ui/closechoice.h"

#include <QTest>

using namespace restream;

class TestCloseChoice : public QObject
{
    Q_OBJECT

private slots:
    void nobodySubscribes_quits();
    void somebodySubscribes_goesOnInTheTrayAndSaysSoOnce();
    void somebodySubscribesAndThereIsNoTray_asks();
    void minimisingIsWished_hidesAlsoWithoutSubscribers();
};

void TestCloseChoice::nobodySubscribes_quits()
{
    QCOMPARE(closeChoice({ 0, true, false, false }), CloseChoice::Quit);
    QCOMPARE(closeChoice({ 0, false, false, false }), CloseChoice::Quit);
}

void TestCloseChoice::somebodySubscribes_goesOnInTheTrayAndSaysSoOnce()
{
    QCOMPARE(closeChoice({ 1, true, false, false }), CloseChoice::HideAndTell);
    QCOMPARE(closeChoice({ 1, true, false, true }), CloseChoice::Hide);
}

void TestCloseChoice::somebodySubscribesAndThereIsNoTray_asks()
{
    QCOMPARE(closeChoice({ 1, false, false, true }), CloseChoice::Ask);
    QCOMPARE(closeChoice({ 1, false, true, true }), CloseChoice::Ask);
}

void TestCloseChoice::minimisingIsWished_hidesAlsoWithoutSubscribers()
{
    QCOMPARE(closeChoice({ 0, true, true, true }), CloseChoice::Hide);
    QCOMPARE(closeChoice({ 0, false, true, true }), CloseChoice::Quit); // where would it be?
}

QTEST_GUILESS_MAIN(TestCloseChoice)
#include "tst_closechoice.moc"
