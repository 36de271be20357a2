#pragma once

#include "core/guess/guessparts.h"
#include "core/guess/pastedrequest.h"
#include "core/guess/requestdraft.h"
#include "core/result.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <functional>
#include <utility>
#include <vector>

namespace restream {

/// What one call brought.
struct GuessPoll
{
    int status = 200;
    QList<std::pair<QByteArray, QByteArray>> headers; ///< names in any case
    QByteArray body; ///< decoded of gzip
    qint64 timeMs = 0; ///< wall clock; 0: unknown, and the header Date says it where there is one
};

/// A body as JSON text, and what it was: the definition's "format".
struct DecodedBody
{
    QByteArray json;
    QString format = QStringLiteral("json");
};

/// Makes JSON of a body by its Content-Type. Its error is told as it is.
using BodyToJson =
    std::function<Result<DecodedBody>(const QByteArray &body, const QByteArray &contentType)>;

/// Takes only JSON: the decoder where there is no other.
Result<DecodedBody> jsonOnly(const QByteArray &body, const QByteArray &contentType);

struct GuessInput
{
    PastedRequest request;
    std::vector<GuessPoll> polls; ///< consecutive, the oldest first
    QString fallbackName; ///< where the request has no URL to make a name of
    QString replayFiles; ///< where the request has no URL: the glob that is replayed instead
    BodyToJson toJson = jsonOnly;
};

/// A definition that is proposed, and why.
struct Guess
{
    QByteArray
        definition; ///< pretty JSON, members in the order of the documentation; holds no key's value
    QList<GuessReason> reasons; ///< in the order of the definition
    QStringList warnings; ///< what people should look at before they keep it
    QStringList problems; ///< why readDefinition() refuses it; empty: it can be used as it is
    QList<GuessedSecret> secrets; ///< for the key store
    QList<ItemsCandidate>
        items; ///< places that could hold the items, the best first; the first one is in the definition
    QList<IdCandidate> ids; ///< of the place that was chosen, the best first
    QList<GuessReason>
        suggestions; ///< what the definition does not say, and could: members to ignore, params
};

/// Proposes the definition of the channel whose requests and answers these are. A poll that failed (its status, its body) is passed over and a
/// warning; without any that is good the definition has the request alone. Members of a definition that was pasted stay as they are. Pure; any thread.
/// Nothing in it is certain: the reasons say what it rests on.
Guess guess(const GuessInput &input);

}
