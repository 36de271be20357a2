#pragma once

#include "core/config/channeldefinition.h"
#include "core/guess/guessparts.h"
#include "core/guess/itemmembers.h"

#include <vector>

namespace restream {

/// The items of one poll, by their ids.
struct IdentifiedItems
{
    std::vector<QByteArray> ids;
    std::vector<FlatItem> items; ///< as many
};

/// What the items of consecutive polls say about how they are to be compared.
struct ChangeGuess
{
    QStringList ignore; ///< JSON Pointers into the item
    QString ignoreWhy; ///< empty: nothing to ignore
    QList<GuessReason> mayIgnore; ///< by its name alone
    RemovalRule removal;
    QString removalWhy;
    bool ordered = false;
    QString orderedWhy;
};

/// What else is known of the list.
struct ListFacts
{
    QStringList idField;
    bool isList = true; ///< an array, rather than a map or a single item
    bool isFeed = false; ///< RSS, Atom: a list of the newest by its nature
    bool namedAsRanking = false; ///< the URL speaks of a ranking: "topstories", "trending"
};

/// Pure. `polls`: the oldest first.
ChangeGuess guessChanges(const std::vector<IdentifiedItems> &polls, const ListFacts &facts);

}
