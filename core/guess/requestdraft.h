#pragma once

#include "core/guess/guessparts.h"
#include "core/guess/pastedrequest.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

namespace restream {

/// A key that was found in what was pasted.
struct GuessedSecret
{
    QString keyName; ///< as in the definition's auth
    QString value; ///< empty: a placeholder stood there ("$TOKEN", "YOUR_KEY")
};

/// What a request becomes in a definition: without keys, without what is personal.
struct RequestDraft
{
    QByteArray request; ///< the member's JSON; empty: there is no URL
    QByteArray auth; ///< empty: none
    QByteArray keys; ///< empty: none
    QList<GuessedSecret> secrets;
    QList<GuessReason> reasons;
    QStringList warnings; ///< what was left out, and why
};

/// Takes keys out of URL and headers (they become auth and secrets; one of them, as a channel attaches one), leaves out what browsers add about a person,
/// and splits the query into members where nothing is lost by that. Pure.
RequestDraft draftRequest(const PastedRequest &pasted);

}
