#include "core/stream/itemhistory.h"

#include <algorithm>

namespace restream {
namespace {

void follow(std::vector<ItemVersion> &versions, const Changeset &changes, const QByteArray &id)
{
    const auto add = [&](std::optional<QByteArray> text) {
        versions.push_back({ changes.seq, changes.timeMs, std::move(text) });
    };
    const auto added = std::find_if(changes.added.begin(), changes.added.end(),
                                    [&id](const Item &item) { return item.id() == id; });
    const auto updated = std::find_if(changes.updated.begin(), changes.updated.end(),
                                      [&id](const Update &update) { return update.id() == id; });
    if (added != changes.added.end()) {
        add(added->text().toByteArray());
    } else if (updated != changes.updated.end()) {
        if (versions.empty())
            versions.push_back({ 0, 0, updated->before.text().toByteArray() });
        add(updated->after.text().toByteArray());
    } else if (std::find(changes.removed.begin(), changes.removed.end(), id)
               != changes.removed.end()) {
        add(std::nullopt);
    }
}

}

std::vector<ItemVersion> itemHistory(const Stream &stream, const QByteArray &id)
{
    std::vector<ItemVersion> versions;
    const History &history = stream.history();
    if (history.size() > 0) {
        const auto held = history.since(history.first() - 1, stream.seq());
        for (const ChangesetPtr &changes : held.value_or(std::vector<ChangesetPtr>()))
            follow(versions, *changes, id);
    }
    if (const Item *now = stream.items().find(id); now && versions.empty())
        versions.push_back({ 0, 0, now->text().toByteArray() });
    return versions;
}

}
