#include "ui/delegates.h"

#include "ui/itemtablemodel.h"

#include <QPainter>

namespace restream {

void FlashDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const
{
    QStyledItemDelegate::paint(painter, option, index);
    const double strength = index.data(ItemTableModel::FlashRole).toDouble();
    if (strength <= 0)
        return;
    QColor light = index.data(ItemTableModel::AddedRole).toBool() ? QColor(0x2e, 0xb8, 0x67)
                                                                  : QColor(0xf2, 0xa9, 0x00);
    light.setAlphaF(float(0.34 * strength));
    painter->fillRect(option.rect, light);
}

int RoomyStyle::pixelMetric(PixelMetric metric, const QStyleOption *option,
                            const QWidget *widget) const
{
    constexpr int room = 8;
    if (metric == PM_HeaderMargin)
        return room;
    if (metric == PM_FocusFrameHMargin)
        return room - 1; // views add one
    return QProxyStyle::pixelMetric(metric, option, widget);
}

}
