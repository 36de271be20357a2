#pragma once

#include "core/clock.h"
#include "core/stream/changeset.h"
#include "ui/columnchoice.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QStringList>

#include <vector>

namespace restream {

/// The items of one stream, a row each, in their order. Changes insert, remove, move and update rows; only another stream resets it.
class ItemTableModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Role {
        SortRole = Qt::UserRole, ///< a number where the cell holds one, else its text
        JsonRole, ///< the item's own text, QByteArray
        FlashRole, ///< how much of its flash is left, 1 to 0
        AddedRole ///< true: it flashes because it is new; false: because it was updated
    };
    static constexpr qint64 flashMs = 1600;

    /// `clock` outlives the model.
    explicit ItemTableModel(const Clock &clock, QObject *parent = nullptr);

    /// All items of `stream`. Of the stream that is shown already only what differs is changed.
    void setItems(const QByteArray &stream, const std::vector<Item> &items);
    void apply(const Changeset &changes);
    void clear();

    [[nodiscard]] const std::vector<Column> &columns() const { return m_columns; }
    [[nodiscard]] const QByteArray &stream() const { return m_stream; }
    /// Any cell of the row holds `needle`, whatever the case.
    [[nodiscard]] bool rowContains(int row, const QString &needle) const;
    /// Some row may still flash.
    [[nodiscard]] bool isFlashing() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

signals:
    /// Rows have begun to flash.
    void flashed();

private:
    struct Row
    {
        Item item;
        mutable QStringList cells; ///< read when first asked for
        qint64 flashedAt = 0;
        bool added = false;
    };

    [[nodiscard]] Changeset difference(const std::vector<Item> &items) const;
    [[nodiscard]] const QStringList &cells(const Row &row) const;
    [[nodiscard]] double flash(const Row &row) const;
    void removeItems(const std::vector<QByteArray> &ids);
    void updateItems(const std::vector<Update> &updates);
    void addItems(const std::vector<Item> &items);
    void arrange(const std::vector<QByteArray> &ids);
    void permute(const std::vector<int> &oldRows);
    void reindex(int from = 0);

    const Clock &m_clock;
    QByteArray m_stream;
    std::vector<Column> m_columns;
    std::vector<Row> m_rows;
    QHash<QByteArray, int> m_index;
    qint64 m_lastFlash = 0;
};

}
