#pragma once

#include "core/stream/item.h"

#include <QByteArray>

#include <memory>
#include <optional>
#include <vector>

namespace restream {

/// One item that changed, as it was and as it is (they have the same id), so that any form of the update can be made.
struct Update
{
    Item before;
    Item after;

    Update() = default;
    Update(Item theBefore, Item theAfter) : before(std::move(theBefore)), after(std::move(theAfter))
    {
    }
    Update(QByteArrayView id, QByteArrayView textBefore, QByteArrayView textAfter)
        : before(id, textBefore),
          after(id, textAfter)
    {
    }

    [[nodiscard]] QByteArrayView id() const { return after.id(); }

    bool operator==(const Update &) const = default;
};

/// What one poll changed in a stream: the unit of delivery.
struct Changeset
{
    qint64 seq = 0; ///< 1 for the first good poll; 0 while not yet numbered
    qint64 timeMs = 0; ///< wall clock of the poll, ms since 1970 UTC
    std::vector<Item> added;
    std::vector<Update> updated;
    std::vector<QByteArray> removed;
    /// All ids in their order, where the channel is `ordered` and it differs from (old − removed + added at the end).
    std::optional<std::vector<QByteArray>> order;

    [[nodiscard]] bool isEmpty() const
    {
        return added.empty() && updated.empty() && removed.empty() && !order;
    }
    /// Bytes that it holds: ids and texts, for the bounds of the history.
    [[nodiscard]] qint64 bytes() const;

    bool operator==(const Changeset &) const = default;
};

/// Shared between the history, the encoder and whoever watches; never changed once numbered.
using ChangesetPtr = std::shared_ptr<const Changeset>;

}
