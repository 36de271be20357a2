#include "core/guess/pollguess.h"

#include "core/guess/valueshape.h"

#include <QRegularExpression>

#include <algorithm>
#include <cmath>
#include <optional>

namespace restream {
namespace {

constexpr double politest = 10; ///< no shorter interval is proposed
constexpr double longest = 86400;

struct Hint
{
    double seconds = 0;
    QString why;
};

std::optional<double> secondsIn(const QByteArray &text)
{
    bool ok = false;
    const double seconds = text.trimmed().toDouble(&ok);
    return ok && seconds > 0 ? std::optional(seconds) : std::nullopt;
}

std::optional<qint64> dateHeader(const AnswerHints &answer, const char *name)
{
    const QByteArray text = jsonString(headerValue(answer.headers, name));
    return timeOf(JsonSlice(text), name);
}

void cacheHints(const AnswerHints &answer, std::vector<Hint> &hints)
{
    static const QRegularExpression maxAge(QStringLiteral("(?:^|[\\s,])max-age=\"?(\\d+)"),
                                           QRegularExpression::CaseInsensitiveOption);
    const QString control = QString::fromLatin1(headerValue(answer.headers, "cache-control"));
    if (const auto match = maxAge.match(control); match.hasMatch()) {
        if (const auto seconds = secondsIn(match.captured(1).toLatin1()))
            hints.push_back(
                { *seconds, QStringLiteral("Cache-Control says that an answer is good for %1 s") });
        return; // RFC 9111 §5.3: max-age goes before Expires
    }
    const auto until = dateHeader(answer, "expires");
    const auto from = dateHeader(answer, "date");
    if (until && from && *until > *from && !control.contains(u"no-"))
        hints.push_back({ double(*until - *from) / 1000,
                          QStringLiteral("Expires says that an answer is good for %1 s") });
}

/// A "ttl" around the items; RSS counts it in minutes.
void bodyHints(const JsonSlice &body, std::vector<Hint> &hints)
{
    for (const char *pointer : { "/ttl", "/data/ttl", "/meta/ttl", "/metadata/ttl" }) {
        const JsonSlice value = body.at(pointer);
        const auto seconds = value.isNull() ? std::nullopt : secondsIn(value.text().toByteArray());
        if (seconds)
            hints.push_back({ *seconds, QStringLiteral("the body's ttl is %1 s") });
    }
    if (const JsonSlice ttl = body.at("/rss/channel/ttl"); ttl.isString()) {
        if (const auto minutes = secondsIn(ttl.string()))
            hints.push_back({ 60 * *minutes, QStringLiteral("the feed's ttl is %1 s") });
    }
}

std::vector<Hint> hintsOf(const AnswerHints &answer)
{
    std::vector<Hint> hints;
    cacheHints(answer, hints);
    if (const auto seconds = secondsIn(headerValue(answer.headers, "x-poll-interval")))
        hints.push_back({ *seconds, QStringLiteral("X-Poll-Interval asks for %1 s") });
    if (!answer.body.isNull())
        bodyHints(answer.body, hints);
    return hints;
}

/// How far apart two bodies lay that differ. Nothing: too short a time to tell.
std::optional<Hint> observed(const std::vector<AnswerHints> &answers)
{
    constexpr double shortestSpan = 120;
    qint64 changes = 0;
    for (size_t i = 0; i + 1 < answers.size(); ++i)
        changes += answers[i].body.text() == answers[i + 1].body.text() ? 0 : 1;
    if (answers.size() < 3 || changes == 0 || answers.front().timeMs <= 0)
        return {};
    const double span = double(answers.back().timeMs - answers.front().timeMs) / 1000;
    if (span < shortestSpan)
        return {};
    const double apart = span / double(changes);
    const double half = std::clamp(std::round(apart / 2 / politest) * politest, politest, 3600.0);
    return Hint {
        half,
        QStringLiteral(
            "%1 of %2 polls brought something new, about every %3 s; half of that is %4 s")
            .arg(changes)
            .arg(answers.size() - 1)
            .arg(qRound64(apart))
            .arg(QStringLiteral("%1"))
    };
}

/// Windows that providers count in.
qint64 windowOf(double seconds)
{
    for (const qint64 window : { 60, 3600, 86400, 2592000 }) {
        if (seconds <= double(window))
            return window;
    }
    return 0;
}

void addRule(QList<QuotaRule> &rules, qint64 calls, qint64 window)
{
    const QuotaRule rule { int(std::min<qint64>(calls, 1'000'000)), window };
    if (calls > 0 && window > 0 && !rules.contains(rule))
        rules.append(rule);
}

/// "100;w=60", and the newer "default";q=100;w=60.
void policyRules(const QByteArray &policy, QList<QuotaRule> &rules)
{
    static const QRegularExpression item(QStringLiteral("(?:q=)?(\\d+)\\s*;\\s*w=(\\d+)"));
    for (auto it = item.globalMatch(QString::fromLatin1(policy)); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        addRule(rules, match.captured(1).toLongLong(), match.captured(2).toLongLong());
    }
}

void quotaOf(const AnswerHints &answer, PollGuess &guess)
{
    for (const char *name :
         { "ratelimit-policy", "ratelimit-limit", "x-ratelimit-limit", "ratelimit" })
        policyRules(headerValue(answer.headers, name), guess.quota);
    const std::pair<const char *, qint64> named[] = {
        { "second", 1 }, { "minute", 60 }, { "hour", 3600 }, { "day", 86400 }
    };
    for (const auto &[word, window] : named) {
        for (const char *start :
             { "x-ratelimit-limit-", "ratelimit-limit-", "x-rate-limit-limit-" })
            addRule(guess.quota, headerValue(answer.headers, QByteArray(start) + word).toLongLong(),
                    window);
    }
    if (!guess.quota.isEmpty())
        return;
    for (const char *start : { "x-ratelimit-", "x-rate-limit-", "ratelimit-" }) {
        const qint64 limit = headerValue(answer.headers, QByteArray(start) + "limit").toLongLong();
        const double reset = headerValue(answer.headers, QByteArray(start) + "reset").toDouble();
        if (limit <= 0)
            continue;
        const auto now =
            answer.timeMs > 0 ? std::optional(answer.timeMs) : dateHeader(answer, "date");
        constexpr double sinceEpoch = 1e9;
        const double left = reset < sinceEpoch ? reset : now ? reset - double(*now) / 1000 : 0;
        if (left > 0)
            addRule(guess.quota, limit, windowOf(left));
        if (guess.quota.isEmpty())
            guess.warnings << QStringLiteral(
                                  "the server allows %1 calls in some time that it does not say: "
                                  "add \"quota\" when you know it")
                                  .arg(limit);
        return;
    }
}

}

QByteArray headerValue(const QList<std::pair<QByteArray, QByteArray>> &headers,
                       const QByteArray &name)
{
    for (const auto &[key, value] : headers) {
        if (key.compare(name, Qt::CaseInsensitive) == 0)
            return value;
    }
    return {};
}

PollGuess guessPolling(const std::vector<AnswerHints> &answers)
{
    PollGuess guess;
    std::vector<Hint> hints;
    for (const AnswerHints &answer : answers)
        hints = hintsOf(answer).empty() ? hints : hintsOf(answer);
    if (hints.empty()) {
        if (const auto hint = observed(answers))
            hints.push_back(*hint);
    }
    const auto most =
        std::max_element(hints.begin(), hints.end(),
                         [](const Hint &a, const Hint &b) { return a.seconds < b.seconds; });
    if (most == hints.end()) {
        guess.intervalWhy = QStringLiteral("the default, as the server says nothing about it");
    } else {
        guess.intervalSeconds = std::clamp(std::ceil(most->seconds), politest, longest);
        guess.intervalWhy = most->why.arg(most->seconds);
        if (most->seconds < politest)
            guess.intervalWhy +=
                QStringLiteral("; six times a minute is often enough for a first try");
    }
    if (!answers.empty())
        quotaOf(answers.back(), guess);
    for (const QuotaRule &rule : std::as_const(guess.quota)) {
        guess.quotaWhy =
            QStringLiteral("the server's rate limit headers say so; where they only say when "
                           "counting begins anew, the window is the next usual one");
        const double least = std::ceil(double(rule.perSeconds) / rule.calls);
        if (least > guess.intervalSeconds) {
            guess.intervalSeconds = std::min(least, longest);
            guess.intervalWhy =
                QStringLiteral("its rate limit of %1 calls in %2 s allows no shorter one")
                    .arg(rule.calls)
                    .arg(rule.perSeconds);
        }
    }
    return guess;
}

}
