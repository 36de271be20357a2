#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>

namespace restream {

/// A member that the JSON Schema refuses.
struct SchemaFault
{
    QString pointer; ///< of a missing member: where it should stand
    QString message;
};

/// Checks `definition` against channel.schema.json: types, choices, bounds, what must be there. All faults, one a member. Any thread.
/// What would be right is the schema's own `errorMessage`, which editors show too.
QList<SchemaFault> checkAgainstSchema(const QJsonObject &definition);

}
