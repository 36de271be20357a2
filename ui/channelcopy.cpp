#include "ui/channelcopy.h"

#include "core/stream/jsontext.h"

#include <QRegularExpression>

namespace restream {

QByteArray copyOfDefinition(const QByteArray &json, const QString &name, const QString &keysFrom)
{
    const JsonSlice old = JsonSlice(json).member("name");
    if (!old.isString())
        return json;
    QByteArray value = jsonString(name);
    if (!keysFrom.isEmpty() && JsonSlice(json).member("keys_from").isNull())
        value += ",\n  \"keys_from\": " + jsonString(keysFrom);
    const qsizetype at = old.text().data() - json.data();
    return json.left(at) + value + json.mid(at + old.text().size());
}

QString nameOfCopy(const QString &name, const QStringList &taken)
{
    static const QRegularExpression ending(QStringLiteral("-copy(-[0-9]+)?$"));
    QString base = name;
    base.remove(ending);
    base += QLatin1String("-copy");
    QString found = base;
    for (int i = 2; taken.contains(found); ++i)
        found = base % u'-' % QString::number(i);
    return found;
}

}
