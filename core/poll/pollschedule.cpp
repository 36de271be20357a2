#include "core/poll/pollschedule.h"

#include "core/poll/pollspread.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace restream {
namespace {

constexpr qint64 longestBackOffMs = qint64(15) * 60 * 1000;
constexpr qint64 longestRetryAfterMs = qint64(60) * 60 * 1000;

QString durationText(qint64 ms)
{
    const auto number = [](double value) {
        return QLocale::c().toString(value, 'g', QLocale::FloatingPointShortest);
    };
    constexpr qint64 minute = 60'000;
    constexpr qint64 hour = 60 * minute;
    if (ms >= 2 * hour && ms % hour == 0)
        return number(double(ms) / double(hour)) + u" h";
    if (ms >= 2 * minute && ms % minute == 0)
        return number(double(ms) / double(minute)) + u" min";
    return number(double(ms) / 1000) + u" s";
}

}

PollSchedule::PollSchedule(qint64 intervalMs, std::function<double()> random,
                           std::optional<double> phase)
    : m_intervalMs(intervalMs),
      m_random(std::move(random)),
      m_phase(phase),
      m_everyReason(u"every " + durationText(m_intervalMs))
{
}

void PollSchedule::called(qint64 now)
{
    calledBefore(now);
    m_spread = true;
}

void PollSchedule::calledBefore(qint64 when)
{
    m_lastCall = std::max(when, m_lastCall.value_or(when));
    m_spread = false;
}

void PollSchedule::succeeded(qint64)
{
    m_failures = 0;
    m_retryAt = std::numeric_limits<qint64>::min();
    m_retryReason.clear();
}

void PollSchedule::failed(qint64 now)
{
    ++m_failures;
    constexpr int mostDoublings = 20; // past any cap, and far from overflow
    const auto cap = double(std::max(longestBackOffMs, m_intervalMs));
    const double plain = double(m_intervalMs) * std::exp2(std::min(m_failures - 1, mostDoublings));
    const double delay = std::min(cap, std::min(cap, plain) * (0.8 + 0.4 * m_random()));
    m_retryAt = std::max(now + qint64(delay), intervalOver());
    m_backsOff = true;
    m_retryReason = m_failures == 1 ? QStringLiteral("the last poll failed")
                                    : QStringLiteral("%1 failures in a row").arg(m_failures);
}

void PollSchedule::rateLimited(qint64 now, std::optional<qint64> retryAfterMs)
{
    if (!retryAfterMs || *retryAfterMs < 0) {
        failed(now);
        return;
    }
    m_retryAt = now + std::min(*retryAfterMs, longestRetryAfterMs);
    m_backsOff = false;
    m_retryReason = QStringLiteral("the server said wait");
}

void PollSchedule::hurry()
{
    m_spread = false;
    if (m_backsOff) {
        m_retryAt = std::numeric_limits<qint64>::min();
        m_retryReason.clear();
    }
}

void PollSchedule::notBefore(qint64 when, const QString &why)
{
    if (when < m_notBefore)
        return;
    m_notBefore = when;
    m_notBeforeReason = why;
}

qint64 PollSchedule::due(qint64 now) const
{
    return std::max({ now, intervalOver(), m_retryAt, m_notBefore });
}

QString PollSchedule::reason() const
{
    const qint64 latest = std::max({ intervalOver(), m_retryAt, m_notBefore });
    if (!m_notBeforeReason.isEmpty() && m_notBefore == latest)
        return m_notBeforeReason;
    if (!m_retryReason.isEmpty() && m_retryAt == latest)
        return m_retryReason;
    return m_everyReason;
}

qint64 PollSchedule::intervalOver() const
{
    if (!m_lastCall)
        return std::numeric_limits<qint64>::min();
    return m_spread && m_phase ? spreadPoll(*m_lastCall, m_intervalMs, *m_phase)
                               : *m_lastCall + m_intervalMs;
}

}
