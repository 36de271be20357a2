#pragma once

#include "core/enginefacade.h"
#include "ui/channelstate.h"
#include "ui/channelsummary.h"

#include <QAbstractItemModel>

#include <vector>

namespace restream {

/// The channels in their groups, the user's own first, then the catalog's by theme, with what their streams do. Changes insert, remove and update rows.
class ChannelListModel final : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Role {
        DescriptionRole = Qt::UserRole,
        StateRole, ///< ChannelState, as int; of a group the worst
        StreamsRole, ///< int
        SubscribersRole, ///< int
        BuiltInRole, ///< bool
        DetailRole, ///< the line under the name
        ActivityRole, ///< QList<int>: changes in each of the last minutes, oldest first
        NameRole, ///< of a channel; empty: a group
        GroupKeyRole ///< of a group: what it is kept under
    };

    using QAbstractItemModel::QAbstractItemModel;

    /// `snapshot.channels` is sorted by name. `nowMs`: wall clock.
    void setSnapshot(const EngineSnapshot &snapshot, qint64 nowMs);
    /// Lets "5 s ago" grow old.
    void setNow(qint64 nowMs);
    /// Null where there is none.
    [[nodiscard]] const ChannelInfo *channel(const QString &name) const;
    /// Invalid where there is none.
    [[nodiscard]] QModelIndex indexOf(const QString &name) const;
    [[nodiscard]] int channelCount() const;

    [[nodiscard]] QModelIndex index(int row, int column,
                                    const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &index) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;

private:
    struct Row
    {
        ChannelInfo channel;
        ChannelSummary summary;
        QString detail;
    };
    struct Group
    {
        QString key; ///< groups are sorted by it
        QString title;
        quintptr id = 0; ///< stays with the group; 0: not held yet
        std::vector<Row> rows;
    };

    [[nodiscard]] std::vector<Group> groupsOf(const EngineSnapshot &snapshot) const;
    void mergeRows(Group &group, std::vector<Row> rows);
    [[nodiscard]] QModelIndex groupIndex(const Group &group) const;
    [[nodiscard]] const Row *rowAt(const QModelIndex &index) const;
    [[nodiscard]] static QVariant groupData(const Group &group, int role);
    [[nodiscard]] QVariant rowData(const Row &row, int role) const;

    std::vector<Group> m_groups;
    quintptr m_lastId = 0;
    qint64 m_nowMs = 0;
};

}
