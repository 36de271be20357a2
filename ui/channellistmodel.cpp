#include "ui/channellistmodel.h"

#include <QHash>

#include <algorithm>

namespace restream {
namespace {

// Sorts before every theme of the catalog, whose keys begin with a slash.
const QString ownKey = QStringLiteral("!");

QString groupKey(const ChannelInfo &channel)
{
    return channel.builtIn ? QString(u'/' % channel.group) : ownKey;
}

/// "earth" → "Earth".
QString capitalised(const QString &text)
{
    return text.isEmpty() ? text : QString(text.left(1).toUpper() % text.mid(1));
}

/// Makes the sorted `held` what the sorted `next` is, one walk along both.
template<typename T, typename Key, typename Remove, typename Insert, typename Update>
void mergeSorted(std::vector<T> &held, std::vector<T> next, const Key &key, const Remove &remove,
                 const Insert &insert, const Update &update)
{
    size_t at = 0;
    for (T &one : next) {
        while (at < held.size() && key(held[at]) < key(one))
            remove(at);
        if (at == held.size() || key(held[at]) != key(one))
            insert(at, std::move(one));
        else
            update(at, std::move(one));
        ++at;
    }
    while (held.size() > at)
        remove(held.size() - 1);
}

}

std::vector<ChannelListModel::Group>
ChannelListModel::groupsOf(const EngineSnapshot &snapshot) const
{
    QHash<QString, ChannelSummary> summaries;
    for (const StreamInfo &stream : snapshot.streams)
        summaries[stream.channel].add(stream);
    QMap<QString, Group> groups;
    for (const ChannelInfo &channel : snapshot.channels) {
        Group &group = groups[groupKey(channel)];
        ChannelSummary summary = summaries.value(channel.name);
        QString detail = summaryLine(summary, m_nowMs);
        if (detail.isEmpty())
            detail = channel.description;
        group.rows.push_back({ channel, std::move(summary), std::move(detail) });
    }
    std::vector<Group> result;
    for (auto [key, group] : groups.asKeyValueRange()) {
        group.key = key;
        group.title = key == ownKey ? tr("Yours")
            : key.size() == 1       ? tr("Catalog")
                                    : tr("Catalog: %1").arg(capitalised(key.mid(1)));
        result.push_back(std::move(group));
    }
    return result;
}

void ChannelListModel::setSnapshot(const EngineSnapshot &snapshot, qint64 nowMs)
{
    m_nowMs = nowMs;
    mergeSorted(
        m_groups, groupsOf(snapshot), [](const Group &group) { return group.key; },
        [this](size_t at) {
            beginRemoveRows({}, int(at), int(at));
            m_groups.erase(m_groups.begin() + qsizetype(at));
            endRemoveRows();
        },
        [this](size_t at, Group group) {
            group.id = ++m_lastId;
            beginInsertRows({}, int(at), int(at));
            m_groups.insert(m_groups.begin() + qsizetype(at), std::move(group));
            endInsertRows();
        },
        [this](size_t at, Group group) {
            const QVariant before = groupData(m_groups[at], StateRole);
            mergeRows(m_groups[at], std::move(group.rows));
            if (groupData(m_groups[at], StateRole) != before)
                emit dataChanged(groupIndex(m_groups[at]), groupIndex(m_groups[at]));
        });
}

void ChannelListModel::mergeRows(Group &group, std::vector<Row> rows)
{
    const QModelIndex parent = groupIndex(group);
    mergeSorted(
        group.rows, std::move(rows), [](const Row &row) { return row.channel.name; },
        [&](size_t at) {
            beginRemoveRows(parent, int(at), int(at));
            group.rows.erase(group.rows.begin() + qsizetype(at));
            endRemoveRows();
        },
        [&](size_t at, Row row) {
            beginInsertRows(parent, int(at), int(at));
            group.rows.insert(group.rows.begin() + qsizetype(at), std::move(row));
            endInsertRows();
        },
        [&](size_t at, Row row) {
            const Row &held = group.rows[at];
            const bool changed = held.summary != row.summary || held.detail != row.detail
                || held.channel.description != row.channel.description;
            group.rows[at] = std::move(row);
            if (changed) {
                const QModelIndex changedIndex = index(int(at), 0, parent);
                emit dataChanged(changedIndex, changedIndex);
            }
        });
}

void ChannelListModel::setNow(qint64 nowMs)
{
    m_nowMs = nowMs;
    for (Group &group : m_groups) {
        for (size_t at = 0; at < group.rows.size(); ++at) {
            Row &row = group.rows[at];
            QString line = summaryLine(row.summary, nowMs);
            if (line.isEmpty() || line == row.detail)
                continue;
            row.detail = std::move(line);
            const QModelIndex changed = index(int(at), 0, groupIndex(group));
            emit dataChanged(changed, changed, { DetailRole, Qt::ToolTipRole });
        }
    }
}

QModelIndex ChannelListModel::groupIndex(const Group &group) const
{
    return createIndex(int(&group - m_groups.data()), 0, quintptr(0));
}

QModelIndex ChannelListModel::indexOf(const QString &name) const
{
    for (const Group &group : m_groups) {
        const auto found = std::find_if(group.rows.begin(), group.rows.end(),
                                        [&](const Row &row) { return row.channel.name == name; });
        if (found != group.rows.end())
            return createIndex(int(found - group.rows.begin()), 0, group.id);
    }
    return {};
}

const ChannelListModel::Row *ChannelListModel::rowAt(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == 0)
        return nullptr;
    const QModelIndex group = parent(index);
    return &m_groups[size_t(group.row())].rows[size_t(index.row())];
}

const ChannelInfo *ChannelListModel::channel(const QString &name) const
{
    const Row *row = rowAt(indexOf(name));
    return row ? &row->channel : nullptr;
}

int ChannelListModel::channelCount() const
{
    size_t count = 0;
    for (const Group &group : m_groups)
        count += group.rows.size();
    return int(count);
}

QModelIndex ChannelListModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column,
                       parent.isValid() ? m_groups[size_t(parent.row())].id : quintptr(0));
}

QModelIndex ChannelListModel::parent(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == 0)
        return {};
    const auto found = std::find_if(m_groups.begin(), m_groups.end(), [&](const Group &group) {
        return group.id == index.internalId();
    });
    return found == m_groups.end() ? QModelIndex() : groupIndex(*found);
}

int ChannelListModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return int(m_groups.size());
    return parent.internalId() == 0 && parent.column() == 0
        ? int(m_groups[size_t(parent.row())].rows.size())
        : 0;
}

int ChannelListModel::columnCount(const QModelIndex &) const
{
    return 1;
}

QVariant ChannelListModel::groupData(const Group &group, int role)
{
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return group.title;
    case GroupKeyRole:
        return group.key;
    case StateRole: {
        ChannelState worst = ChannelState::Idle;
        for (const Row &row : group.rows)
            worst = std::max(worst, row.summary.state);
        return int(worst);
    }
    default:
        return {};
    }
}

QVariant ChannelListModel::rowData(const Row &row, int role) const
{
    const ChannelSummary &summary = row.summary;
    switch (role) {
    case Qt::DisplayRole:
    case NameRole:
        return row.channel.name;
    case Qt::ToolTipRole:
        return QString(row.channel.name % (row.channel.description.isEmpty() ? u""_qs : u"\n"_qs)
                       % row.channel.description % u"\n\n" % summaryText(summary, m_nowMs));
    case DescriptionRole:
        return row.channel.description;
    case Qt::AccessibleTextRole:
        return tr("%1, %2, %3 subscribers")
            .arg(row.channel.name, stateText(summary.state))
            .arg(summary.subscribers);
    case Qt::AccessibleDescriptionRole:
    case DetailRole:
        return row.detail;
    case StateRole:
        return int(summary.state);
    case StreamsRole:
        return summary.streams;
    case SubscribersRole:
        return summary.subscribers;
    case BuiltInRole:
        return row.channel.builtIn;
    case ActivityRole:
        return QVariant::fromValue(
            QList<int>(summary.changesPerMinute.begin(), summary.changesPerMinute.end()));
    default:
        return {};
    }
}

QVariant ChannelListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row *row = rowAt(index);
    return row ? rowData(*row, role) : groupData(m_groups[size_t(index.row())], role);
}

}
