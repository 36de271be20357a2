#include "core/serve/utf8check.h"

#include <QTest>

using namespace restream;

class TestUtf8Check : public QObject
{
    Q_OBJECT

private slots:
    void text_isGoodOrNot_data();
    void text_isGoodOrNot();
};

void TestUtf8Check::text_isGoodOrNot_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("good");
    QTest::newRow("ascii") << QByteArray("abc\0", 4) << true;
    QTest::newRow("two") << QByteArray("\xc2\x80\xdf\xbf") << true;
    QTest::newRow("three") << QByteArray("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf")
                           << true;
    QTest::newRow("four") << QByteArray("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf") << true;
    QTest::newRow("overlong two") << QByteArray("\xc0\x80") << false;
    QTest::newRow("overlong three") << QByteArray("\xe0\x9f\xbf") << false;
    QTest::newRow("overlong four") << QByteArray("\xf0\x8f\xbf\xbf") << false;
    QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80") << false;
    QTest::newRow("past the end") << QByteArray("\xf4\x90\x80\x80") << false;
    QTest::newRow("lone continuation") << QByteArray("\x80") << false;
    QTest::newRow("five") << QByteArray("\xf8\x88\x80\x80\x80") << false;
    QTest::newRow("cut") << QByteArray("\xe2\x82") << false;
    QTest::newRow("no continuation") << QByteArray("\xe2\x82z") << false;
}

void TestUtf8Check::text_isGoodOrNot()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, good);
    QCOMPARE(isUtf8(text), good);
    Utf8Check check;
    bool fed = true;
    for (const char byte : text)
        fed = fed && check.feed(QByteArrayView(&byte, 1));
    QCOMPARE(fed && check.finish(), good);
}

QTEST_GUILESS_MAIN(TestUtf8Check)
#include "tst_utf8check.moc"
