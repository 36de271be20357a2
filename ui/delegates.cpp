#include "ui/delegates.h"

#include "ui/itemtablemodel.h"
#include "ui/stateicon.h"

#include <QApplication>
#include <QPainter>

namespace restream {
namespace {

constexpr int margin = 10;
constexpr int gap = 10;
constexpr int stateSize = 11;
constexpr int lineGap = 2;

QFont smaller(QFont font)
{
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * 0.88);
    return font;
}

/// The number of subscribers as a pill at the right end; gives where it begins.
int paintSubscribers(QPainter &painter, const QRect &box, int count, const QFont &font,
                     const QColor &text)
{
    if (count == 0)
        return box.right();
    const QString number = QString::number(count);
    const QFontMetrics metrics(font);
    QRect pill(0, 0, std::max(metrics.horizontalAdvance(number) + 14, 24), metrics.height() + 4);
    pill.moveCenter(box.center());
    pill.moveRight(box.right());
    QColor fill = text;
    fill.setAlphaF(0.14F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawRoundedRect(pill, pill.height() / 2.0, pill.height() / 2.0);
    painter.setPen(text);
    painter.setFont(font);
    painter.drawText(pill, Qt::AlignCenter, number);
    return pill.left() - gap;
}

}

void ChannelDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                            const QModelIndex &index) const
{
    QStyleOptionViewItem full = option;
    initStyleOption(&full, index);
    full.text.clear();
    QStyle *style = full.widget ? full.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &full, painter, full.widget);

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool selected = full.state.testFlag(QStyle::State_Selected);
    const QPalette::ColorGroup group =
        full.state.testFlag(QStyle::State_Active) ? QPalette::Active : QPalette::Inactive;
    const QColor text =
        full.palette.color(group, selected ? QPalette::HighlightedText : QPalette::Text);
    QColor muted = text;
    muted.setAlphaF(0.66F);
    const QFont small = smaller(full.font);
    const QFontMetrics nameMetrics(full.font);
    const QFontMetrics smallMetrics(small);
    const QRect box = full.rect.adjusted(margin, 0, -margin, 0);
    const int top =
        full.rect.center().y() - (nameMetrics.height() + lineGap + smallMetrics.height()) / 2;

    QPalette iconPalette = full.palette;
    if (selected) // what is drawn on the highlight must stand out from it
        iconPalette.setColor(QPalette::Base, full.palette.color(group, QPalette::Highlight));
    paintState(
        *painter,
        QRectF(box.left(), top + (nameMetrics.height() - stateSize) / 2.0, stateSize, stateSize),
        ChannelState(index.data(ChannelListModel::StateRole).toInt()), iconPalette);
    const int right = paintSubscribers(
        *painter, box, index.data(ChannelListModel::SubscribersRole).toInt(), small, text);
    const int left = box.left() + stateSize + gap;
    const QRect nameBox(left, top, right - left, nameMetrics.height());
    painter->setPen(text);
    painter->setFont(full.font);
    painter->drawText(
        nameBox, Qt::AlignVCenter,
        nameMetrics.elidedText(index.data().toString(), Qt::ElideRight, nameBox.width()));
    const QRect smallBox(left, nameBox.bottom() + 1 + lineGap, right - left, smallMetrics.height());
    painter->setPen(muted);
    painter->setFont(small);
    painter->drawText(
        smallBox, Qt::AlignVCenter,
        smallMetrics.elidedText(index.data(ChannelListModel::DescriptionRole).toString(),
                                Qt::ElideRight, smallBox.width()));
    painter->restore();
}

QSize ChannelDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    const int lines =
        QFontMetrics(option.font).height() + lineGap + QFontMetrics(smaller(option.font)).height();
    return { 160, lines + 14 };
}

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
