#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace restream {

/// The definition `json` under another name, as it was written otherwise. `keysFrom`: the channel whose keys the copy uses where it does not say so already; empty: none.
QByteArray copyOfDefinition(const QByteArray &json, const QString &name, const QString &keysFrom);
/// "quakes-copy", "quakes-copy-2", …: the first that is not among `taken`.
QString nameOfCopy(const QString &name, const QStringList &taken);

}
