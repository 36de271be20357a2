#include "core/poll/quota.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QUrl>

#include <algorithm>

namespace restream {
namespace {

QUrl filledUrl(const ChannelDefinition &definition, const Params &params)
{
    QString url = definition.request.url;
    for (auto it = params.begin(); it != params.end(); ++it)
        url.replace(u'{' + it.key() + u'}', it.value());
    return QUrl(url);
}

}

qint64 quotaAllowsAt(const std::vector<qint64> &calls, const QList<QuotaRule> &rules, qint64 now)
{
    qint64 at = now;
    for (const QuotaRule &rule : rules) {
        const auto limit = size_t(std::max(1, rule.calls));
        if (calls.size() < limit)
            continue;
        // All but the last limit − 1 calls must have left the window.
        at = std::max(at, calls[calls.size() - limit] + rule.perSeconds * 1000);
    }
    return at;
}

QString requestHost(const ChannelDefinition &definition, const Params &params)
{
    return filledUrl(definition, params).host();
}

QString requestServer(const ChannelDefinition &definition, const Params &params)
{
    const QUrl url = filledUrl(definition, params);
    return url.port() < 0 ? url.host() : url.host() + u':' + QString::number(url.port());
}

QByteArray quotaBucket(const QByteArray &salt, const QMap<QString, QString> &keys,
                       const QString &host)
{
    QMessageAuthenticationCode code(QCryptographicHash::Sha256, salt);
    const auto add = [&code](const QByteArray &part) {
        code.addData(QByteArray::number(part.size()) + ':' + part);
    };
    if (keys.isEmpty()) {
        add(QByteArrayLiteral("host"));
        add(host.toLower().toUtf8());
    } else {
        add(QByteArrayLiteral("keys"));
        QStringList values = keys.values();
        values.sort();
        for (const QString &value : std::as_const(values))
            add(value.toUtf8());
    }
    return code.result().toHex();
}

}
