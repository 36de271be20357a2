#include "core/guess/valueshape.h"

#include <QDateTime>
#include <QLocale>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace restream {
namespace {

constexpr qsizetype longestCode = 64;
constexpr qsizetype longestWords = 80;

bool isAmong(const QByteArrayList &words, const QSet<QByteArray> &known)
{
    return std::any_of(words.cbegin(), words.cend(),
                       [&known](const QByteArray &word) { return known.contains(word); });
}

/// Seconds or milliseconds since 1970 that lie between 1998 and 2096.
std::optional<qint64> timeOfNumber(double value)
{
    constexpr double earliest = 9e8;
    constexpr double latest = 4e9;
    if (value > earliest && value < latest)
        return qint64(value * 1000);
    if (value > earliest * 1000 && value < latest * 1000)
        return qint64(value);
    return {};
}

std::optional<qint64> timeOfIso(const QString &text)
{
    static const QRegularExpression iso(
        QStringLiteral("^(\\d{4}-\\d\\d-\\d\\d)(?:[T ](\\d\\d:\\d\\d(?::\\d\\d)?)(?:[.,]\\d+)?)?"
                       "\\s?(Z|UTC|GMT|[+-]\\d\\d:?\\d\\d)?$"));
    const QRegularExpressionMatch match = iso.match(text);
    if (!match.hasMatch())
        return {};
    const QDate date = QDate::fromString(match.captured(1), Qt::ISODate);
    const QTime time = match.captured(2).isEmpty()
        ? QTime(0, 0)
        : QTime::fromString(match.captured(2), Qt::ISODate);
    if (!date.isValid() || !time.isValid())
        return {};
    QString zone = match.captured(3).remove(u':');
    int offset = 0;
    if (zone.size() == 5) {
        const int sign = zone.front() == u'-' ? -1 : 1;
        offset = sign * (zone.mid(1, 2).toInt() * 3600 + zone.mid(3).toInt() * 60);
    }
    return QDateTime(date, time, Qt::UTC).toMSecsSinceEpoch() - qint64(offset) * 1000;
}

std::optional<qint64> timeOfRfc2822(QString text)
{
    static const QRegularExpression form(
        QStringLiteral("^([A-Za-z]{3}, *)?\\d{1,2} [A-Za-z]{3} \\d{4} \\d\\d:\\d\\d"));
    static const QRegularExpression zone(QStringLiteral(" (GMT|UTC|UT|Z)$"));
    if (!form.match(text).hasMatch())
        return {};
    text.replace(zone, QStringLiteral(" +0000"));
    const QDateTime time = QDateTime::fromString(text, Qt::RFC2822Date);
    return time.isValid() ? std::optional(time.toMSecsSinceEpoch()) : std::nullopt;
}

bool isNumber(const JsonSlice &value)
{
    return !value.isNull() && value.kind() == JsonSlice::Kind::Number;
}

/// "12", "-1.50", "1e3".
ValueShape shapeOfDigits(const QByteArray &text)
{
    static const QRegularExpression number(
        QStringLiteral("^[+-]?\\d+([.,]\\d+)?([eE][+-]?\\d+)?$"));
    const QRegularExpressionMatch match = number.match(QString::fromUtf8(text));
    if (!match.hasMatch())
        return ValueShape::None;
    return match.capturedLength(1) > 0 || match.capturedLength(2) > 0 ? ValueShape::Decimal
                                                                      : ValueShape::Integer;
}

}

QByteArrayList nameWords(const QByteArray &name)
{
    static const QRegularExpression borders(
        QStringLiteral("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+"));
    QByteArrayList words;
    for (const QString &word : QString::fromUtf8(name).split(borders, Qt::SkipEmptyParts))
        words << word.toLower().toUtf8();
    return words;
}

bool namesATime(const QByteArray &name)
{
    static const QSet<QByteArray> times { "time",        "date",       "datetime",    "timestamp",
                                          "ts",          "updated",    "modified",    "reported",
                                          "generated",   "created",    "at",          "epoch",
                                          "pubdate",     "published",  "now",         "refreshed",
                                          "timestampms", "lastupdate", "lastupdated", "checked",
                                          "fetched",     "synced",     "expires",     "when" };
    return isAmong(nameWords(name), times);
}

bool namesAnAge(const QByteArray &name)
{
    static const QSet<QByteArray> ages { "age",   "ago",       "seen", "elapsed",   "uptime",
                                         "since", "countdown", "eta",  "remaining", "ttl" };
    const QByteArrayList words = nameWords(name);
    return isAmong(words, ages) || (words.size() > 1 && words[0] == "time" && words[1] == "to");
}

std::optional<qint64> timeOf(const JsonSlice &value, const QByteArray &name)
{
    if (isNumber(value))
        return namesATime(name) ? timeOfNumber(value.text().toByteArray().toDouble())
                                : std::nullopt;
    if (!value.isString() || value.text().size() < 10 || value.text().size() > 48)
        return {};
    const QString text = QString::fromUtf8(value.string()).trimmed();
    if (const auto time = timeOfIso(text))
        return time;
    if (const auto time = timeOfRfc2822(text))
        return time;
    bool ok = false;
    const double number = text.toDouble(&ok);
    return ok && namesATime(name) ? timeOfNumber(number) : std::nullopt;
}

ValueShape shapeOf(const JsonSlice &value, const QByteArray &name)
{
    static const QRegularExpression uuid(
        QStringLiteral("^\\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\\}?$"));
    if (isNumber(value)) {
        if (timeOf(value, name))
            return ValueShape::Date;
        const QByteArray text = value.text().toByteArray();
        const bool whole = text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0;
        return whole ? ValueShape::Integer : ValueShape::Decimal;
    }
    if (!value.isString())
        return ValueShape::None;
    const QByteArray text = value.string().trimmed();
    if (text.isEmpty())
        return ValueShape::None;
    if (timeOf(value, name))
        return ValueShape::Date;
    if (const ValueShape digits = shapeOfDigits(text); digits != ValueShape::None)
        return digits;
    if (text.startsWith("http://") || text.startsWith("https://") || text.startsWith("urn:"))
        return ValueShape::Url;
    if (text.size() < 40 && uuid.match(QString::fromUtf8(text)).hasMatch())
        return ValueShape::Uuid;
    const bool hasBlank =
        std::any_of(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n'; });
    if (!hasBlank && text.size() <= longestCode)
        return ValueShape::Code;
    return text.size() <= longestWords ? ValueShape::Words : ValueShape::Prose;
}

}
