#pragma once

#include "core/stream/diff.h"

#include <QByteArrayList>
#include <QString>

namespace restream {

using Mode = RemovalRule::Mode;

inline PolledItems polled(const QByteArray &body, const ItemSet &held = {})
{
    ChannelDefinition definition;
    definition.idField = QStringList { QStringLiteral("id") };
    definition.maxItems = 1'000'000;
    return readItems(body, definition, held).value();
}

/// A poll of items that are nothing but ids.
inline PolledItems polledIds(const QByteArray &letters)
{
    QByteArrayList items;
    for (const char letter : letters)
        items << QByteArray("{\"id\":\"") + letter + "\"}";
    return polled('[' + items.join(',') + ']');
}

/// What a stream does with polls.
struct Held
{
    DiffRules rules;
    ItemSet items;
    qint64 polls = 0;

    [[nodiscard]] Difference differenceTo(const PolledItems &poll, qint64 number) const
    {
        return diff(polled(poll.body, items), rules, number);
    }
    Changeset take(const PolledItems &poll) { return take(differenceTo(poll, ++polls)); }
    Changeset takeUnchanged() { return take(diffUnchanged(items, rules, ++polls)); }

    Changeset take(const Difference &difference)
    {
        items.apply(difference.changes);
        for (const auto &[id, poll] : difference.missingSince)
            items.setMissingSince(id, poll);
        return difference.changes;
    }

    [[nodiscard]] qint64 missingSince(const QByteArray &id) const
    {
        return items.missingSince(items.placeOf(id));
    }

    [[nodiscard]] QByteArray ids() const
    {
        QByteArray result;
        for (const Item &item : items)
            result += item.id();
        return result;
    }
};

inline QByteArray joined(const std::vector<QByteArray> &ids)
{
    QByteArray result;
    for (const QByteArray &id : ids)
        result += id;
    return result;
}

inline DiffRules rulesOf(Mode mode, int after = 1, bool ordered = false, qint64 maxItems = 10000)
{
    DiffRules rules;
    rules.removal.mode = mode;
    rules.removal.after = after;
    rules.ordered = ordered;
    rules.maxItems = maxItems;
    return rules;
}

}
