#include "core/serve/websocketframe.h"

#include <QTest>

using namespace restream;

namespace {

QByteArray hex(const char *digits)
{
    return QByteArray::fromHex(digits);
}

}

/// Frames as a server sends them.
class TestFrameWriting : public QObject
{
    Q_OBJECT

private slots:
    void written_isAsTheStandardShows();
    void written_endsWhereTheLengthChanges();
    void writer_writesTheSameAsTextFrame();
};

void TestFrameWriting::written_isAsTheStandardShows()
{
    QCOMPARE(textFrame("Hello"), hex("810548656c6c6f"));
    QCOMPARE(controlFrame(Opcode::Ping, "Hello"), hex("890548656c6c6f"));
    QCOMPARE(controlFrame(Opcode::Pong, {}), hex("8a00"));
    QCOMPARE(closeFrame(4408, "slow"), hex("88061138") + "slow");
    // 1005 means that there was no code: it is never sent.
    QCOMPARE(closeFrame(1005, "unsaid"), hex("8800"));
}

void TestFrameWriting::written_endsWhereTheLengthChanges()
{
    const auto head = [](qsizetype size) {
        const QByteArray frame = textFrame(QByteArray(size, 'x'));
        return frame.first(frame.size() - size).toHex();
    };
    QCOMPARE(head(0), QByteArray("8100"));
    QCOMPARE(head(125), QByteArray("817d"));
    QCOMPARE(head(126), QByteArray("817e007e"));
    QCOMPARE(head(65535), QByteArray("817effff"));
    QCOMPARE(head(65536), QByteArray("817f0000000000010000"));
}

void TestFrameWriting::writer_writesTheSameAsTextFrame()
{
    QByteArray out;
    QByteArray expected;
    for (const qsizetype size : { 0, 5, 125, 126, 65535, 65536 }) {
        const QByteArray payload(size, 'y');
        {
            const TextFrameWriter writer(out);
            out += payload;
        }
        expected += textFrame(payload);
    }
    QCOMPARE(out, expected);
}

QTEST_GUILESS_MAIN(TestFrameWriting)
#include "tst_framewriting.moc"
