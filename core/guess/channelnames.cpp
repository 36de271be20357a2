#include "core/guess/channelnames.h"

#include "core/config/definitionsecrets.h"

#include <QRegularExpression>
#include <QSet>
#include <QStringList>

#include <algorithm>

namespace restream {
namespace {

constexpr qsizetype maxName = 64;
constexpr qsizetype maxDescription = 120;

/// Lower case words with hyphens between them; "" of what has no letter or digit.
QString slug(const QString &text)
{
    static const QRegularExpression words(QStringLiteral("([a-z0-9])([A-Z])"));
    static const QRegularExpression others(QStringLiteral("[^a-z0-9]+"));
    QString result = text;
    result = result.replace(words, QStringLiteral("\\1-\\2")).toLower();
    return result.replace(others, QStringLiteral(" ")).simplified().replace(u' ', u'-');
}

/// The part of a host that names who it is: "usgs" of earthquake.usgs.gov.
QString hostName(const QString &host)
{
    static const QSet<QString> general { QStringLiteral("www"),      QStringLiteral("api"),
                                         QStringLiteral("apis"),     QStringLiteral("data"),
                                         QStringLiteral("opendata"), QStringLiteral("rest"),
                                         QStringLiteral("feed"),     QStringLiteral("feeds"),
                                         QStringLiteral("services"), QStringLiteral("app"),
                                         QStringLiteral("web"),      QStringLiteral("open") };
    static const QRegularExpression address(QStringLiteral("^[\\d.:]+$"));
    static const QRegularExpression suffix(
        QStringLiteral("(\\.(co|com|gov|org|net|ac|edu))?\\.[a-z]+$"));
    if (address.match(host).hasMatch())
        return slug(host);
    const QString bare = QString(host).remove(suffix);
    const QStringList labels = bare.split(u'.', Qt::SkipEmptyParts);
    const auto named = std::find_if(labels.crbegin(), labels.crend(), [](const QString &label) {
        return !general.contains(label.toLower());
    });
    return slug(named != labels.crend() ? *named : host);
}

/// The last part of a path that says what is there.
QString pathName(const QString &path)
{
    static const QRegularExpression general(
        QStringLiteral(
            "^(v?\\d+([._]\\d+)*|api|apis|rest|json|xml|csv|feeds?|index|services?|public|"
            "query|get|list|search|data|\\.+)$"),
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression extension(
        QStringLiteral("\\.(json|geojson|xml|csv|rss|atom|ndjson|jsonl|php|aspx?|gz|txt)$"),
        QRegularExpression::CaseInsensitiveOption);
    QStringList parts = path.split(u'/', Qt::SkipEmptyParts);
    std::reverse(parts.begin(), parts.end());
    for (QString bare : std::as_const(parts)) {
        while (extension.match(bare).hasMatch())
            bare.remove(extension);
        if (!general.match(bare).hasMatch() && !mayHoldKey(bare) && !slug(bare).isEmpty())
            return slug(bare);
    }
    return {};
}

}

bool mayHoldKey(const QString &part)
{
    return isKeyRatherThanName(part)
        && std::any_of(part.cbegin(), part.cend(), [](QChar c) { return c.isDigit(); });
}

QString channelName(const QUrl &url, const QString &fallback)
{
    const QString host = url.host().isEmpty() ? QString() : hostName(url.host());
    const QString path = url.host().isEmpty() ? slug(fallback) : pathName(url.path());
    QStringList parts { host, path };
    parts.removeAll(QString());
    if (parts.size() == 2 && (path == host || path.startsWith(host % u'-')))
        parts.removeFirst();
    QString name = parts.join(u'-').left(maxName);
    while (name.endsWith(u'-'))
        name.chop(1);
    return name.isEmpty() ? QStringLiteral("my-channel") : name;
}

QString channelDescription(const QUrl &url, const QString &title, const QString &name)
{
    const QString said = title.simplified();
    if (!said.isEmpty())
        return said.left(maxDescription);
    const QString words =
        QString(url.host().isEmpty() ? name : pathName(url.path())).replace(u'-', u' ');
    if (url.host().isEmpty() || words.isEmpty())
        return words.isEmpty() ? url.host() : words;
    return words.left(1).toUpper() % words.mid(1) % u" of "_qs % url.host();
}

}
