#pragma once

#include <QString>
#include <QtGlobal>

#include <functional>
#include <limits>
#include <optional>

namespace restream {

/// When the next poll of a stream is due, and why. Pure: times come in as arguments, in ms of one clock.
class PollSchedule final
{
public:
    /// `random` gives [0, 1): the jitter of a back-off. `phase`: as spreadPoll(); none: exactly each interval.
    PollSchedule(qint64 intervalMs, std::function<double()> random,
                 std::optional<double> phase = {});

    /// A call was made at `now`.
    void called(qint64 now);
    /// One was made at `when`, in an earlier run or under another schedule: the next may follow exactly an interval later.
    void calledBefore(qint64 when);
    void succeeded(qint64 now);
    /// Backs off: interval, then twice that at each further failure with jitter of ±20 %, at most 15 minutes (or the interval where longer).
    void failed(qint64 now);
    /// `retryAfterMs`: what the server said; absent or nonsense (negative): as failed(); at most 1 hour.
    void rateLimited(qint64 now, std::optional<qint64> retryAfterMs);
    /// A person wants it now: a back-off after failures ends, what a server or a quota said does not.
    void hurry();
    /// Not before `when`, whatever the outcomes of calls until then: a quota, or a wait kept over a restart. Of several the latest counts.
    void notBefore(qint64 when, const QString &why);

    /// The next poll is due at this time; never earlier than the interval after the last call. `now` where nothing speaks against it.
    [[nodiscard]] qint64 due(qint64 now) const;
    /// One clause in English: "every 60 s", "the server said wait", "the last poll failed", "2 failures in a row", "quota of 500 calls in 24 h".
    [[nodiscard]] QString reason() const;

private:
    [[nodiscard]] qint64 intervalOver() const;

    qint64 m_intervalMs;
    std::function<double()> m_random;
    std::optional<double> m_phase;
    std::optional<qint64> m_lastCall;
    bool m_spread = false; ///< the last call was one of ours
    qint64 m_notBefore = std::numeric_limits<qint64>::min();
    qint64 m_retryAt = std::numeric_limits<qint64>::min();
    int m_failures = 0;
    bool m_backsOff = false; ///< m_retryAt is our own choice
    QString m_everyReason;
    QString m_notBeforeReason;
    QString m_retryReason;
};

}
