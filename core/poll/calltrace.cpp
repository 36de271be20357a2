#include "core/poll/calltrace.h"

#include "core/poll/httpclient.h"

namespace restream {

QString requestText(const HttpRequest &request)
{
    const QString masked = QStringLiteral("\u2022\u2022\u2022");
    QString url = request.url.toString(QUrl::FullyEncoded | QUrl::RemoveFragment);
    QChar separator = request.url.hasQuery() ? u'&' : u'?';
    for (const auto &[name, value] : request.secretQuery) {
        url += separator % QString::fromLatin1(QUrl::toPercentEncoding(name)) % u'=' % masked;
        separator = u'&';
    }
    QStringList lines { QStringLiteral("GET ") % url };
    for (const auto &[name, value] : request.headers)
        lines.append(QString::fromLatin1(name) % QStringLiteral(": ") % QString::fromLatin1(value));
    for (const auto &[name, value] : request.secretHeaders)
        lines.append(QString::fromLatin1(name) % QStringLiteral(": ") % masked);
    return lines.join(u'\n');
}

}
