#include "core/poll/bodydecoder.h"
#include "tests/support/faultserver.h"

#include <QTest>

using namespace restream;

using Coding = BodyDecoder::Coding;
using Outcome = BodyDecoder::Outcome;

class TestBodyDecoder : public QObject
{
    Q_OBJECT

private slots:
    void codingOf_knowsGzipAndNothingElse();
    void gzipInPiecesOfAnySize_isTheSameBody_data();
    void gzipInPiecesOfAnySize_isTheSameBody();
    void gzipMembersInARow_areOneBody();
    void gzipCutAnywhere_isBroken();
    void gzipFollowedByGarbage_isBroken();
    void gzipWithAWrongChecksum_isBroken();
    void plainTextSaidToBeGzip_isBroken();
    void bodyOfExactlyTheCap_passes();
    void bodyOverTheCap_isTooLargeAndKeepsWhatFits();
    void gzipBomb_isTooLargeWithoutBeingHeld();
    void endlessEmptyGzipMembers_areTooLarge();
};

void TestBodyDecoder::codingOf_knowsGzipAndNothingElse()
{
    QCOMPARE(BodyDecoder::codingOf(""), Coding::Identity);
    QCOMPARE(BodyDecoder::codingOf("identity"), Coding::Identity);
    QCOMPARE(BodyDecoder::codingOf(" GZip "), Coding::Gzip);
    QCOMPARE(BodyDecoder::codingOf("x-gzip"), Coding::Gzip);
    for (const char *other : { "br", "deflate", "zstd", "gzip, gzip", "rot13" })
        QCOMPARE(BodyDecoder::codingOf(other), std::nullopt);
}

void TestBodyDecoder::gzipInPiecesOfAnySize_isTheSameBody_data()
{
    QTest::addColumn<int>("piece");
    for (const int piece : { 1, 7, 1000, 1000000 })
        QTest::addRow("%d bytes", piece) << piece;
}

void TestBodyDecoder::gzipInPiecesOfAnySize_isTheSameBody()
{
    QFETCH(int, piece);
    QByteArray body;
    for (int i = 0; i < 40000; ++i)
        body += QByteArray::number(i * 2654435761LL);
    const QByteArray stream = gzipped(body);
    BodyDecoder decoder(Coding::Gzip, body.size());
    for (qsizetype at = 0; at < stream.size(); at += piece)
        QCOMPARE(decoder.add(stream.mid(at, piece)), Outcome::Ok);
    QCOMPARE(decoder.finish(), Outcome::Ok);
    QVERIFY(decoder.take() == body);
}

void TestBodyDecoder::gzipMembersInARow_areOneBody()
{
    BodyDecoder decoder(Coding::Gzip, 100);
    QCOMPARE(decoder.add(QByteArray(gzipped("one, ") + gzipped("two"))), Outcome::Ok);
    QCOMPARE(decoder.add(gzipped(", three")), Outcome::Ok);
    QCOMPARE(decoder.finish(), Outcome::Ok);
    QCOMPARE(decoder.take(), QByteArray("one, two, three"));
}

void TestBodyDecoder::gzipCutAnywhere_isBroken()
{
    const QByteArray stream = gzipped("[1,2,3,4,5,6,7,8,9]");
    for (qsizetype length = 0; length < stream.size(); ++length) {
        BodyDecoder decoder(Coding::Gzip, 100);
        QCOMPARE(decoder.add(stream.first(length)), Outcome::Ok);
        QCOMPARE(decoder.finish(), Outcome::Broken);
    }
}

void TestBodyDecoder::gzipFollowedByGarbage_isBroken()
{
    for (const QByteArray &garbage :
         { QByteArray("x"), QByteArray(1, '\0'), QByteArray("\x1fnot gzip") }) {
        BodyDecoder decoder(Coding::Gzip, 100);
        const bool broken = decoder.add(QByteArray(gzipped("[1]") + garbage)) == Outcome::Broken
            || decoder.finish() == Outcome::Broken;
        QVERIFY(broken);
    }
}

void TestBodyDecoder::gzipWithAWrongChecksum_isBroken()
{
    QByteArray stream = gzipped("[1,2,3]");
    stream[stream.size() - 6] = char(stream.at(stream.size() - 6) ^ 1);
    BodyDecoder decoder(Coding::Gzip, 100);
    QCOMPARE(decoder.add(stream), Outcome::Broken);
}

void TestBodyDecoder::plainTextSaidToBeGzip_isBroken()
{
    BodyDecoder decoder(Coding::Gzip, 100);
    QCOMPARE(decoder.add("[1,2,3]"), Outcome::Broken);
}

void TestBodyDecoder::bodyOfExactlyTheCap_passes()
{
    BodyDecoder plain(Coding::Identity, 7);
    QCOMPARE(plain.add("[1,2,3]"), Outcome::Ok);
    BodyDecoder packed(Coding::Gzip, 7);
    QCOMPARE(packed.add(gzipped("[1,2,3]")), Outcome::Ok);
    QCOMPARE(packed.finish(), Outcome::Ok);
    QCOMPARE(packed.take(), QByteArray("[1,2,3]"));
}

void TestBodyDecoder::bodyOverTheCap_isTooLargeAndKeepsWhatFits()
{
    BodyDecoder plain(Coding::Identity, 6);
    QCOMPARE(plain.add("[1,2"), Outcome::Ok);
    QCOMPARE(plain.add(",3]"), Outcome::TooLarge);
    QCOMPARE(plain.take(), QByteArray("[1,2,3"));
    BodyDecoder packed(Coding::Gzip, 6);
    QCOMPARE(packed.add(gzipped("[1,2,3]")), Outcome::TooLarge);
}

void TestBodyDecoder::gzipBomb_isTooLargeWithoutBeingHeld()
{
    const QByteArray bomb = gzipped(QByteArray(64 * 1024 * 1024, '0'));
    BodyDecoder decoder(Coding::Gzip, 1024 * 1024);
    QCOMPARE(decoder.add(bomb), Outcome::TooLarge);
    const QByteArray held = decoder.take();
    QCOMPARE(held.size(), 1024 * 1024);
    QVERIFY(held.capacity() < 4 * 1024 * 1024);
}

void TestBodyDecoder::endlessEmptyGzipMembers_areTooLarge()
{
    BodyDecoder decoder(Coding::Gzip, 1000);
    const QByteArray empty = gzipped({});
    Outcome outcome = Outcome::Ok;
    for (int i = 0; i < 1000 && outcome == Outcome::Ok; ++i)
        outcome = decoder.add(empty);
    QCOMPARE(outcome, Outcome::TooLarge);
}

QTEST_GUILESS_MAIN(TestBodyDecoder)
#include "tst_bodydecoder.moc"
