#include "ui/channeldelegate.h"

#include "ui/channellistmodel.h"
#include "ui/sparkline.h"
#include "ui/stateicon.h"

#include <QApplication>
#include <QPainter>

namespace restream {
namespace {

constexpr int margin = 10;
constexpr int gap = 10;
constexpr int stateSize = 11;
constexpr int lineGap = 2;
constexpr int sparkWidth = 60;
constexpr int chevronSize = 8;

QFont smaller(QFont font)
{
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * 0.88);
    return font;
}

QFont bolder(QFont font)
{
    font.setBold(true);
    return font;
}

QColor muted(QColor color)
{
    color.setAlphaF(0.68F);
    return color;
}

/// The number of subscribers as a pill at the right end; gives where it begins.
int paintSubscribers(QPainter &painter, const QRect &box, int count, const QFont &font,
                     const QColor &text)
{
    if (count == 0)
        return box.right();
    const QString number = QString::number(count);
    const QFontMetrics metrics(font);
    QRect pill(0, 0, std::max(metrics.horizontalAdvance(number) + 14, 24), metrics.height() + 2);
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

void paintElided(QPainter &painter, const QRect &box, const QFont &font, const QColor &color,
                 const QString &text)
{
    painter.setFont(font);
    painter.setPen(color);
    painter.drawText(box, Qt::AlignVCenter | Qt::AlignLeading,
                     QFontMetrics(font).elidedText(text, Qt::ElideRight, box.width()));
}

/// On the highlight every colour of a state would vanish on some desktop; the shape remains.
QColor colorOf(ChannelState state, const QStyleOptionViewItem &option)
{
    return option.state.testFlag(QStyle::State_Selected) ? option.palette.color(QPalette::Text)
                                                         : stateColor(state, option.palette);
}

void paintChevron(QPainter &painter, const QPointF &center, bool open, const QColor &color)
{
    constexpr qreal half = chevronSize / 2.0;
    QPolygonF line { { -half / 2, -half }, { half / 2, 0 }, { -half / 2, half } };
    if (open)
        line = { { -half, -half / 2 }, { 0, half / 2 }, { half, -half / 2 } };
    painter.setPen(QPen(color, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(line.translated(center));
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
    const QPalette::ColorGroup group =
        full.state.testFlag(QStyle::State_Active) ? QPalette::Active : QPalette::Inactive;
    if (full.state.testFlag(QStyle::State_Selected))
        full.palette.setColor(QPalette::Text, full.palette.color(group, QPalette::HighlightedText));
    if (index.data(ChannelListModel::NameRole).isNull())
        paintGroup(*painter, full, index);
    else
        paintChannel(*painter, full, index);
    painter->restore();
}

void ChannelDelegate::paintGroup(QPainter &painter, const QStyleOptionViewItem &option,
                                 const QModelIndex &index)
{
    const QColor color = muted(option.palette.color(QPalette::Text));
    const bool open = option.state.testFlag(QStyle::State_Open);
    const QRect box = option.rect.adjusted(margin, 0, -margin, 0);
    paintChevron(painter, { box.left() + stateSize / 2.0, box.center().y() + 0.5 }, open, color);
    QRect text = box.adjusted(stateSize + gap, 0, 0, 0);
    const auto state = ChannelState(index.data(ChannelListModel::StateRole).toInt());
    // What a closed group hides must not hide trouble.
    if (!open && state > ChannelState::Live) {
        const QRectF icon(box.right() - stateSize, box.center().y() - stateSize / 2.0, stateSize,
                          stateSize);
        paintState(painter, icon, state, colorOf(state, option));
        text.setRight(int(icon.left()) - gap);
    }
    paintElided(painter, text, bolder(smaller(option.font)), color, index.data().toString());
}

void ChannelDelegate::paintChannel(QPainter &painter, const QStyleOptionViewItem &option,
                                   const QModelIndex &index)
{
    const QColor text = option.palette.color(QPalette::Text);
    const QFont small = smaller(option.font);
    const int nameHeight = QFontMetrics(option.font).height();
    const int smallHeight = QFontMetrics(small).height();
    const QRect box = option.rect.adjusted(margin, 0, -margin, 0);
    const int top = option.rect.center().y() - (nameHeight + lineGap + smallHeight) / 2;
    const auto state = ChannelState(index.data(ChannelListModel::StateRole).toInt());
    paintState(painter,
               QRectF(box.left(), top + (nameHeight - stateSize) / 2.0, stateSize, stateSize),
               state, colorOf(state, option));
    const int left = box.left() + stateSize + gap;
    int right =
        paintSubscribers(painter, QRect(box.left(), top, box.width(), nameHeight),
                         index.data(ChannelListModel::SubscribersRole).toInt(), small, text);
    const auto activity = index.data(ChannelListModel::ActivityRole).value<QList<int>>();
    if (hasActivity(activity) && right - left > 2 * sparkWidth) {
        const QRectF spark(right - sparkWidth, top + 2, sparkWidth, nameHeight - 4);
        paintSparkline(painter, spark, activity, colorOf(ChannelState::Live, option));
        right = int(spark.left()) - gap;
    }
    const QRect nameBox(left, top, right - left, nameHeight);
    paintElided(painter, nameBox, option.font, text, index.data().toString());
    const QRect smallBox(left, nameBox.bottom() + 1 + lineGap, box.right() - left, smallHeight);
    const bool trouble = state > ChannelState::Live;
    paintElided(painter, smallBox, small, trouble ? colorOf(state, option) : muted(text),
                index.data(ChannelListModel::DetailRole).toString());
}

QSize ChannelDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const int smallHeight = QFontMetrics(smaller(option.font)).height();
    if (index.data(ChannelListModel::NameRole).isNull())
        return { 160, smallHeight + 12 };
    return { 160, QFontMetrics(option.font).height() + lineGap + smallHeight + 12 };
}

}
