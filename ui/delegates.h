#pragma once

#include <QProxyStyle>
#include <QStyledItemDelegate>

namespace restream {

/// A cell of the table of items, lit for a moment when its row is new or was updated.
class FlashDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
};

/// The style of the program with more room beside the text of cells and headings. Set it on a view and on its headers.
class RoomyStyle final : public QProxyStyle
{
public:
    [[nodiscard]] int pixelMetric(PixelMetric metric, const QStyleOption *option,
                                  const QWidget *widget) const override;
};

}
