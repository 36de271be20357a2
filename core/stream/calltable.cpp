#include "core/stream/calltable.h"

#include "core/poll/quota.h"
#include "core/stream/storeconnection.h"
#include "core/stream/streamtable.h"

#include <algorithm>

namespace restream {
namespace {

constexpr qint64 msPerSecond = 1000;
constexpr qint64 msPerDay = qint64(24) * 60 * 60 * msPerSecond;
/// Processes read the clock before they wait for their turn: so much later than now a call can be without the clock being set back.
constexpr qint64 believedAheadMs = qint64(60) * msPerSecond;
constexpr qint64 forgetAgainMs = qint64(60) * msPerSecond;

bool lessRule(const QuotaRule &a, const QuotaRule &b)
{
    return std::pair(a.calls, a.perSeconds) < std::pair(b.calls, b.perSeconds);
}

QList<QuotaRule> sortedOnce(QList<QuotaRule> rules)
{
    std::sort(rules.begin(), rules.end(), lessRule);
    rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
    return rules;
}

}

qint64 CallTable::record(const CallRequest &call)
{
    const qsizetype params = call.stream.indexOf('?');
    const QByteArray channel = params < 0 ? call.stream : call.stream.left(params);
    if (call.bucket.isEmpty()) {
        forgetRules(channel, call.nowMs);
        m_streams.noteCall(call.stream, call.nowMs);
        return 0;
    }
    m_forgotten.remove(channel);
    const qint64 key = bucket(call.bucket);
    const QList<QuotaRule> rules = learnRules(key, channel, call);
    const qint64 allowedAt = quotaAllowsAt(earlierCalls(key, rules, call.nowMs), rules, call.nowMs);
    if (allowedAt > call.nowMs)
        return allowedAt;
    m_connection.run("INSERT INTO calls (bucket, time) VALUES (?, ?)", { key, call.nowMs });
    m_streams.noteCall(call.stream, call.nowMs);
    return 0;
}

/// It says no quota any more, so that it no longer speaks for others either.
void CallTable::forgetRules(const QByteArray &channel, qint64 nowMs)
{
    // Another process may have said one meanwhile, or this may have been rolled back: it is done again, only not for each call.
    const auto last = m_forgotten.constFind(channel);
    if (last != m_forgotten.constEnd() && nowMs >= *last && nowMs - *last < forgetAgainMs)
        return;
    m_connection.run("DELETE FROM rules WHERE channel = ?", { channel });
    m_forgotten.insert(channel, nowMs);
}

qint64 CallTable::bucket(const QByteArray &name)
{
    m_connection.run("INSERT INTO buckets (name) VALUES (?) ON CONFLICT DO NOTHING", { name });
    StoreRows rows = m_connection.rows("SELECT key FROM buckets WHERE name = ?", { name });
    return rows.next() ? rows.integer(0) : 0;
}

QList<QuotaRule> CallTable::learnRules(qint64 bucket, const QByteArray &channel,
                                       const CallRequest &call)
{
    QList<QuotaRule> ofOthers;
    QList<QuotaRule> known;
    qint64 saidMs = call.nowMs;
    {
        StoreRows rows = m_connection.rows(
            "SELECT channel, calls, per_seconds, said FROM rules WHERE bucket = ?", { bucket });
        while (rows.next()) {
            const QuotaRule rule { int(rows.integer(1)), rows.integer(2) };
            if (rows.bytes(0) != channel) {
                ofOthers.push_back(rule);
                continue;
            }
            known.push_back(rule);
            saidMs = std::min(saidMs, rows.integer(3));
        }
    }
    const QList<QuotaRule> said = sortedOnce(call.quota);
    if (sortedOnce(known) != said || saidMs + msPerDay < call.nowMs) {
        m_connection.run("DELETE FROM rules WHERE bucket = ? AND channel = ?", { bucket, channel });
        for (const QuotaRule &rule : said) {
            m_connection.run("INSERT INTO rules (bucket, channel, calls, per_seconds, said)"
                             " VALUES (?, ?, ?, ?, ?)",
                             { bucket, channel, rule.calls, rule.perSeconds, call.nowMs });
        }
    }
    return said + ofOthers;
}

std::vector<qint64> CallTable::earlierCalls(qint64 bucket, const QList<QuotaRule> &rules,
                                            qint64 nowMs)
{
    qint64 windowMs = 0;
    for (const QuotaRule &rule : rules)
        windowMs = std::max(windowMs, rule.perSeconds * msPerSecond);

    m_connection.run("UPDATE calls SET time = ? WHERE bucket = ? AND time > ?",
                     { nowMs, bucket, nowMs + believedAheadMs });
    // Some are kept longer, for a rule that is yet to be said.
    m_connection.run("DELETE FROM calls WHERE bucket = ? AND time <= ?",
                     { bucket, nowMs - std::max(windowMs, msPerDay) });

    std::vector<qint64> calls;
    StoreRows rows =
        m_connection.rows("SELECT time FROM calls WHERE bucket = ? AND time > ? ORDER BY time",
                          { bucket, nowMs - windowMs });
    while (rows.next())
        calls.push_back(rows.integer(0));
    return calls;
}

void CallTable::dropUnused(qint64 beforeMs)
{
    m_forgotten.clear();
    m_connection.run("DELETE FROM rules WHERE said < ?", { beforeMs });
    m_connection.run("DELETE FROM buckets WHERE NOT EXISTS"
                     " (SELECT 1 FROM rules WHERE rules.bucket = buckets.key)");
}

}
