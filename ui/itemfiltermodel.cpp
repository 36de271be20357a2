#include "ui/itemfiltermodel.h"

#include "ui/itemtablemodel.h"

#include <algorithm>

namespace restream {

ItemFilterModel::ItemFilterModel(QObject *parent) : QSortFilterProxyModel(parent)
{
    setSortRole(ItemTableModel::SortRole);
}

void ItemFilterModel::setText(const QString &text)
{
    m_words = text.split(u' ', Qt::SkipEmptyParts);
    invalidateRowsFilter();
}

bool ItemFilterModel::filterAcceptsRow(int row, const QModelIndex &) const
{
    const auto *items = qobject_cast<const ItemTableModel *>(sourceModel());
    return std::all_of(m_words.begin(), m_words.end(),
                       [&](const QString &word) { return items->rowContains(row, word); });
}

bool ItemFilterModel::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const QVariant a = left.data(sortRole());
    const QVariant b = right.data(sortRole());
    const bool aIsNumber = a.typeId() == QMetaType::Double;
    const bool bIsNumber = b.typeId() == QMetaType::Double;
    if (aIsNumber && bIsNumber)
        return a.toDouble() < b.toDouble();
    if (aIsNumber != bIsNumber)
        return bIsNumber; // what is no number comes first
    return a.toString().compare(b.toString(), Qt::CaseInsensitive) < 0;
}

}
