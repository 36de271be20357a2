#pragma once

#include "core/config/channeldefinition.h"
#include "core/guess/guessparts.h"
#include "core/stream/jsontext.h"

#include <QByteArray>
#include <QList>

#include <utility>
#include <vector>

namespace restream {

/// What one answer says about when to ask again.
struct AnswerHints
{
    QList<std::pair<QByteArray, QByteArray>> headers;
    JsonSlice body;
    qint64 timeMs = 0; ///< wall clock; 0: unknown
};

struct PollGuess
{
    double intervalSeconds = 100;
    QString intervalWhy;
    QList<QuotaRule> quota;
    QString quotaWhy; ///< empty: no quota
    QStringList warnings;
};

/// How often to ask, by what the servers say (Cache-Control, Expires, X-Poll-Interval, a ttl in the body), else by how often the bodies differed, and never
/// faster than rate limit headers allow. Pure.
PollGuess guessPolling(const std::vector<AnswerHints> &answers);

/// The value of a header, names in any case; empty: none.
QByteArray headerValue(const QList<std::pair<QByteArray, QByteArray>> &headers,
                       const QByteArray &name);

}
