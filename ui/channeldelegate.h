#pragma once

#include <QStyledItemDelegate>

namespace restream {

/// A row of ChannelListModel: the heading of a group, or a channel with its state, its name over the line that matters, its changes as a sparkline, and how many subscribe to it.
class ChannelDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override;

private:
    static void paintGroup(QPainter &painter, const QStyleOptionViewItem &option,
                           const QModelIndex &index);
    static void paintChannel(QPainter &painter, const QStyleOptionViewItem &option,
                             const QModelIndex &index);
};

}
