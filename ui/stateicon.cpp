#include "ui/stateicon.h"

#include <QPainter>
#include <QPainterPath>
#include <QPalette>
#include <QPixmap>
#include <QSvgRenderer>

namespace restream {
namespace {

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Base).lightness() < 128;
}

QPainterPath hourglass(const QRectF &box)
{
    QPainterPath path(box.topLeft());
    path.lineTo(box.topRight());
    path.lineTo(box.bottomLeft());
    path.lineTo(box.bottomRight());
    path.closeSubpath();
    return path;
}

QPainterPath triangle(const QRectF &box)
{
    QPainterPath path(QPointF(box.center().x(), box.top()));
    path.lineTo(box.bottomRight());
    path.lineTo(box.bottomLeft());
    path.closeSubpath();
    return path;
}

QPixmap programPixmap(int size)
{
    QPixmap pixmap(size, size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    QSvgRenderer(QStringLiteral(":/icons/restream.svg")).render(&painter);
    return pixmap;
}

/// A good or idle state is nothing to be told of.
void paintBadge(QPixmap &pixmap, ChannelState state)
{
    if (state <= ChannelState::Live)
        return;
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal size = pixmap.width() * 0.56;
    const QRectF box(pixmap.width() - size, pixmap.height() - size, size, size);
    const QPalette onWhite(Qt::white, Qt::white);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Qt::white);
    painter.drawEllipse(box);
    const qreal inset = size * 0.22;
    paintState(painter, box.adjusted(inset, inset, -inset, -inset), state, onWhite);
}
}

QColor stateColor(ChannelState state, const QPalette &palette)
{
    const bool dark = isDark(palette);
    switch (state) {
    case ChannelState::Idle:
        return palette.color(QPalette::Disabled, QPalette::Text);
    case ChannelState::Live:
        return dark ? QColor(0x5c, 0xd6, 0x8a) : QColor(0x1a, 0x7f, 0x45);
    case ChannelState::RateLimited:
        return dark ? QColor(0xff, 0xc8, 0x57) : QColor(0x9c, 0x64, 0x00);
    case ChannelState::Failing:
        return dark ? QColor(0xff, 0x7b, 0x72) : QColor(0xc6, 0x28, 0x28);
    case ChannelState::Paused:
        return dark ? QColor(0x8a, 0xb4, 0xf8) : QColor(0x3a, 0x5f, 0xb0);
    }
    Q_UNREACHABLE();
}

void paintState(QPainter &painter, const QRectF &box, ChannelState state, const QPalette &palette)
{
    paintState(painter, box, state, stateColor(state, palette));
}

void paintState(QPainter &painter, const QRectF &box, ChannelState state, const QColor &color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const qreal third = box.width() / 3;
    switch (state) {
    case ChannelState::Idle:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(color, 1.5));
        painter.drawEllipse(box.adjusted(1.5, 1.5, -1.5, -1.5));
        break;
    case ChannelState::Live:
        painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5));
        break;
    case ChannelState::RateLimited:
        painter.drawPath(hourglass(box.adjusted(1, 0, -1, 0)));
        break;
    case ChannelState::Failing:
        painter.drawPath(triangle(box));
        break;
    case ChannelState::Paused:
        painter.drawRoundedRect(QRectF(box.left() + 0.5, box.top(), third, box.height()), 1, 1);
        painter.drawRoundedRect(QRectF(box.right() - third - 0.5, box.top(), third, box.height()),
                                1, 1);
        break;
    }
    painter.restore();
}

QIcon applicationIcon()
{
    return applicationIcon(ChannelState::Live);
}

QIcon applicationIcon(ChannelState state)
{
    QIcon icon;
    for (const int size : { 16, 22, 24, 32, 48, 64, 128, 256 }) {
        QPixmap pixmap = programPixmap(size);
        paintBadge(pixmap, state);
        icon.addPixmap(pixmap);
    }
    return icon;
}

}
