#pragma once

#include <QSortFilterProxyModel>

namespace restream {

/// The rows of an ItemTableModel that hold a text; unsorted until a column's header is clicked.
class ItemFilterModel final : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit ItemFilterModel(QObject *parent = nullptr);

    /// Shows the rows that hold every word of `text`; empty: all.
    void setText(const QString &text);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    QStringList m_words;
};

}
