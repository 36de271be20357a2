#include "core/config/channeldefinition.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>

namespace restream {
namespace {

QJsonArray pairsToJson(const QList<std::pair<QString, QString>> &pairs)
{
    QJsonArray result;
    for (const auto &[name, value] : pairs)
        result.append(QJsonArray { name, value });
    return result;
}

}

QStringList AuthDefinition::keyNames() const
{
    switch (type) {
    case Type::None:
        break;
    case Type::ApiKey:
    case Type::Bearer:
        return { key };
    case Type::Basic:
        return user == password ? QStringList { user } : QStringList { user, password };
    }
    return {};
}

QByteArray ChannelDefinition::identity() const
{
    QJsonArray parts {
        int(fetcher),
        request.url,
        pairsToJson(request.query),
        pairsToJson(request.headers),
        QJsonArray { int(auth.type), int(auth.place), auth.name },
        items,
        int(shape),
        QJsonArray::fromStringList(idField),
        replay.files,
    };
    // Only where it is said, so that streams of definitions that know nothing of formats go on.
    if ((format != Format::Auto && format != Format::Json) || csv.numbers || csv.delimiter != u",")
        parts.append(QJsonArray { int(format), csv.delimiter, csv.numbers });
    return QCryptographicHash::hash(QJsonDocument(parts).toJson(QJsonDocument::Compact),
                                    QCryptographicHash::Sha256)
        .toHex();
}

}
