#pragma once

#include "core/guess/guessparts.h"
#include "core/guess/itemmembers.h"

namespace restream {

/// The members, or lists of them, that could be the items' id, the best first: different in each item, the same at the next poll, and called or shaped like an
/// id. `polls`: the items of each, the oldest poll first. `itemsName`: what the list of items is called. Pure.
QList<IdCandidate> guessIds(const std::vector<std::vector<FlatItem>> &polls,
                            const QByteArray &itemsName);

/// How much a member's name is like an id's, 10 at most; 1.5 of a name that says nothing. `itemsName` as in guessIds().
double nameScore(const QByteArray &name, const QByteArray &itemsName);

}
