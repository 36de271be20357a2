#include "ui/channelpane.h"

#include "ui/channeldelegate.h"

#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSortFilterProxyModel>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace restream {
namespace {

/// Finds channels by name and by description; a group is there for what is in it.
class ChannelFilter final : public QSortFilterProxyModel
{
public:
    explicit ChannelFilter(QObject *parent) : QSortFilterProxyModel(parent)
    {
        setRecursiveFilteringEnabled(true);
        setFilterCaseSensitivity(Qt::CaseInsensitive);
    }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override
    {
        const QModelIndex index = sourceModel()->index(row, 0, parent);
        if (index.data(ChannelListModel::NameRole).isNull())
            return false;
        const QString text = index.data().toString() % u'\n'
            % index.data(ChannelListModel::DescriptionRole).toString();
        return text.contains(filterRegularExpression());
    }
};

QString nameOf(const QModelIndex &index)
{
    return index.data(ChannelListModel::NameRole).toString();
}

}

ChannelPane::ChannelPane(QWidget *parent)
    : QWidget(parent),
      m_model(new ChannelListModel(this)),
      m_filtered(new ChannelFilter(this)),
      m_filter(new QLineEdit),
      m_add(new QToolButton),
      m_list(new QTreeView),
      m_nothing(new QLabel(tr("No channel matches"))),
      m_problemsBox(new QWidget),
      m_problems(new QPlainTextEdit)
{
    m_filter->setPlaceholderText(tr("Find a channel"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Find a channel"));
    m_filter->setObjectName(u"channelFilter"_qs);
    m_add->setObjectName(u"addChannel"_qs);
    m_add->setFocusPolicy(Qt::TabFocus);
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setForegroundRole(QPalette::PlaceholderText);
    m_nothing->hide();
    buildList();

    auto *heading = new QLabel(tr("&Problems in definitions"));
    QFont bold = heading->font();
    bold.setBold(true);
    heading->setFont(bold);
    heading->setBuddy(m_problems);
    m_problems->setReadOnly(true);
    m_problems->setTabChangesFocus(true);
    m_problems->setMaximumHeight(150);
    m_problems->setAccessibleName(tr("Problems in definitions"));
    m_problems->setObjectName(u"problems"_qs);
    auto *problemsLayout = new QVBoxLayout(m_problemsBox);
    problemsLayout->setContentsMargins(0, 4, 0, 0);
    problemsLayout->addWidget(heading);
    problemsLayout->addWidget(m_problems);
    m_problemsBox->hide();
    setFocusProxy(m_list);

    auto *top = new QHBoxLayout;
    top->setSpacing(6);
    top->addWidget(m_filter, 1);
    top->addWidget(m_add);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 4, 6, 8);
    layout->setSpacing(8);
    layout->addLayout(top);
    layout->addWidget(m_nothing);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_problemsBox);
    setTabOrder(m_filter, m_add);
    setTabOrder(m_add, m_list);
    connectList();
}

void ChannelPane::buildList()
{
    m_filtered->setSourceModel(m_model);
    m_list->setModel(m_filtered);
    m_list->setItemDelegate(new ChannelDelegate(m_list));
    m_list->setHeaderHidden(true);
    m_list->setRootIsDecorated(false);
    m_list->setIndentation(0);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setExpandsOnDoubleClick(false);
    m_list->setAllColumnsShowFocus(true);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setAccessibleName(tr("Channels"));
    m_list->setObjectName(u"channels"_qs);
}

void ChannelPane::connectList()
{
    connect(m_filter, &QLineEdit::textChanged, this, &ChannelPane::filter);
    connect(m_filter, &QLineEdit::returnPressed, m_list, [this] {
        m_list->setCurrentIndex(firstChannel());
        m_list->setFocus();
    });
    // Not the current one: that is the first as soon as the list has the focus.
    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            [this](const QItemSelection &selected) {
                // A channel that the filter hides stays chosen; a group is nothing to choose.
                const QString name =
                    selected.isEmpty() ? QString() : nameOf(selected.indexes().first());
                if (!name.isEmpty() && std::exchange(m_chosen, name) != name)
                    emit chosenChanged(name);
            });
    connect(m_list, &QTreeView::clicked, this, [this](const QModelIndex &index) {
        if (nameOf(index).isEmpty())
            m_list->setExpanded(index, !m_list->isExpanded(index));
    });
    connect(m_list, &QTreeView::activated, this, [this](const QModelIndex &index) {
        if (const QString name = nameOf(index); !name.isEmpty())
            emit opened(name);
    });
    connect(m_list, &QTreeView::collapsed, this,
            [this](const QModelIndex &index) { rememberGroup(index, true); });
    connect(m_list, &QTreeView::expanded, this,
            [this](const QModelIndex &index) { rememberGroup(index, false); });
    connect(m_list, &QTreeView::customContextMenuRequested, this, &ChannelPane::showMenu);
    connect(m_filtered, &QAbstractItemModel::rowsInserted, this, &ChannelPane::expandGroups);
}

void ChannelPane::setActions(const QList<QAction *> &actions, QAction *add)
{
    m_actions = actions;
    m_add->setDefaultAction(add);
    m_add->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_add->setText(u"+"_qs);
    m_add->setAccessibleName(QString(add->text()).remove(u'&'));
}

void ChannelPane::showMenu(const QPoint &at)
{
    const QModelIndex index = m_list->indexAt(at);
    if (nameOf(index).isEmpty())
        return;
    m_list->setCurrentIndex(index);
    QMenu::exec(m_actions, m_list->viewport()->mapToGlobal(at), nullptr, this);
}

void ChannelPane::filter(const QString &text)
{
    m_list->selectionModel()->clear(); // the list would go on to a neighbour of what is hidden
    m_filtered->setFilterFixedString(text.trimmed());
    m_nothing->setVisible(m_filtered->rowCount() == 0 && m_model->channelCount() > 0);
    expandGroups();
    select(m_chosen);
}

/// What is found is shown, whether or not its group is closed otherwise.
void ChannelPane::expandGroups()
{
    const QSignalBlocker blocker(m_list);
    const bool all = !m_filter->text().isEmpty();
    for (int row = 0; row < m_filtered->rowCount(); ++row) {
        const QModelIndex group = m_filtered->index(row, 0);
        const QString key = group.data(ChannelListModel::GroupKeyRole).toString();
        m_list->setExpanded(group, all || !m_closed.contains(key));
    }
}

void ChannelPane::rememberGroup(const QModelIndex &index, bool closed)
{
    if (!m_filter->text().isEmpty())
        return;
    const QString key = index.data(ChannelListModel::GroupKeyRole).toString();
    if (closed)
        m_closed.insert(key);
    else
        m_closed.remove(key);
}

QStringList ChannelPane::closedGroups() const
{
    QStringList keys = m_closed.values();
    keys.sort();
    return keys;
}

void ChannelPane::setClosedGroups(const QStringList &keys)
{
    m_closed = QSet<QString>(keys.begin(), keys.end());
    expandGroups();
}

QModelIndex ChannelPane::firstChannel() const
{
    return m_filtered->index(0, 0, m_filtered->index(0, 0));
}

void ChannelPane::setSnapshot(const EngineSnapshot &snapshot, qint64 nowMs)
{
    const auto isGone = [&](const QString &name) {
        return !name.isEmpty()
            && std::none_of(snapshot.channels.begin(), snapshot.channels.end(),
                            [&](const ChannelInfo &channel) { return channel.name == name; });
    };
    // The list would go on to a neighbour, which nobody chose.
    if (isGone(nameOf(m_list->currentIndex())))
        m_list->selectionModel()->clear();
    m_model->setSnapshot(snapshot, nowMs);
    setProblems(snapshot.problems);
    if (isGone(m_chosen)) {
        m_chosen.clear();
        emit chosenChanged({});
    } else if (!m_chosen.isEmpty() && !m_list->selectionModel()->hasSelection()) {
        select(m_chosen); // it went to another group
    }
}

void ChannelPane::setNow(qint64 nowMs)
{
    m_model->setNow(nowMs);
}

void ChannelPane::setProblems(const QStringList &problems)
{
    const QString text = problems.join(u"\n\n"_qs);
    if (m_problems->toPlainText() != text)
        m_problems->setPlainText(text);
    m_problemsBox->setVisible(!problems.isEmpty());
}

void ChannelPane::choose(const QString &name)
{
    if (m_model->indexOf(name).isValid()
        && !m_filtered->mapFromSource(m_model->indexOf(name)).isValid())
        m_filter->clear();
    select(name);
}

void ChannelPane::select(const QString &name)
{
    const QModelIndex index = m_filtered->mapFromSource(m_model->indexOf(name));
    if (!index.isValid())
        return;
    m_list->expand(index.parent());
    m_list->setCurrentIndex(index);
}

QString ChannelPane::chosen() const
{
    return m_chosen;
}

void ChannelPane::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

}
