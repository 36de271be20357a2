#pragma once

#include <QByteArrayList>

namespace restream {

/// `count` items of the form of `pattern`, in which ¤ is the item's number, from 1 on.
inline QByteArray repeated(const QByteArray &pattern, int count)
{
    QByteArrayList items;
    for (int i = 1; i <= count; ++i)
        items << QByteArray(pattern).replace("¤", QByteArray::number(i));
    return items.join(',');
}

inline QByteArray listOf(const QByteArray &pattern, int count)
{
    return '[' + repeated(pattern, count) + ']';
}

}
