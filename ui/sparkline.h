#pragma once

#include <QList>

class QColor;
class QPainter;
class QRectF;

namespace restream {

/// Whether there is anything to draw.
bool hasActivity(const QList<int> &values);
/// The last 30 values as bars, the latest at the right. A lone change is seen beside a thousand: heights grow with the square root.
void paintSparkline(QPainter &painter, const QRectF &box, const QList<int> &values,
                    const QColor &color);

}
