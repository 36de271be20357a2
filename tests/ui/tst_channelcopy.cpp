#include "ui/channelcopy.h"

#include <QTest>

using namespace restream;

class TestChannelCopy : public QObject
{
    Q_OBJECT

private slots:
    void name_isReplacedAndAllElseStaysAsWritten();
    void keys_areSharedWhereTheOriginalHasThem();
    void nameOfACopy_isOneThatIsFree();
};

void TestChannelCopy::name_isReplacedAndAllElseStaysAsWritten()
{
    QCOMPARE(
        copyOfDefinition("{\n  \"auth\": {\"name\": \"k\"},\n  \"name\" : \"a\", \"x\":1.0 }\n",
                         u"b"_qs, {}),
        QByteArray("{\n  \"auth\": {\"name\": \"k\"},\n  \"name\" : \"b\", \"x\":1.0 }\n"));
}

void TestChannelCopy::keys_areSharedWhereTheOriginalHasThem()
{
    QCOMPARE(copyOfDefinition(R"({"name":"a","x":1})", u"b"_qs, u"a"_qs),
             QByteArray("{\"name\":\"b\",\n  \"keys_from\": \"a\",\"x\":1}"));
    QCOMPARE(copyOfDefinition(R"({"keys_from":"c","name":"a"})", u"b"_qs, u"c"_qs),
             QByteArray(R"({"keys_from":"c","name":"b"})"));
}

void TestChannelCopy::nameOfACopy_isOneThatIsFree()
{
    QCOMPARE(nameOfCopy(u"a"_qs, { u"a"_qs }), u"a-copy"_qs);
    QCOMPARE(nameOfCopy(u"a"_qs, { u"a"_qs, u"a-copy"_qs }), u"a-copy-2"_qs);
    QCOMPARE(nameOfCopy(u"a-copy"_qs, { u"a-copy"_qs }), u"a-copy-2"_qs);
    QCOMPARE(nameOfCopy(u"a-copy-2"_qs, { u"a-copy-2"_qs, u"a-copy"_qs }), u"a-copy-3"_qs);
}

QTEST_GUILESS_MAIN(TestChannelCopy)
#include "tst_channelcopy.moc"
