#include "core/serve/websocketframe.h"

#include <QtEndian>

#include <array>
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

struct WebSocketFrameReader::Header
{
    Opcode opcode = Opcode::Continuation;
    bool isFinal = false;
    bool isControl = false;
    quint64 size = 0;
    qsizetype length = 0; ///< of the header with its mask
    quint16 violation = 0;
};

bool WebSocketFrameReader::readHeader(Header &header)
{
    const QByteArrayView in = QByteArrayView(m_in).sliced(m_at);
    if (in.size() < 2)
        return false;
    const auto first = static_cast<quint8>(in[0]);
    const auto second = static_cast<quint8>(in[1]);
    header.isFinal = (first & 0x80) != 0;
    header.opcode = static_cast<Opcode>(first & 0x0f);
    header.isControl = (first & 0x08) != 0;
    const bool known = (first & 0x0f) <= 2 || ((first & 0x0f) >= 8 && (first & 0x0f) <= 10);
    const bool masked = (second & 0x80) != 0;
    header.size = second & 0x7f;
    if ((first & 0x70) != 0 || !known || !masked
        || (header.isControl && (!header.isFinal || header.size > 125))) {
        header.violation = 1002;
        return true;
    }
    const qsizetype extra = header.size == 126 ? 2 : header.size == 127 ? 8 : 0;
    if (in.size() < 2 + extra)
        return false;
    if (extra == 2)
        header.size = qFromBigEndian<quint16>(in.data() + 2);
    else if (extra == 8)
        header.size = qFromBigEndian<quint64>(in.data() + 2);
    const bool minimal = extra == 0 || (extra == 2 ? header.size > 125 : header.size > 0xffff);
    if (!minimal || header.size > 0x7fffffffffffffff)
        header.violation = 1002;
    else if (header.size + quint64(m_message.size()) > quint64(m_maxMessage) && !header.isControl)
        header.violation = 1009;
    header.length = 2 + extra + 4;
    return header.violation != 0 || quint64(in.size() - 2 - extra) >= 4 + header.size;
}

WebSocketFrameReader::Event WebSocketFrameReader::violation(quint16 code)
{
    m_violation = code;
    m_in = {};
    m_message = {};
    m_at = 0;
    return { Event::Kind::Violation, {}, code };
}

QByteArray WebSocketFrameReader::takePayload(const Header &header)
{
    std::array<char, 4> mask {};
    std::memcpy(mask.data(), m_in.constData() + m_at + header.length - 4, 4);
    QByteArray payload = m_in.mid(m_at + header.length, qsizetype(header.size));
    char *const bytes = payload.data();
    for (qsizetype i = 0; i < payload.size(); ++i)
        bytes[i] = static_cast<char>(bytes[i] ^ mask[size_t(i & 3)]);
    m_at += header.length + qsizetype(header.size);
    if (m_at == m_in.size()) {
        m_in = {};
        m_at = 0;
    }
    return payload;
}

WebSocketFrameReader::Event WebSocketFrameReader::takeControl(const Header &header)
{
    QByteArray payload = takePayload(header);
    if (header.opcode == Opcode::Ping)
        return { Event::Kind::Ping, std::move(payload), 0 };
    if (header.opcode == Opcode::Pong)
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

WebSocketFrameReader::Event WebSocketFrameReader::takeData(const Header &header)
{
    const bool starts = header.opcode != Opcode::Continuation;
    if (starts == (m_opcode != Opcode::Continuation))
        return violation(1002);
    if (starts)
        m_opcode = header.opcode;
    QByteArray payload = takePayload(header);
    if (m_opcode == Opcode::Text && !m_utf8.feed(payload))
        return violation(1007);
    if (m_message.isEmpty())
        m_message = std::move(payload);
    else
        m_message += payload;
    if (!header.isFinal)
        return {};
    if (m_opcode == Opcode::Text && !m_utf8.finish())
        return violation(1007);
    const auto kind = m_opcode == Opcode::Text ? Event::Kind::Text : Event::Kind::Binary;
    m_opcode = Opcode::Continuation;
    return { kind, std::exchange(m_message, {}), 0 };
}

WebSocketFrameReader::Event WebSocketFrameReader::next()
{
    if (m_violation != 0)
        return violation(m_violation);
    for (;;) {
        Header header;
        if (!readHeader(header)) {
            if (m_at > 0) {
                m_in.remove(0, m_at);
                m_at = 0;
            }
            return {};
        }
        if (header.violation != 0)
            return violation(header.violation);
        ++m_frames;
        Event event = header.isControl ? takeControl(header) : takeData(header);
        if (event.kind != Event::Kind::NeedMore)
            return event;
    }
}

}
