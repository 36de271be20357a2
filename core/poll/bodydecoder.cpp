#include "core/poll/bodydecoder.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace restream {

struct BodyDecoder::Inflater
{
    Inflater()
    {
        constexpr int gzipOnly = 16;
        ready = inflateInit2(&stream, MAX_WBITS + gzipOnly) == Z_OK;
    }
    ~Inflater()
    {
        if (ready)
            inflateEnd(&stream);
    }
    Inflater(const Inflater &) = delete;
    Inflater &operator=(const Inflater &) = delete;

    z_stream stream = {};
    bool ready = false;
    bool atEnd = false;
};

BodyDecoder::BodyDecoder(Coding coding, qint64 maxBytes)
    : m_inflater(coding == Coding::Gzip ? std::make_unique<Inflater>() : nullptr),
      m_maxBytes(maxBytes)
{
}

BodyDecoder::~BodyDecoder() = default;

std::optional<BodyDecoder::Coding> BodyDecoder::codingOf(const QByteArray &contentEncoding)
{
    const QByteArray coding = contentEncoding.trimmed().toLower();
    if (coding.isEmpty() || coding == "identity")
        return Coding::Identity;
    if (coding == "gzip" || coding == "x-gzip")
        return Coding::Gzip;
    return std::nullopt;
}

BodyDecoder::Outcome BodyDecoder::add(const QByteArray &bytes)
{
    if (!m_inflater) {
        // A body that comes in one piece is not copied.
        if (m_body.isEmpty() && bytes.size() <= m_maxBytes) {
            m_body = bytes;
            return Outcome::Ok;
        }
        return append(bytes.constData(), bytes.size());
    }
    // A stream of empty blocks decodes to nothing for ever.
    m_received += bytes.size();
    if (m_received > mostReceived(m_maxBytes))
        return Outcome::TooLarge;
    return inflate(bytes);
}

BodyDecoder::Outcome BodyDecoder::inflate(const QByteArray &bytes)
{
    if (!m_inflater->ready)
        return Outcome::Broken;
    z_stream &stream = m_inflater->stream;
    std::array<Bytef, 65536> buffer;
    QByteArray input = bytes; // zlib takes a pointer to non-const
    stream.next_in = reinterpret_cast<Bytef *>(input.data());
    stream.avail_in = uInt(input.size());
    while (stream.avail_in > 0) {
        if (m_inflater->atEnd) {
            // RFC 1952 §2.2: members may follow one another, and each starts with this byte.
            if (*stream.next_in != 0x1f || inflateReset(&stream) != Z_OK)
                return Outcome::Broken;
            m_inflater->atEnd = false;
        }
        int state = Z_OK;
        do {
            stream.next_out = buffer.data();
            stream.avail_out = uInt(buffer.size());
            state = ::inflate(&stream, Z_NO_FLUSH);
            if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
                return Outcome::Broken;
            const auto size = qsizetype(buffer.size() - stream.avail_out);
            if (append(reinterpret_cast<const char *>(buffer.data()), size) != Outcome::Ok)
                return Outcome::TooLarge;
        } while (state == Z_OK && stream.avail_out == 0);
        m_inflater->atEnd = state == Z_STREAM_END;
    }
    return Outcome::Ok;
}

BodyDecoder::Outcome BodyDecoder::append(const char *data, qsizetype size)
{
    const qint64 room = m_maxBytes - m_body.size();
    m_body.append(data, qsizetype(std::min<qint64>(size, room)));
    return size <= room ? Outcome::Ok : Outcome::TooLarge;
}

BodyDecoder::Outcome BodyDecoder::finish() const
{
    return !m_inflater || m_inflater->atEnd ? Outcome::Ok : Outcome::Broken;
}

QByteArray BodyDecoder::take()
{
    return std::exchange(m_body, {});
}

}
