#include "ui/channellistmodel.h"

#include <algorithm>

namespace restream {

QString stateText(ChannelState state)
{
    switch (state) {
    case ChannelState::Idle:
        return u"Idle"_qs;
    case ChannelState::Live:
        return u"Live"_qs;
    case ChannelState::RateLimited:
        return u"Rate limited"_qs;
    case ChannelState::Failing:
        return u"Failing"_qs;
    case ChannelState::Paused:
        return u"Paused"_qs;
    }
    Q_UNREACHABLE();
}

ChannelState channelState(StreamStatus::State state)
{
    switch (state) {
    case StreamStatus::State::Live:
        return ChannelState::Live;
    case StreamStatus::State::Failing:
        return ChannelState::Failing;
    case StreamStatus::State::RateLimited:
        return ChannelState::RateLimited;
    case StreamStatus::State::Paused:
        return ChannelState::Paused;
    }
    Q_UNREACHABLE();
}

std::vector<ChannelListModel::Row> ChannelListModel::rowsOf(const EngineSnapshot &snapshot)
{
    std::vector<Row> rows;
    QHash<QString, size_t> places;
    for (const ChannelInfo &channel : snapshot.channels) {
        places.insert(channel.name, rows.size());
        rows.push_back({ channel });
    }
    for (const StreamInfo &stream : snapshot.streams) {
        const auto place = places.constFind(stream.channel);
        if (place == places.constEnd())
            continue;
        Row &row = rows[*place];
        row.state = std::max(row.state, channelState(stream.status.state));
        row.subscribers += stream.subscribers;
        ++row.streams;
    }
    return rows;
}

void ChannelListModel::setSnapshot(const EngineSnapshot &snapshot)
{
    merge(rowsOf(snapshot));
}

/// Both lists are sorted by name: one walk along both.
void ChannelListModel::merge(std::vector<Row> rows)
{
    size_t at = 0;
    for (Row &row : rows) {
        while (at < m_rows.size() && m_rows[at].channel.name < row.channel.name) {
            beginRemoveRows({}, int(at), int(at));
            m_rows.erase(m_rows.begin() + qsizetype(at));
            endRemoveRows();
        }
        if (at == m_rows.size() || m_rows[at].channel.name != row.channel.name) {
            beginInsertRows({}, int(at), int(at));
            m_rows.insert(m_rows.begin() + qsizetype(at), std::move(row));
            endInsertRows();
        } else {
            const Row &held = m_rows[at];
            const bool changed = held.state != row.state || held.streams != row.streams
                || held.subscribers != row.subscribers
                || held.channel.description != row.channel.description
                || held.channel.builtIn != row.channel.builtIn;
            m_rows[at] = std::move(row);
            if (changed)
                emit dataChanged(index(int(at)), index(int(at)));
        }
        ++at;
    }
    if (at < m_rows.size()) {
        beginRemoveRows({}, int(at), int(m_rows.size()) - 1);
        m_rows.resize(at);
        endRemoveRows();
    }
}

int ChannelListModel::rowOf(const QString &name) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(),
                                    [&](const Row &row) { return row.channel.name == name; });
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

const ChannelInfo *ChannelListModel::channel(const QString &name) const
{
    const int row = rowOf(name);
    return row < 0 ? nullptr : &m_rows[size_t(row)].channel;
}

int ChannelListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant ChannelListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &row = m_rows[size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return row.channel.name;
    case Qt::ToolTipRole:
    case DescriptionRole:
        return row.channel.description;
    case Qt::AccessibleTextRole:
        return QString(row.channel.name % QLatin1String(", ") % stateText(row.state)
                       % u", %1 subscribers"_qs.arg(row.subscribers));
    case StateRole:
        return int(row.state);
    case StreamsRole:
        return row.streams;
    case SubscribersRole:
        return row.subscribers;
    case BuiltInRole:
        return row.channel.builtIn;
    default:
        return {};
    }
}

}
