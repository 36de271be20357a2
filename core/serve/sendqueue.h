#pragma once

#include <QByteArray>

#include <functional>
#include <span>
#include <vector>

namespace restream {

/// The frames that one client has yet to be sent, and what of them counts for the bound. Shares their bytes.
class SendQueue final
{
public:
    /// What the bound of the queue means for a message.
    enum class Kind : quint8 {
        Answer, ///< always queued; while too much waits, nothing is read from the client
        Exempt, ///< what a subscriber gets at subscription: as Answer
        Data ///< bounded
    };

    static constexpr size_t mostParts = 64; ///< frames in one system call

    [[nodiscard]] bool isEmpty() const { return m_frames.empty(); }
    [[nodiscard]] size_t size() const { return m_frames.size(); }
    [[nodiscard]] qint64 waiting() const { return m_waiting; } ///< bytes that have not left

    void add(const QByteArray &bytes, Kind kind, void *tag);
    /// Whether so many bytes of Data would be more than `bound`; never where nothing waits.
    [[nodiscard]] bool isPast(qint64 bound, qsizetype bytes) const;
    /// A first frame that is larger than `bound` by itself counts no longer.
    void exemptLargeFirst(qint64 bound);

    /// What is to leave next, of at most mostParts frames. Valid until the next call of any queue on this thread.
    [[nodiscard]] std::span<const QByteArrayView> parts() const;
    void takeSent(qint64 bytes);
    void prefetch() const { __builtin_prefetch(m_frames.data()); }

    /// Drops everything, or Data alone, but for frames of which some has left or is among the `held` bytes behind that; `dropped` gets
    /// the tag of each that has one.
    void drop(bool onlyData, qint64 held, const std::function<void(void *tag)> &dropped = {});
    void untag(void *tag); ///< forgets one that is about to end

private:
    struct Frame
    {
        QByteArray bytes;
        void *tag;
        Kind kind;
    };

    std::vector<Frame> m_frames;
    qint64 m_sentOfFirst = 0;
    qint64 m_waiting = 0;
    qint64 m_bounded = 0; ///< bytes of Data, a frame that is partly sent as a whole
};

}
