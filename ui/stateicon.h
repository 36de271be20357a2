#pragma once

#include "ui/channellistmodel.h"

#include <QIcon>

class QPainter;
class QPalette;
class QRectF;

namespace restream {

/// Draws a state as a shape of its own, so that colour is not all that tells states apart: ring, disc, hourglass, triangle, bars.
void paintState(QPainter &painter, const QRectF &box, ChannelState state, const QPalette &palette);
/// The window's icon: three streams out of one source.
QIcon applicationIcon();

}
