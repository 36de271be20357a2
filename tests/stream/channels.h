#pragma once

#include "core/stream/itemreader.h"

namespace restream {

using Shape = ChannelDefinition::Shape;

inline ChannelDefinition channel(const QString &items, const QStringList &idField,
                                 Shape shape = Shape::Auto)
{
    ChannelDefinition definition;
    definition.name = QStringLiteral("test-channel");
    definition.items = items;
    definition.idField = idField;
    definition.shape = shape;
    return definition;
}

inline QStringList fields(const char *field)
{
    return { QString::fromUtf8(field) };
}

/// "id=raw", in order; an error as "code: message".
inline QByteArrayList read(const QByteArray &body, const ChannelDefinition &definition)
{
    const Result<PolledItems> polled = readItems(body, definition);
    if (!polled)
        return {
            QString(polled.error().code + QStringLiteral(": ") + polled.error().message).toUtf8()
        };
    QByteArrayList result;
    for (const PolledItem &item : polled->items)
        result << item.id + '=' + item.raw.toByteArray();
    return result;
}

}
