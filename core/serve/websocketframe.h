#pragma once

#include "core/serve/utf8check.h"

#include <QByteArray>
#include <QByteArrayView>

#include <array>
#include <utility>

namespace restream {

enum class Opcode : quint8 {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10
};

// Frames as a server sends them: unmasked and whole (RFC 6455 §5.2).
QByteArray textFrame(QByteArrayView payload);
QByteArray controlFrame(Opcode opcode, QByteArrayView payload);
QByteArray closeFrame(quint16 code, QByteArrayView reason);

/// Appends a text frame to a buffer while its payload is being written.
class TextFrameWriter final
{
public:
    explicit TextFrameWriter(QByteArray &out);
    ~TextFrameWriter(); ///< Writes the header.
    TextFrameWriter(const TextFrameWriter &) = delete;
    TextFrameWriter &operator=(const TextFrameWriter &) = delete;

private:
    QByteArray &m_out;
    qsizetype m_start;
};

/// Reads the frames of a client (RFC 6455 §5 to §7) and puts messages together.
class WebSocketFrameReader final
{
public:
    struct Event
    {
        enum class Kind { NeedMore, Text, Binary, Ping, Pong, Close, Violation };

        Kind kind = Kind::NeedMore;
        QByteArray payload; ///< of a message or a control frame; Close: the reason
        quint16 code =
            0; ///< Close: what the client said (1005: nothing); Violation: what to close with
    };

    /// `maxMessage`: bytes of a message, its fragments together.
    explicit WebSocketFrameReader(qint64 maxMessage) : m_maxMessage(maxMessage) { }

    void append(QByteArrayView bytes) { m_in.append(bytes); }
    /// The next message or control frame. A Violation comes as soon as the first byte that can't be there has come; after it there are
    /// only Violations.
    Event next();
    /// Frames met since the last call, fragments and control frames included.
    int takeFrameCount() { return std::exchange(m_frames, 0); }

private:
    /// The frame being read.
    struct Header
    {
        quint64 left = 0; ///< bytes of its payload that are yet to come
        std::array<char, 4> mask {}; ///< turned as the payload is read
        Opcode opcode = Opcode::Continuation;
        bool isFinal = false;
    };

    /// Gives how many bytes of `in` the header took; 0: it is not whole, or there is a violation.
    qsizetype readHeader(QByteArrayView in);
    [[nodiscard]] quint16 checkFirst(quint8 byte) const;
    [[nodiscard]] quint16 checkSize(quint64 size, qsizetype sizeBytes) const;
    void dropRead();
    Event violation(quint16 code);
    Event takeControl();
    Event takeData();
    void takePayload(quint64 size, QByteArray &to);

    QByteArray m_in;
    qsizetype m_at = 0; ///< what is before it was read
    QByteArray m_message; ///< what of it came so far
    qint64 m_maxMessage;
    Header m_header;
    Utf8Check m_utf8;
    int m_frames = 0;
    quint16 m_violation = 0;
    Opcode m_opcode =
        Opcode::Continuation; ///< of the message being put together; Continuation: none is
    bool m_inFrame = false; ///< m_header was read
};

}
