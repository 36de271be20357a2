#include "core/serve/websocketframe.h"

#include <QTest>

using namespace restream;

using Event = WebSocketFrameReader::Event;
using Kind = Event::Kind;

namespace {

constexpr qint64 limit = 100'000;

/// A client's frame: `first` holds FIN, RSV and opcode.
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

QByteArray hex(const char *digits)
{
    return QByteArray::fromHex(digits);
}

QByteArray closing(int code, const QByteArray &reason = {})
{
    return masked(0x88, QByteArray { 1, char(code >> 8) } + char(code & 0xff) + reason);
}

QByteArray said(const Event &event)
{
    const bool isLong = event.payload.size() > 40;
    const QByteArray payload =
        isLong ? QByteArray::number(event.payload.size()) + " bytes" : event.payload;
    switch (event.kind) {
    case Kind::NeedMore:
        return {};
    case Kind::Text:
        return "text(" + payload + ')';
    case Kind::Binary:
        return "binary(" + payload + ')';
    case Kind::Ping:
        return "ping(" + payload + ')';
    case Kind::Pong:
        return "pong(" + payload + ')';
    case Kind::Close:
        return "close(" + QByteArray::number(event.code) + ' ' + payload + ')';
    case Kind::Violation:
        return "fail(" + QByteArray::number(event.code) + ')';
    }
    return "?";
}

/// What comes of `bytes` that arrive in pieces of `step`; reading ends with a violation.
QByteArray read(const QByteArray &bytes, qsizetype step, int *frames = nullptr)
{
    WebSocketFrameReader reader(limit);
    QByteArray all;
    for (qsizetype at = 0; at < bytes.size(); at += step) {
        reader.append(QByteArrayView(bytes).sliced(at, std::min(step, bytes.size() - at)));
        for (Event event = reader.next(); event.kind != Kind::NeedMore; event = reader.next()) {
            all += said(event);
            if (event.kind == Kind::Violation)
                return all;
        }
    }
    if (frames != nullptr)
        *frames = reader.takeFrameCount();
    return all;
}

/// How many bytes must have come until it is known to be wrong; -1: never.
qsizetype failsAfter(const QByteArray &bytes)
{
    WebSocketFrameReader reader(limit);
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        reader.append(QByteArrayView(bytes).sliced(i, 1));
        for (Event event = reader.next(); event.kind != Kind::NeedMore; event = reader.next()) {
            if (event.kind == Kind::Violation)
                return i + 1;
        }
    }
    return -1;
}

void row(const QByteArray &name, const QByteArray &bytes, const QByteArray &events)
{
    QTest::newRow(name.constData()) << bytes << events;
}

}

class TestWebSocketFrame : public QObject
{
    Q_OBJECT

private slots:
    void stream_isRead_data();
    void stream_isRead();
    void opcode_isKnownOrRefused();
    void closeCode_isValidOrRefused();
    void violation_isMetWithItsFirstByte_data();
    void violation_isMetWithItsFirstByte();
    void afterAViolation_nothingIsRead();
    void eachFrame_isCounted();

private:
    static void dataRows();
    static void fragmentRows();
    static void lengthRows();
    static void controlRows();
    static void closeRows();
    static void textRows();
};

// §5.2, §5.3, §5.6, and the examples of §5.7
void TestWebSocketFrame::dataRows()
{
    row("5.7 masked text", hex("818537fa213d7f9f4d5158"), "text(Hello)");
    row("5.7 masked pong", hex("8a8537fa213d7f9f4d5158"), "pong(Hello)");
    row("5.7 unmasked text", hex("810548656c6c6f"), "fail(1002)");
    row("5.7 unmasked fragments", hex("010348656c") + hex("80026c6f"), "fail(1002)");
    row("5.1 unmasked ping", hex("890548656c6c6f"), "fail(1002)");
    row("5.1 unmasked, empty", hex("8100"), "fail(1002)");
    row("mask of zeros", hex("81820000000068") + 'i', "text(hi)");
    row("empty text", masked(0x81, ""), "text()");
    row("empty binary", masked(0x82, ""), "binary()");
    row("binary needs no UTF-8", masked(0x82, "\xff\xfe"), "binary(\xff\xfe)");
    row("text with a zero", masked(0x81, QByteArray("a\0b", 3)), QByteArray("text(a\0b)", 9));
    row("several at once", masked(0x81, "a") + masked(0x82, "b") + masked(0x81, "c"),
        "text(a)binary(b)text(c)");
    for (const int rsv : { 0x40, 0x20, 0x10, 0x70 }) {
        const QByteArray bits = QByteArray::number(rsv, 16);
        row("5.2 RSV " + bits, masked(quint8(0x81 | rsv), "hi"), "fail(1002)");
        row("5.2 RSV in ping " + bits, masked(quint8(0x89 | rsv), ""), "fail(1002)");
        row("5.2 RSV in continuation " + bits, masked(0x01, "a") + masked(quint8(0x80 | rsv), "b"),
            "fail(1002)");
    }
}

// §5.4
void TestWebSocketFrame::fragmentRows()
{
    row("two fragments", masked(0x01, "Hel") + masked(0x80, "lo"), "text(Hello)");
    row("three fragments", masked(0x02, "a") + masked(0x00, "b") + masked(0x80, "c"),
        "binary(abc)");
    row("empty fragments", masked(0x01, "") + masked(0x00, "") + masked(0x80, ""), "text()");
    row("one empty between", masked(0x01, "a") + masked(0x00, "") + masked(0x80, "b"), "text(ab)");
    row("ping between fragments", masked(0x01, "a") + masked(0x89, "p") + masked(0x80, "b"),
        "ping(p)text(ab)");
    row("pong between fragments", masked(0x01, "a") + masked(0x8a, "") + masked(0x80, "b"),
        "pong()text(ab)");
    row("close between fragments", masked(0x01, "a") + closing(1000), "close(1000 )");
    row("message after message",
        masked(0x01, "a") + masked(0x80, "b") + masked(0x01, "c") + masked(0x80, "d"),
        "text(ab)text(cd)");
    row("unfinished", masked(0x01, "a") + masked(0x00, "b"), "");
    row("continues nothing", masked(0x80, "hi"), "fail(1002)");
    row("continues nothing, not last", masked(0x00, "hi"), "fail(1002)");
    row("continues what is over", masked(0x81, "a") + masked(0x80, "b"), "text(a)fail(1002)");
    row("continues what was fragmented", masked(0x01, "a") + masked(0x80, "b") + masked(0x80, "c"),
        "text(ab)fail(1002)");
    row("text within a message", masked(0x01, "a") + masked(0x81, "b"), "fail(1002)");
    row("binary within a message", masked(0x01, "a") + masked(0x82, "b"), "fail(1002)");
    row("fragment within a message", masked(0x02, "a") + masked(0x02, "b"), "fail(1002)");
}

// §5.2: "the minimal number of bytes MUST be used", "the most significant bit MUST be 0"
void TestWebSocketFrame::lengthRows()
{
    for (const int size :
         { 1, 124, 125, 126, 127, 128, 255, 256, 65534, 65535, 65536, 65537, int(limit) }) {
        const QByteArray number = QByteArray::number(size);
        const QByteArray payload(size, 'x');
        row("length " + number, masked(0x81, payload),
            "text(" + (size > 40 ? number + " bytes" : payload) + ')');
    }
    row("16 bits for 0", hex("81fe0000"), "fail(1002)");
    row("16 bits for 125", hex("81fe007d"), "fail(1002)");
    row("64 bits for 0", hex("81ff0000000000000000"), "fail(1002)");
    row("64 bits for 126", hex("81ff000000000000007e"), "fail(1002)");
    row("64 bits for 65535", hex("81ff000000000000ffff"), "fail(1002)");
    row("64 bits, highest set", hex("81ff8000000000000000"), "fail(1002)");
    row("64 bits, all set", hex("81ffffffffffffffffff"), "fail(1002)");
    row("64 bits, 2^63-1", hex("81ff7fffffffffffffff"), "fail(1009)");
    row("one more than the limit", hex("81ff00000000000186a1"), "fail(1009)");
    row("in fragments, the limit",
        masked(0x01, QByteArray(60'000, 'x')) + masked(0x80, QByteArray(40'000, 'x')),
        "text(100000 bytes)");
    row("in fragments, one more",
        masked(0x01, QByteArray(60'000, 'x')) + masked(0x80, QByteArray(40'001, 'x')),
        "fail(1009)");
    row("limit begins anew",
        masked(0x81, QByteArray(60'000, 'x')) + masked(0x82, QByteArray(60'000, 'x')),
        "text(60000 bytes)binary(60000 bytes)");
    row("controls don't count",
        masked(0x01, QByteArray(limit, 'x')) + masked(0x89, "p") + masked(0x80, ""),
        "ping(p)text(100000 bytes)");
}

// §5.5
void TestWebSocketFrame::controlRows()
{
    row("empty ping", masked(0x89, ""), "ping()");
    row("ping of 125", masked(0x89, QByteArray(125, 'x')), "ping(125 bytes)");
    row("ping with any bytes", masked(0x89, "\xff\xc0"), "ping(\xff\xc0)");
    row("pong nobody asked for", masked(0x8a, "x"), "pong(x)");
    row("pings between messages", masked(0x89, "1") + masked(0x81, "a") + masked(0x89, "2"),
        "ping(1)text(a)ping(2)");
    for (const int opcode : { 0x8, 0x9, 0xa }) {
        const QByteArray name = QByteArray::number(opcode, 16);
        row("fragmented control " + name, masked(quint8(opcode), ""), "fail(1002)");
        row("control of 126 " + name, masked(quint8(0x80 | opcode), QByteArray(126, 'x')),
            "fail(1002)");
        row("control of 64 bits " + name,
            QByteArray(1, char(0x80 | opcode)) + hex("ff0000000000010000"), "fail(1002)");
        row("control with 16 bits for 5 " + name,
            QByteArray(1, char(0x80 | opcode)) + hex("fe0005"), "fail(1002)");
    }
}

// §5.5.1, §7.4
void TestWebSocketFrame::closeRows()
{
    row("close without a code", masked(0x88, ""), "close(1005 )");
    row("close of one byte", masked(0x88, "x"), "fail(1002)");
    row("close with a reason", closing(1001, "bye"), "close(1001 bye)");
    row("longest reason", closing(1000, QByteArray(123, 'x')), "close(1000 123 bytes)");
    row("reason in UTF-8", closing(1000, "\xe2\x82\xac"), "close(1000 \xe2\x82\xac)");
    row("reason not UTF-8", closing(1000, "\xff"), "fail(1007)");
    row("reason with half a character", closing(1000, "a\xe2\x82"), "fail(1007)");
    row("reason with a surrogate", closing(1000, "\xed\xa0\x80"), "fail(1007)");
    row("a wrong code before its reason", closing(999, "\xff"), "fail(1002)");
    row("what follows is still told", closing(1000) + masked(0x81, "late") + masked(0x89, ""),
        "close(1000 )text(late)ping()");
}

// §8.1; RFC 3629 §3, §4
void TestWebSocketFrame::textRows()
{
    row("character cut by a fragment", masked(0x01, "a\xc3") + masked(0x80, "\xa9z"),
        "text(a\xc3\xa9z)");
    row("character in four fragments",
        masked(0x01, "\xf0") + masked(0x00, "\x9f") + masked(0x00, "\x92") + masked(0x80, "\xa9"),
        "text(\xf0\x9f\x92\xa9)");
    row("cut around a ping", masked(0x01, "\xc3") + masked(0x89, "\xff") + masked(0x80, "\xa9"),
        "ping(\xff)text(\xc3\xa9)");
    row("half a character at the end", masked(0x81, "a\xc3"), "fail(1007)");
    row("half a character in fragments", masked(0x01, "\xc3") + masked(0x80, ""), "fail(1007)");
    row("wrong in the first fragment", masked(0x01, "a\xc0"), "fail(1007)");
    row("wrong across fragments", masked(0x01, "\xe0") + masked(0x00, "\x9f"), "fail(1007)");
    row("wrong in the last", masked(0x01, "a") + masked(0x80, "\xff"), "fail(1007)");
    row("overlong", masked(0x81, "\xc0\xaf"), "fail(1007)");
    row("surrogate", masked(0x81, "\xed\xa0\x80"), "fail(1007)");
    row("past U+10FFFF", masked(0x81, "\xf4\x90\x80\x80"), "fail(1007)");
    row("begins anew with each text",
        masked(0x81, "\xc3\xa9") + masked(0x82, "\xc3") + masked(0x81, "\xc3\xa9"),
        "text(\xc3\xa9)binary(\xc3)text(\xc3\xa9)");
}

void TestWebSocketFrame::stream_isRead_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("events");
    dataRows();
    fragmentRows();
    lengthRows();
    controlRows();
    closeRows();
    textRows();
}

void TestWebSocketFrame::stream_isRead()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, events);
    for (const qsizetype step :
         { bytes.size(), qsizetype(1), qsizetype(2), qsizetype(3), qsizetype(7), qsizetype(4096) })
        QCOMPARE(read(bytes, step), events);
}

void TestWebSocketFrame::opcode_isKnownOrRefused()
{
    for (int opcode = 0; opcode < 16; ++opcode) {
        const QByteArray events = read(masked(quint8(0x80 | opcode), ""), 1);
        switch (opcode) {
        case 1:
            QCOMPARE(events, QByteArray("text()"));
            break;
        case 2:
            QCOMPARE(events, QByteArray("binary()"));
            break;
        case 8:
            QCOMPARE(events, QByteArray("close(1005 )"));
            break;
        case 9:
            QCOMPARE(events, QByteArray("ping()"));
            break;
        case 10:
            QCOMPARE(events, QByteArray("pong()"));
            break;
        default: // 3 to 7 and 11 to 15 are reserved; 0 continues nothing
            QCOMPARE(events, QByteArray("fail(1002)"));
        }
    }
}

void TestWebSocketFrame::closeCode_isValidOrRefused()
{
    // §7.4.1 and the registry: 1004 is reserved, 1005, 1006 and 1015 are never sent; §7.4.2: 3000 to 4999 are anybody's.
    for (int code = 0; code <= 0xffff; ++code) {
        const bool isRegistered = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
        const bool isValid = isRegistered || (code >= 3000 && code <= 4999);
        const QByteArray expected = "close(" + QByteArray::number(code) + " )";
        QCOMPARE(read(closing(code), 100), isValid ? expected : QByteArray("fail(1002)"));
    }
}

void TestWebSocketFrame::violation_isMetWithItsFirstByte_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("after");
    QTest::newRow("reserved bit") << masked(0xc1, "hi") << 1;
    QTest::newRow("reserved opcode") << masked(0x83, "hi") << 1;
    QTest::newRow("fragmented ping") << masked(0x09, "hi") << 1;
    QTest::newRow("continues nothing") << masked(0x80, "hi") << 1;
    QTest::newRow("new within a message") << masked(0x01, "a") + masked(0x81, "b") << 8;
    QTest::newRow("no mask") << hex("810548656c6c6f") << 2;
    QTest::newRow("long ping") << masked(0x89, QByteArray(126, 'x')) << 2;
    QTest::newRow("16 bits too many") << hex("81fe007d00000000") << 4;
    QTest::newRow("64 bits too many") << hex("81ff000000000000ffff00000000") << 10;
    QTest::newRow("too large") << hex("81ff00000000000186a100000000") << 10;
    QTest::newRow("not UTF-8, in the middle of a frame")
        << masked(0x81, "abc\xff" + QByteArray(50, 'x')) << 10;
    QTest::newRow("overlong, at its second byte")
        << masked(0x81, "\xe0\x80\x80" + QByteArray(50, 'x')) << 8;
    QTest::newRow("surrogate, at its second byte")
        << masked(0x81, "\xed\xa0\x80" + QByteArray(50, 'x')) << 8;
    QTest::newRow("past the end, at its second byte") << masked(0x81, "\xf4\x90\x80\x80") << 8;
    QTest::newRow("in a fragment")
        << masked(0x01, "\xc3") + masked(0x00, "z" + QByteArray(50, 'x')) << 14;
    QTest::newRow("half a character, at the end") << masked(0x81, "a\xc3") << 8;
}

void TestWebSocketFrame::violation_isMetWithItsFirstByte()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, after);
    QCOMPARE(failsAfter(bytes), qsizetype(after));
}

void TestWebSocketFrame::afterAViolation_nothingIsRead()
{
    WebSocketFrameReader reader(limit);
    reader.append(masked(0x83, ""));
    QCOMPARE(said(reader.next()), QByteArray("fail(1002)"));
    reader.append(masked(0x81, "later"));
    QCOMPARE(said(reader.next()), QByteArray("fail(1002)"));
    QCOMPARE(said(reader.next()), QByteArray("fail(1002)"));
}

void TestWebSocketFrame::eachFrame_isCounted()
{
    const QByteArray bytes =
        masked(0x01, "a") + masked(0x89, "") + masked(0x80, "b") + masked(0x82, "c");
    for (const qsizetype step : { bytes.size(), qsizetype(1) }) {
        int frames = 0;
        QCOMPARE(read(bytes, step, &frames), QByteArray("ping()text(ab)binary(c)"));
        QCOMPARE(frames, 4);
    }
}

QTEST_GUILESS_MAIN(TestWebSocketFrame)
#include "tst_websocketframe.moc"
