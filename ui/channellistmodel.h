#pragma once

#include "core/enginefacade.h"

#include <QAbstractListModel>

#include <vector>

namespace restream {

/// How a channel is as a whole: the worst of its streams; Idle where none is in memory.
enum class ChannelState { Idle, Live, RateLimited, Failing, Paused };

QString stateText(ChannelState state);
ChannelState channelState(StreamStatus::State state);

/// The channels by name, with what their streams do. Changes insert, remove and update rows.
class ChannelListModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        DescriptionRole = Qt::UserRole,
        StateRole, ///< ChannelState, as int
        StreamsRole, ///< int
        SubscribersRole, ///< int
        BuiltInRole ///< bool
    };

    using QAbstractListModel::QAbstractListModel;

    /// `snapshot.channels` is sorted by name.
    void setSnapshot(const EngineSnapshot &snapshot);
    /// Null where there is none.
    [[nodiscard]] const ChannelInfo *channel(const QString &name) const;
    /// The row of the channel, or -1.
    [[nodiscard]] int rowOf(const QString &name) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;

private:
    struct Row
    {
        ChannelInfo channel;
        ChannelState state = ChannelState::Idle;
        int streams = 0;
        int subscribers = 0;
    };

    [[nodiscard]] static std::vector<Row> rowsOf(const EngineSnapshot &snapshot);
    void merge(std::vector<Row> rows);

    std::vector<Row> m_rows;
};

}
