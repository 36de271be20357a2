#pragma once

#include <QByteArray>

#include <memory>
#include <optional>

namespace restream {

/// Puts a body together as it comes and keeps it under a cap; gzip (RFC 1952) is inflated on the way.
///
/// Qt's own inflating calls a truncated stream a success; this one wants the stream's end and nothing after it.
class BodyDecoder final
{
public:
    enum class Coding { Identity, Gzip };
    enum class Outcome {
        Ok,
        TooLarge, ///< more than the cap, before or after decoding; what fits is kept
        Broken ///< not gzip, cut off, or followed by something else
    };

    BodyDecoder(Coding coding, qint64 maxBytes);
    ~BodyDecoder();
    BodyDecoder(const BodyDecoder &) = delete;
    BodyDecoder &operator=(const BodyDecoder &) = delete;

    /// What a Content-Encoding header says; nothing for a coding that we don't read.
    static std::optional<Coding> codingOf(const QByteArray &contentEncoding);

    /// What a body of `maxBytes` takes on the wire at most: what can't be compressed grows by less than a thousandth.
    static constexpr qint64 mostReceived(qint64 maxBytes)
    {
        return maxBytes + maxBytes / 1000 + 1024;
    }

    Outcome add(const QByteArray &bytes);
    /// The body has ended: Broken where its gzip stream has not.
    [[nodiscard]] Outcome finish() const;
    [[nodiscard]] QByteArray take(); ///< what was decoded so far

private:
    struct Inflater;

    Outcome inflate(const QByteArray &bytes);
    Outcome append(const char *data, qsizetype size);

    std::unique_ptr<Inflater> m_inflater; ///< null: identity
    QByteArray m_body;
    qint64 m_maxBytes;
    qint64 m_received = 0;
};

}
