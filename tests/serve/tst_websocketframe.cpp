#include "core/serve/websocketframe.h"

#include <QTest>

using namespace restream;

using Event = WebSocketFrameReader::Event;
using Kind = Event::Kind;

namespace {

/// A client's frame with a mask.
QByteArray masked(quint8 first, const QByteArray &payload)
{
    QByteArray frame(1, char(first));
    if (payload.size() < 126) {
        frame += char(0x80 | payload.size());
    } else if (payload.size() < 65536) {
        frame += char(0xfe);
        frame += char(payload.size() >> 8);
        frame += char(payload.size() & 0xff);
    } else {
        frame += char(0xff);
        for (int shift = 56; shift >= 0; shift -= 8)
            frame += char((payload.size() >> shift) & 0xff);
    }
    frame += "\x11\x22\x33\x44";
    for (qsizetype i = 0; i < payload.size(); ++i)
        frame += char(payload[i] ^ ((i % 4 + 1) * 0x11));
    return frame;
}

Event readOne(const QByteArray &bytes, qint64 limit = 65536)
{
    WebSocketFrameReader reader(limit);
    reader.append(bytes);
    return reader.next();
}

}

class TestWebSocketFrame : public QObject
{
    Q_OBJECT

private slots:
    void message_comesWholeHoweverItIsCut();
    void lengths_ofAllForms();
    void fragments_areJoinedAroundControlFrames();
    void violation_isMet_data();
    void violation_isMet();
    void close_saysCodeAndReason();
    void writer_writesTheSameAsTextFrame();
    void utf8_data();
    void utf8();
};

void TestWebSocketFrame::message_comesWholeHoweverItIsCut()
{
    const QByteArray frames = masked(0x81, "hello") + masked(0x89, "p") + masked(0x82, "bin");
    WebSocketFrameReader reader(65536);
    QList<Kind> kinds;
    QList<QByteArray> payloads;
    for (const char byte : frames) {
        reader.append(QByteArrayView(&byte, 1));
        const Event event = reader.next();
        if (event.kind != Kind::NeedMore) {
            kinds << event.kind;
            payloads << event.payload;
        }
    }
    QCOMPARE(kinds, (QList<Kind> { Kind::Text, Kind::Ping, Kind::Binary }));
    QCOMPARE(payloads, (QList<QByteArray> { "hello", "p", "bin" }));
    QCOMPARE(reader.takeFrameCount(), 3);
}

void TestWebSocketFrame::lengths_ofAllForms()
{
    for (const qsizetype size : { 0, 1, 125, 126, 127, 65535, 65536, 70000 }) {
        const Event event = readOne(masked(0x81, QByteArray(size, 'x')), 100000);
        QCOMPARE(event.kind, Kind::Text);
        QCOMPARE(event.payload.size(), size);
        QVERIFY(event.payload.count('x') == size);
    }
}

void TestWebSocketFrame::fragments_areJoinedAroundControlFrames()
{
    WebSocketFrameReader reader(65536);
    // A character is cut in two.
    reader.append(QByteArray(masked(0x01, "a\xc3") + masked(0x8a, "") + masked(0x00, "\xa9")
                             + masked(0x80, "z")));
    QCOMPARE(reader.next().kind, Kind::Pong);
    const Event event = reader.next();
    QCOMPARE(event.kind, Kind::Text);
    QCOMPARE(event.payload, QByteArray("a\xc3\xa9z"));
    QCOMPARE(reader.next().kind, Kind::NeedMore);
}

void TestWebSocketFrame::violation_isMet_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    QTest::newRow("unmasked") << QByteArray("\x81\x02hi") << 1002;
    QTest::newRow("reserved bit") << masked(0xc1, "hi") << 1002;
    QTest::newRow("unknown opcode") << masked(0x83, "hi") << 1002;
    QTest::newRow("unknown control") << masked(0x8b, "hi") << 1002;
    QTest::newRow("fragmented ping") << masked(0x09, "hi") << 1002;
    QTest::newRow("long ping") << masked(0x89, QByteArray(126, 'x')) << 1002;
    QTest::newRow("continues nothing") << masked(0x80, "hi") << 1002;
    QTest::newRow("new within a message")
        << QByteArray(masked(0x01, "a") + masked(0x81, "b")) << 1002;
    QTest::newRow("length not minimal")
        << QByteArray("\x81\xfe\x00\x01\x00\x00\x00\x00x", 9) << 1002;
    QTest::newRow("length beyond 63 bits")
        << QByteArray("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10) << 1002;
    QTest::newRow("too large, head alone")
        << QByteArray("\x81\xff\x00\x00\x00\x00\x00\x01\x00\x01", 10) << 1009;
    QTest::newRow("too large in fragments")
        << QByteArray(masked(0x01, QByteArray(40000, 'x')) + masked(0x80, QByteArray(40000, 'x')))
        << 1009;
    QTest::newRow("not utf-8") << masked(0x81, "a\xff") << 1007;
    QTest::newRow("half a character") << masked(0x81, "a\xc3") << 1007;
    QTest::newRow("surrogate") << masked(0x81, "\xed\xa0\x80") << 1007;
    QTest::newRow("bad fragment before the end") << masked(0x01, "a\xc0") << 1007;
    QTest::newRow("close with one byte") << masked(0x88, "x") << 1002;
    QTest::newRow("close with a code for nobody")
        << masked(0x88, QByteArray("\x03\xed", 2)) << 1002;
    QTest::newRow("close with code 999") << masked(0x88, QByteArray("\x03\xe7", 2)) << 1002;
    QTest::newRow("close reason not utf-8") << masked(0x88, QByteArray("\x03\xe8\xff", 3)) << 1007;
}

void TestWebSocketFrame::violation_isMet()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, code);
    WebSocketFrameReader reader(65536);
    reader.append(bytes);
    const Event event = reader.next();
    QCOMPARE(event.kind, Kind::Violation);
    QCOMPARE(int(event.code), code);
    reader.append(masked(0x81, "later"));
    QCOMPARE(reader.next().kind, Kind::Violation);
}

void TestWebSocketFrame::close_saysCodeAndReason()
{
    const Event event = readOne(masked(0x88, QByteArray("\x03\xe8", 2) + "bye"));
    QCOMPARE(event.kind, Kind::Close);
    QCOMPARE(int(event.code), 1000);
    QCOMPARE(event.payload, QByteArray("bye"));
    QCOMPARE(int(readOne(masked(0x88, "")).code), 1005);
    QCOMPARE(closeFrame(1005, "unsaid"), QByteArray("\x88\x00", 2));
    QCOMPARE(closeFrame(4408, "slow"), QByteArray("\x88\x06\x11\x38slow"));
}

void TestWebSocketFrame::writer_writesTheSameAsTextFrame()
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
    QCOMPARE(textFrame("hi"), QByteArray("\x81\x02hi"));
}

void TestWebSocketFrame::utf8_data()
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

void TestWebSocketFrame::utf8()
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

QTEST_GUILESS_MAIN(TestWebSocketFrame)
#include "tst_websocketframe.moc"
