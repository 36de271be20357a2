#pragma once

#include "ui/channellistmodel.h"

#include <QSet>
#include <QWidget>

class QAction;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QSortFilterProxyModel;
class QToolButton;
class QTreeView;

namespace restream {

/// The channels to choose from, in groups, found by name or description, and below them the definitions that could not be read.
class ChannelPane final : public QWidget
{
    Q_OBJECT

public:
    explicit ChannelPane(QWidget *parent = nullptr);

    /// `nowMs`: wall clock.
    void setSnapshot(const EngineSnapshot &snapshot, qint64 nowMs);
    void setNow(qint64 nowMs);
    /// What the context menu of a channel offers, and the button beside the search.
    void setActions(const QList<QAction *> &actions, QAction *add);
    /// Chooses it, where there is one of that name, and sees that the search does not hide it.
    void choose(const QString &name);
    [[nodiscard]] QString chosen() const;
    [[nodiscard]] const ChannelListModel &model() const { return *m_model; }
    void focusFilter();
    /// The groups that are closed, by key.
    [[nodiscard]] QStringList closedGroups() const;
    void setClosedGroups(const QStringList &keys);

signals:
    /// Empty: none is chosen any more.
    void chosenChanged(const QString &name);
    /// Enter or a double click: its items are wanted.
    void opened(const QString &name);

private:
    void buildList();
    void connectList();
    void setProblems(const QStringList &problems);
    void filter(const QString &text);
    void select(const QString &name);
    void expandGroups();
    void showMenu(const QPoint &at);
    void rememberGroup(const QModelIndex &index, bool closed);
    [[nodiscard]] QModelIndex firstChannel() const;

    ChannelListModel *m_model;
    QSortFilterProxyModel *m_filtered;
    QLineEdit *m_filter;
    QToolButton *m_add;
    QTreeView *m_list;
    QLabel *m_nothing;
    QWidget *m_problemsBox;
    QPlainTextEdit *m_problems;
    QList<QAction *> m_actions;
    QString m_chosen;
    QSet<QString> m_closed;
};

}
