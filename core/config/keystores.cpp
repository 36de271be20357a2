#include "core/config/keystores.h"

#include "core/config/definitiontext.h"
#include "core/config/filekeystore.h"
#include "core/config/keychainstore.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

namespace restream {
namespace {

Error keysFileError(const QString &message)
{
    return { QStringLiteral("keys_file"), message };
}

}

Result<QMap<QString, Keys>> parseKeysFile(const QByteArray &json)
{
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(json, &problem);
    if (problem.error != QJsonParseError::NoError) {
        const qsizetype line =
            1 + json.first(std::clamp<qsizetype>(problem.offset, 0, json.size())).count('\n');
        return keysFileError(
            QStringLiteral("line %1: %2; it must be JSON like {\"nyt-top\": {\"api-key\": \"…\"}}")
                .arg(QString::number(line), problem.errorString()));
    }
    if (!document.isObject())
        return keysFileError(QStringLiteral(
            "it must be one object, channel → its keys, like {\"nyt-top\": {\"api-key\": \"…\"}}"));
    QMap<QString, Keys> channels;
    const QJsonObject root = document.object();
    for (auto channel = root.begin(); channel != root.end(); ++channel) {
        const QString place = memberPointer({}, channel.key());
        if (!channel->isObject())
            return keysFileError(
                QStringLiteral("%1: must be an object, key name → value").arg(place));
        Keys keys;
        const QJsonObject values = channel->toObject();
        for (auto key = values.begin(); key != values.end(); ++key) {
            if (!key->isString()) {
                return keysFileError(QStringLiteral("%1: must be a text in quotes")
                                         .arg(memberPointer(place, key.key())));
            }
            keys.insert(key.key(), key->toString());
        }
        channels.insert(channel.key(), keys);
    }
    return channels;
}

std::unique_ptr<KeyStore> makeKeychainStore()
{
    return std::make_unique<KeychainStore>();
}

std::unique_ptr<KeyStore> makeFileKeyStore(const QString &file, bool requirePrivate)
{
    return std::make_unique<FileKeyStore>(file, requirePrivate);
}

std::unique_ptr<KeyStore> makeKeyStore(const QString &keysFile)
{
    if (!keysFile.isEmpty())
        return makeFileKeyStore(keysFile);
    const QString credentials = qEnvironmentVariable("CREDENTIALS_DIRECTORY");
    if (!credentials.isEmpty()) {
        const QString file = credentials % QStringLiteral("/restream-keys");
        if (QFileInfo::exists(file))
            return makeFileKeyStore(file, false);
    }
    return makeKeychainStore();
}

}
