#include "core/serve/websocketframe.h"

#include <QtEndian>

#include <algorithm>
#include <cstring>

namespace restream {
namespace {

constexpr qsizetype longestHeader = 10;
constexpr char finalBit = '\x80';

/// Writes a header for `size` bytes at `out`, which has room for ten; gives its length.
qsizetype writeHeader(char *out, Opcode opcode, quint64 size)
{
    out[0] = static_cast<char>(finalBit | static_cast<char>(opcode));
    if (size < 126) {
        out[1] = static_cast<char>(size);
        return 2;
    }
    if (size <= 0xffff) {
        out[1] = 126;
        qToBigEndian(static_cast<quint16>(size), out + 2);
        return 4;
    }
    out[1] = 127;
    qToBigEndian(size, out + 2);
    return longestHeader;
}

QByteArray frame(Opcode opcode, QByteArrayView payload)
{
    std::array<char, longestHeader> header {};
    const qsizetype length = writeHeader(header.data(), opcode, quint64(payload.size()));
    QByteArray out;
    out.reserve(length + payload.size());
    out.append(header.data(), length);
    out.append(payload);
    return out;
}

bool isControl(Opcode opcode)
{
    return static_cast<quint8>(opcode) >= 8;
}

/// What an endpoint may send (RFC 6455 §7.4, and the codes registered since).
bool isCloseCode(quint16 code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
        || (code >= 3000 && code <= 4999);
}

}

QByteArray textFrame(QByteArrayView payload)
{
    return frame(Opcode::Text, payload);
}

QByteArray controlFrame(Opcode opcode, QByteArrayView payload)
{
    return frame(opcode, payload);
}

QByteArray closeFrame(quint16 code, QByteArrayView reason)
{
    // 1005 means that there was no code: it is never sent (RFC 6455 §7.4.1).
    if (code == 1005)
        return frame(Opcode::Close, {});
    QByteArray payload(2, Qt::Uninitialized);
    qToBigEndian(code, payload.data());
    payload += reason;
    return frame(Opcode::Close, payload);
}

TextFrameWriter::TextFrameWriter(QByteArray &out) : m_out(out), m_start(out.size())
{
    m_out.resize(m_start + longestHeader);
}

TextFrameWriter::~TextFrameWriter()
{
    std::array<char, longestHeader> header {};
    const qsizetype size = m_out.size() - m_start - longestHeader;
    const qsizetype length = writeHeader(header.data(), Opcode::Text, quint64(size));
    char *const at = m_out.data() + m_start;
    std::memcpy(at, header.data(), size_t(length));
    if (length < longestHeader)
        std::memmove(at + length, at + longestHeader, size_t(size));
    m_out.resize(m_start + length + size);
}

quint16 WebSocketFrameReader::checkFirst(quint8 byte) const
{
    const int opcode = byte & 0x0f;
    const bool isFinal = (byte & 0x80) != 0;
    const bool isReserved = (opcode > 2 && opcode < 8) || opcode > 10;
    if ((byte & 0x70) != 0 || isReserved)
        return 1002;
    if (isControl(static_cast<Opcode>(opcode)))
        return isFinal ? 0 : 1002;
    const bool continues = static_cast<Opcode>(opcode) == Opcode::Continuation;
    return continues == (m_opcode != Opcode::Continuation) ? 0 : 1002;
}

/// `sizeBytes`: how many bytes beyond the first two say the size; it must be said in the fewest.
quint16 WebSocketFrameReader::checkSize(quint64 size, qsizetype sizeBytes) const
{
    const quint64 least = sizeBytes == 0 ? 0 : sizeBytes == 2 ? 126 : 0x10000;
    if (size < least || size > 0x7fffffffffffffff)
        return 1002;
    if (isControl(m_header.opcode))
        return size > 125 ? 1002 : 0;
    return size + quint64(m_message.size()) > quint64(m_maxMessage) ? 1009 : 0;
}

qsizetype WebSocketFrameReader::readHeader(QByteArrayView in)
{
    if (in.isEmpty())
        return 0;
    const auto first = static_cast<quint8>(in[0]);
    m_violation = checkFirst(first);
    if (m_violation != 0 || in.size() < 2)
        return 0;
    m_header.opcode = static_cast<Opcode>(first & 0x0f);
    m_header.isFinal = (first & 0x80) != 0;
    const auto second = static_cast<quint8>(in[1]);
    const int said = second & 0x7f;
    const bool isMasked = (second & 0x80) != 0;
    if (!isMasked || (said > 125 && isControl(m_header.opcode))) {
        m_violation = 1002;
        return 0;
    }
    const qsizetype sizeBytes = said == 126 ? 2 : said == 127 ? 8 : 0;
    const qsizetype length = 2 + sizeBytes + qsizetype(m_header.mask.size());
    if (in.size() < 2 + sizeBytes)
        return 0;
    m_header.left = quint64(said);
    if (sizeBytes == 2)
        m_header.left = qFromBigEndian<quint16>(in.data() + 2);
    else if (sizeBytes == 8)
        m_header.left = qFromBigEndian<quint64>(in.data() + 2);
    m_violation = checkSize(m_header.left, sizeBytes);
    if (m_violation != 0 || in.size() < length)
        return 0;
    std::memcpy(m_header.mask.data(), in.data() + 2 + sizeBytes, m_header.mask.size());
    return length;
}

WebSocketFrameReader::Event WebSocketFrameReader::violation(quint16 code)
{
    m_violation = code;
    m_in = {};
    m_message = {};
    m_at = 0;
    return { Event::Kind::Violation, {}, code };
}

void WebSocketFrameReader::takePayload(quint64 size, QByteArray &to)
{
    if (size == 0)
        return;
    const qsizetype before = to.size();
    const auto count = qsizetype(size);
    to.append(m_in.constData() + m_at, count);
    char *const bytes = to.data() + before;
    std::array<char, 4> &mask = m_header.mask;
    for (qsizetype i = 0; i < count; ++i)
        bytes[i] = static_cast<char>(bytes[i] ^ mask[size_t(i & 3)]);
    std::rotate(mask.begin(), mask.begin() + (count & 3), mask.end());
    m_header.left -= size;
    m_at += count;
}

WebSocketFrameReader::Event WebSocketFrameReader::takeControl()
{
    QByteArray payload;
    takePayload(m_header.left, payload);
    m_inFrame = false;
    if (m_header.opcode == Opcode::Ping)
        return { Event::Kind::Ping, std::move(payload), 0 };
    if (m_header.opcode == Opcode::Pong)
        return { Event::Kind::Pong, std::move(payload), 0 };
    if (payload.isEmpty())
        return { Event::Kind::Close, {}, 1005 };
    if (payload.size() == 1)
        return violation(1002);
    const auto code = qFromBigEndian<quint16>(payload.constData());
    if (!isCloseCode(code))
        return violation(1002);
    if (!isUtf8(QByteArrayView(payload).sliced(2)))
        return violation(1007);
    return { Event::Kind::Close, payload.mid(2), code };
}

/// Of a data frame, what is there.
WebSocketFrameReader::Event WebSocketFrameReader::takeData()
{
    const qsizetype before = m_message.size();
    takePayload(std::min(m_header.left, quint64(m_in.size() - m_at)), m_message);
    if (m_opcode == Opcode::Text && !m_utf8.feed(QByteArrayView(m_message).sliced(before)))
        return violation(1007);
    m_inFrame = m_header.left > 0;
    if (m_inFrame || !m_header.isFinal)
        return {};
    if (m_opcode == Opcode::Text && !m_utf8.finish())
        return violation(1007);
    const auto kind = m_opcode == Opcode::Text ? Event::Kind::Text : Event::Kind::Binary;
    m_opcode = Opcode::Continuation;
    return { kind, std::exchange(m_message, {}), 0 };
}

/// An idle connection holds no memory for what it said.
void WebSocketFrameReader::dropRead()
{
    if (m_at == m_in.size())
        m_in = {};
    else
        m_in.remove(0, m_at);
    m_at = 0;
}

WebSocketFrameReader::Event WebSocketFrameReader::next()
{
    while (m_violation == 0) {
        if (!m_inFrame) {
            const qsizetype length = readHeader(QByteArrayView(m_in).sliced(m_at));
            if (m_violation != 0)
                break;
            if (length == 0) {
                dropRead();
                return {};
            }
            m_at += length;
            m_inFrame = true;
            ++m_frames;
            if (m_header.opcode == Opcode::Text || m_header.opcode == Opcode::Binary)
                m_opcode = m_header.opcode;
        }
        const auto available = quint64(m_in.size() - m_at);
        if (m_header.left > available && (isControl(m_header.opcode) || available == 0)) {
            dropRead();
            return {};
        }
        Event event = isControl(m_header.opcode) ? takeControl() : takeData();
        if (event.kind != Event::Kind::NeedMore)
            return event;
    }
    return violation(m_violation);
}

}
