#pragma once

#include "core/guess/changeguess.h"

#include <optional>

namespace restream {

/// A member by whose times the items are in order.
struct TimeOrder
{
    QString field; ///< as in id_field
    bool newestFirst = false; ///< else the oldest
};

/// The order that the items have in all polls. Nothing: none, or too few items to tell.
std::optional<TimeOrder> timeOrderOf(const std::vector<IdentifiedItems> &polls);

/// What came and went between consecutive polls.
struct Turnover
{
    qint64 added = 0;
    qint64 gone = 0;
    qint64 goneFromEnd = 0; ///< of these: nothing that stayed stood behind them
    qint64 returned = 0; ///< gone for at most two polls, and back
    int longestGap = 0; ///< in polls, of what came back
    bool orderChanged = false; ///< some that stayed changed places
};

Turnover turnoverOf(const std::vector<IdentifiedItems> &polls);

}
