#include "ui/channelpane.h"

#include "ui/delegates.h"

#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

#include <algorithm>

namespace restream {
namespace {

/// Finds channels by name and by description.
class ChannelFilter final : public QSortFilterProxyModel
{
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override
    {
        const QModelIndex index = sourceModel()->index(row, 0, parent);
        const QString text = index.data().toString() % u'\n'
            % index.data(ChannelListModel::DescriptionRole).toString();
        return text.contains(filterRegularExpression());
    }
};

}

ChannelPane::ChannelPane(QWidget *parent)
    : QWidget(parent),
      m_model(new ChannelListModel(this)),
      m_filtered(new ChannelFilter(this)),
      m_filter(new QLineEdit),
      m_list(new QListView),
      m_problemsBox(new QWidget),
      m_problems(new QPlainTextEdit)
{
    m_filtered->setSourceModel(m_model);
    m_filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_filter->setPlaceholderText(u"Find a channel"_qs);
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(u"Find a channel"_qs);
    m_filter->setObjectName(u"channelFilter"_qs);
    m_list->setModel(m_filtered);
    m_list->setItemDelegate(new ChannelDelegate(m_list));
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setUniformItemSizes(true);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setAccessibleName(u"Channels"_qs);
    m_list->setObjectName(u"channels"_qs);

    auto *heading = new QLabel(u"&Problems in definitions"_qs);
    QFont bold = heading->font();
    bold.setBold(true);
    heading->setFont(bold);
    heading->setBuddy(m_problems);
    m_problems->setReadOnly(true);
    m_problems->setTabChangesFocus(true);
    m_problems->setMaximumHeight(150);
    m_problems->setAccessibleName(u"Problems in definitions"_qs);
    m_problems->setObjectName(u"problems"_qs);
    auto *problemsLayout = new QVBoxLayout(m_problemsBox);
    problemsLayout->setContentsMargins(0, 4, 0, 0);
    problemsLayout->addWidget(heading);
    problemsLayout->addWidget(m_problems);
    m_problemsBox->hide();
    setFocusProxy(m_list);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 4, 6, 10);
    layout->setSpacing(8);
    layout->addWidget(m_filter);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_problemsBox);

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_list->selectionModel()->clear(); // the list would go on to a neighbour of what is hidden
        m_filtered->setFilterFixedString(text.trimmed());
        choose(m_chosen);
    });
    connect(m_filter, &QLineEdit::returnPressed, m_list, [this] {
        m_list->setCurrentIndex(m_filtered->index(0, 0));
        m_list->setFocus();
    });
    // Not the current one: that is the first as soon as the list has the focus.
    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            [this](const QItemSelection &selected) {
                if (selected.isEmpty()) // a channel that the filter hides stays chosen
                    return;
                const QString name = selected.indexes().first().data().toString();
                if (std::exchange(m_chosen, name) != name)
                    emit chosenChanged(name);
            });
}

void ChannelPane::setSnapshot(const EngineSnapshot &snapshot)
{
    const auto isGone = [&](const QString &name) {
        return !name.isEmpty()
            && std::none_of(snapshot.channels.begin(), snapshot.channels.end(),
                            [&](const ChannelInfo &channel) { return channel.name == name; });
    };
    // The list would go on to a neighbour, which nobody chose.
    if (isGone(m_list->currentIndex().data().toString()))
        m_list->selectionModel()->clear();
    m_model->setSnapshot(snapshot);
    setProblems(snapshot.problems);
    if (isGone(m_chosen)) {
        m_chosen.clear();
        emit chosenChanged({});
    }
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
    const int row = m_model->rowOf(name);
    if (row >= 0)
        m_list->setCurrentIndex(m_filtered->mapFromSource(m_model->index(row)));
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
