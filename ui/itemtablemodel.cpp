#include "ui/itemtablemodel.h"

#include <QSet>

#include <algorithm>
#include <numeric>

namespace restream {
namespace {

/// With more gaps than this, doomed rows are first moved to the end and updates are told as one range: views take each signal apart at the
/// price of a look at every row.
constexpr size_t mostRuns = 50;

/// Ascending rows as runs without gaps, first and last each.
std::vector<std::pair<int, int>> runs(const std::vector<int> &rows)
{
    std::vector<std::pair<int, int>> result;
    for (const int row : rows) {
        if (!result.empty() && result.back().second == row - 1)
            result.back().second = row;
        else
            result.emplace_back(row, row);
    }
    return result;
}

}

ItemTableModel::ItemTableModel(const Clock &clock, QObject *parent)
    : QAbstractTableModel(parent),
      m_clock(clock)
{
}

void ItemTableModel::setItems(const QByteArray &stream, const std::vector<Item> &items)
{
    if (stream == m_stream && !m_rows.empty()) {
        apply(difference(items));
        return;
    }
    beginResetModel();
    m_stream = stream;
    m_columns = chooseColumns(items);
    m_rows.clear();
    for (const Item &item : items)
        m_rows.push_back({ item, {}, 0, false });
    m_lastFlash = 0;
    reindex();
    endResetModel();
}

void ItemTableModel::clear()
{
    setItems({}, {});
}

void ItemTableModel::apply(const Changeset &changes)
{
    removeItems(changes.removed);
    updateItems(changes.updated);
    addItems(changes.added);
    if (changes.order)
        arrange(*changes.order);
    if (!changes.updated.empty() || !changes.added.empty()) {
        m_lastFlash = m_clock.monotonicMs();
        emit flashed();
    }
}

Changeset ItemTableModel::difference(const std::vector<Item> &items) const
{
    Changeset changes;
    QSet<QByteArray> ids;
    std::vector<QByteArray> order;
    for (const Item &item : items) {
        const QByteArray id = item.id().toByteArray();
        ids.insert(id);
        order.push_back(id);
        const int row = m_index.value(id, -1);
        if (row < 0)
            changes.added.push_back(item);
        else if (const Item &held = m_rows[size_t(row)].item; held != item)
            changes.updated.emplace_back(held, item);
    }
    for (const Row &row : m_rows) {
        const QByteArray id = row.item.id().toByteArray();
        if (!ids.contains(id))
            changes.removed.push_back(id);
    }
    changes.order = std::move(order);
    return changes;
}

void ItemTableModel::removeItems(const std::vector<QByteArray> &ids)
{
    std::vector<int> doomed;
    for (const QByteArray &id : ids) {
        if (const int row = m_index.value(id, -1); row >= 0)
            doomed.push_back(row);
    }
    std::sort(doomed.begin(), doomed.end());
    std::vector<std::pair<int, int>> ranges = runs(doomed);
    if (ranges.size() > mostRuns) {
        std::vector<bool> isDoomed(m_rows.size());
        for (const int row : doomed)
            isDoomed[size_t(row)] = true;
        std::vector<int> order(m_rows.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_partition(order.begin(), order.end(),
                              [&](int row) { return !isDoomed[size_t(row)]; });
        permute(order);
        ranges = { { int(m_rows.size() - doomed.size()), int(m_rows.size()) - 1 } };
    }
    std::reverse(ranges.begin(), ranges.end()); // the last first: the others stay where they are
    for (const auto &[first, last] : ranges) {
        beginRemoveRows({}, first, last);
        for (int row = first; row <= last; ++row)
            m_index.remove(m_rows[size_t(row)].item.id().toByteArray());
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
        reindex(first);
        endRemoveRows();
    }
}

void ItemTableModel::updateItems(const std::vector<Update> &updates)
{
    const qint64 now = m_clock.monotonicMs();
    std::vector<int> changed;
    for (const Update &update : updates) {
        const int row = m_index.value(update.id().toByteArray(), -1);
        if (row < 0)
            continue;
        m_rows[size_t(row)] = { update.after, {}, now, false };
        changed.push_back(row);
    }
    if (changed.empty())
        return;
    std::sort(changed.begin(), changed.end());
    std::vector<std::pair<int, int>> ranges = runs(changed);
    if (ranges.size() > mostRuns)
        ranges = { { changed.front(), changed.back() } };
    for (const auto &[first, last] : ranges)
        emit dataChanged(index(first, 0), index(last, std::max(0, columnCount() - 1)));
}

void ItemTableModel::addItems(const std::vector<Item> &items)
{
    std::vector<Item> fresh;
    for (const Item &item : items) {
        if (!m_index.contains(item.id().toByteArray()))
            fresh.push_back(item);
    }
    if (fresh.empty())
        return;
    if (m_columns.empty()) {
        std::vector<Column> columns = chooseColumns(fresh);
        beginInsertColumns({}, 0, int(columns.size()) - 1);
        m_columns = std::move(columns);
        endInsertColumns();
    }
    const qint64 now = m_clock.monotonicMs();
    const auto first = int(m_rows.size());
    beginInsertRows({}, first, first + int(fresh.size()) - 1);
    for (Item &item : fresh)
        m_rows.push_back({ std::move(item), {}, now, true });
    reindex(first);
    endInsertRows();
}

void ItemTableModel::arrange(const std::vector<QByteArray> &ids)
{
    std::vector<int> order;
    std::vector<bool> placed(m_rows.size());
    for (const QByteArray &id : ids) {
        const int row = m_index.value(id, -1);
        if (row < 0 || placed[size_t(row)])
            continue;
        order.push_back(row);
        placed[size_t(row)] = true;
    }
    for (size_t row = 0; row < m_rows.size(); ++row) {
        if (!placed[row])
            order.push_back(int(row));
    }
    permute(order);
}

/// Puts what was row `oldRows[i]` into row i.
void ItemTableModel::permute(const std::vector<int> &oldRows)
{
    if (std::is_sorted(oldRows.begin(), oldRows.end()))
        return;
    emit layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    std::vector<int> newRows(oldRows.size());
    std::vector<Row> rows;
    rows.reserve(oldRows.size());
    for (size_t i = 0; i < oldRows.size(); ++i) {
        newRows[size_t(oldRows[i])] = int(i);
        rows.push_back(std::move(m_rows[size_t(oldRows[i])]));
    }
    m_rows = std::move(rows);
    reindex();
    const QModelIndexList before = persistentIndexList();
    QModelIndexList after;
    for (const QModelIndex &old : before)
        after.append(index(newRows[size_t(old.row())], old.column()));
    changePersistentIndexList(before, after);
    emit layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void ItemTableModel::reindex(int from)
{
    if (from == 0)
        m_index.clear();
    for (auto row = size_t(from); row < m_rows.size(); ++row)
        m_index.insert(m_rows[row].item.id().toByteArray(), int(row));
}

const QStringList &ItemTableModel::cells(const Row &row) const
{
    if (!row.cells.isEmpty())
        return row.cells;
    const JsonSlice item(row.item.text());
    for (const Column &column : m_columns) {
        switch (column.kind) {
        case Column::Kind::Id:
            row.cells.append(QString::fromUtf8(row.item.id()));
            break;
        case Column::Kind::Member:
            row.cells.append(cellText(item.at(column.pointer)));
            break;
        case Column::Kind::Whole:
            row.cells.append(cellText(item));
            break;
        }
    }
    return row.cells;
}

double ItemTableModel::flash(const Row &row) const
{
    if (row.flashedAt == 0)
        return 0;
    return std::clamp(1 - double(m_clock.monotonicMs() - row.flashedAt) / double(flashMs), 0.0,
                      1.0);
}

bool ItemTableModel::isFlashing() const
{
    return m_lastFlash != 0 && m_clock.monotonicMs() - m_lastFlash < flashMs;
}

bool ItemTableModel::rowContains(int row, const QString &needle) const
{
    const QStringList &texts = cells(m_rows[size_t(row)]);
    return std::any_of(texts.begin(), texts.end(), [&](const QString &text) {
        return text.contains(needle, Qt::CaseInsensitive);
    });
}

int ItemTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int ItemTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_columns.size());
}

QVariant ItemTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &row = m_rows[size_t(index.row())];
    const Column &column = m_columns[size_t(index.column())];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        return cells(row).at(index.column());
    case Qt::TextAlignmentRole:
        return int((column.numeric ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case SortRole: {
        const QString text = cells(row).at(index.column());
        bool isNumber = false;
        const double number = column.numeric ? text.toDouble(&isNumber) : 0;
        return isNumber ? QVariant(number) : QVariant(text);
    }
    case JsonRole:
        return row.item.text().toByteArray();
    case FlashRole:
        return flash(row);
    case AddedRole:
        return row.added;
    default:
        return {};
    }
}

QVariant ItemTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const Column &column = m_columns[size_t(section)];
    if (role == Qt::DisplayRole)
        return column.title;
    if (role == Qt::ToolTipRole && column.kind == Column::Kind::Member)
        return QString::fromUtf8(column.pointer);
    if (role == Qt::TextAlignmentRole)
        return int((column.numeric ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return {};
}

}
