#pragma once

#include "core/config/channeldefinition.h"
#include "core/result.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <optional>
#include <utility>
#include <vector>

// What the engine answers when it is asked. Times are wall clock, ms since 1970 UTC.
namespace restream {

/// A key that some channel needs.
struct KeyInfo
{
    enum class State {
        Missing,
        Present,
        Refused, ///< the API answered 401 or 403 to it
        Unknown ///< the key store can't be asked: `problem` says why
    };

    QString owner; ///< the channel that it is kept under
    QString name;
    QString description;
    QString url; ///< where to get one
    State state = State::Unknown;
    QString problem; ///< what to do about Refused and Unknown
    QStringList channels; ///< that use it
    qint64 lastUsedMs = 0; ///< by the streams that are in memory, with success

    bool operator==(const KeyInfo &) const = default;
};

/// A call made to see what comes, nothing kept.
struct TryOutcome
{
    QString request; ///< method, URL and headers as sent, one a line, keys masked
    int status = 0; ///< 0: no answer
    QList<std::pair<QByteArray, QByteArray>> headers;
    qint64 tookMs = 0;
    QByteArray body; ///< decoded; may be cut where the status is not 2xx
    std::optional<Error> error; ///< why there are no items
    qint64 items = 0;
    std::vector<std::pair<QByteArray, QByteArray>> firstItems; ///< id and text, at most 200
    QStringList warnings; ///< duplicate ids, items without one, …
};

}
