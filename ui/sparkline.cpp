#include "ui/sparkline.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace restream {
namespace {

constexpr qsizetype shown = 30;

}

bool hasActivity(const QList<int> &values)
{
    return std::any_of(values.begin(), values.end(), [](int value) { return value > 0; });
}

void paintSparkline(QPainter &painter, const QRectF &box, const QList<int> &values,
                    const QColor &color)
{
    const qsizetype first = std::max<qsizetype>(0, values.size() - shown);
    const qsizetype count = values.size() - first;
    if (count == 0)
        return;
    const int most = std::max(1, *std::max_element(values.begin() + first, values.end()));
    const qreal step = box.width() / qreal(shown);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(Qt::NoPen);
    QColor line = color;
    line.setAlphaF(0.25F);
    painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), line);
    for (qsizetype i = 0; i < count; ++i) {
        const int value = values.at(first + i);
        if (value <= 0)
            continue;
        const qreal height =
            std::max<qreal>(1.5, box.height() * std::sqrt(qreal(value) / qreal(most)));
        const qreal left = box.right() - step * qreal(count - i);
        painter.fillRect(QRectF(left, box.bottom() - height, std::max<qreal>(1, step - 1), height),
                         color);
    }
    painter.restore();
}

}
