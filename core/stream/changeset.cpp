#include "core/stream/changeset.h"

namespace restream {

qint64 Changeset::bytes() const
{
    qint64 sum = 0;
    for (const Item &item : added)
        sum += item.bytes();
    for (const Update &update : updated)
        sum += update.before.text().size() + update.after.bytes();
    for (const QByteArray &id : removed)
        sum += id.size();
    for (const QByteArray &id : order.value_or(std::vector<QByteArray>()))
        sum += id.size();
    return sum;
}

}
