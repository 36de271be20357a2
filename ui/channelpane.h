#pragma once

#include "ui/channellistmodel.h"

#include <QWidget>

class QLineEdit;
class QListView;
class QPlainTextEdit;
class QSortFilterProxyModel;

namespace restream {

/// The channels to choose from, found by name or description, and below them the definitions that could not be read.
class ChannelPane final : public QWidget
{
    Q_OBJECT

public:
    explicit ChannelPane(QWidget *parent = nullptr);

    void setSnapshot(const EngineSnapshot &snapshot);
    /// Chooses it, where there is one of that name.
    void choose(const QString &name);
    [[nodiscard]] QString chosen() const;
    [[nodiscard]] const ChannelListModel &model() const { return *m_model; }
    void focusFilter();

signals:
    /// Empty: none is chosen any more.
    void chosenChanged(const QString &name);

private:
    void setProblems(const QStringList &problems);

    ChannelListModel *m_model;
    QSortFilterProxyModel *m_filtered;
    QLineEdit *m_filter;
    QListView *m_list;
    QWidget *m_problemsBox;
    QPlainTextEdit *m_problems;
    QString m_chosen;
};

}
