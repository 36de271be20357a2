#pragma once

#include "ui/channelstate.h"

#include <QIcon>

class QColor;
class QPainter;
class QPalette;
class QRectF;

namespace restream {

/// Draws a state as a shape of its own, so that colour is not all that tells states apart: ring, disc, hourglass, triangle, bars.
void paintState(QPainter &painter, const QRectF &box, ChannelState state, const QColor &color);
/// The same in the state's own colour on the palette's Base.
void paintState(QPainter &painter, const QRectF &box, ChannelState state, const QPalette &palette);
/// Of a state's shape and of text about it, readable on the palette's Base.
QColor stateColor(ChannelState state, const QPalette &palette);
/// The program's icon.
QIcon applicationIcon();
/// The program's icon with a state in its corner, for the tray; a good state has none.
QIcon applicationIcon(ChannelState state);

}
