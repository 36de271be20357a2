#include "core/config/params.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace restream {
namespace {

constexpr qsizetype maxParams = 16;
constexpr qsizetype maxValueBytes = 1024;

/// As much of a name that a client made up as a message repeats.
QString quoted(const QString &name)
{
    return u'"' + name.left(64) + u'"';
}

/// "one of hour, day", "a text that matches [a-z]+ as a whole", "any text".
QString allowed(const ParamDefinition &param)
{
    if (!param.enumValues.isEmpty())
        return QStringLiteral("one of ") + param.enumValues.join(QStringLiteral(", "));
    if (param.pattern)
        return QStringLiteral("a text that matches %1 as a whole").arg(*param.pattern);
    return QStringLiteral("any text of at most %1 bytes").arg(maxValueBytes);
}

bool standsInHeader(const ChannelDefinition &channel, const QString &name)
{
    const QString placeholder = u'{' + name + u'}';
    return std::any_of(
        channel.request.headers.cbegin(), channel.request.headers.cend(),
        [&placeholder](const auto &header) { return header.second.contains(placeholder); });
}

/// A value that is, with what stands around it in the URL's path, a whole segment that a URL can't hold: "", "." or "..".
Result<void> checkPath(const ChannelDefinition &channel, const Params &params)
{
    const QString &url = channel.request.url;
    const qsizetype path = url.indexOf(u'/', url.indexOf(QStringLiteral("://")) + 3);
    if (path < 0)
        return {};
    const QStringList segments = url.mid(path + 1).section(u'?', 0, 0).split(u'/');
    for (const QString &segment : segments) {
        QString filled = segment;
        QString culprit;
        for (auto it = params.cbegin(); it != params.cend(); ++it) {
            const QString placeholder = u'{' + it.key() + u'}';
            if (filled.contains(placeholder))
                culprit = it.key();
            filled.replace(placeholder, it.value());
        }
        if (culprit.isEmpty() || (!filled.isEmpty() && filled != u"." && filled != u".."))
            continue;
        return Error {
            QStringLiteral("bad_param"),
            QStringLiteral(
                "param %1 is a part of the URL's path and must not be empty, \".\" or \"..\"")
                .arg(quoted(culprit))
        };
    }
    return {};
}

Result<void> checkValue(const ChannelDefinition &channel, const QString &name,
                        const ParamDefinition &param, const QString &value)
{
    if (const qsizetype bytes = value.toUtf8().size(); bytes > maxValueBytes) {
        return Error { QStringLiteral("too_large"),
                       QStringLiteral("param %1 has %2 bytes; at most %3 are allowed")
                           .arg(quoted(name))
                           .arg(bytes)
                           .arg(maxValueBytes) };
    }
    const bool fits = (param.enumValues.isEmpty() || param.enumValues.contains(value))
        && (!param.pattern
            || QRegularExpression(QRegularExpression::anchoredPattern(*param.pattern))
                   .match(value)
                   .hasMatch());
    if (!fits) {
        return Error { QStringLiteral("bad_param"),
                       QStringLiteral("param %1 must be %2").arg(quoted(name), allowed(param)) };
    }
    if (!value.isValidUtf16()) {
        return Error { QStringLiteral("bad_param"),
                       QStringLiteral("param %1 must be valid Unicode").arg(quoted(name)) };
    }
    const bool breaksHeaders =
        value.contains(u'\r') || value.contains(u'\n') || value.contains(QChar(u'\0'));
    if (breaksHeaders && standsInHeader(channel, name)) {
        return Error { QStringLiteral("bad_param"),
                       QStringLiteral(
                           "param %1 goes into a header and must hold no line break and no NUL")
                           .arg(quoted(name)) };
    }
    return {};
}

}

Error unknownChannel(const QString &channel)
{
    return { QStringLiteral("unknown_channel"),
             QStringLiteral("there is no channel %1; GET / names those that there are")
                 .arg(quoted(channel)) };
}

Result<Params> resolveParams(const ChannelDefinition &channel, const Params &given)
{
    if (given.size() > maxParams) {
        return Error { QStringLiteral("too_large"),
                       QStringLiteral("%1 params were given; at most %2 are allowed")
                           .arg(given.size())
                           .arg(maxParams) };
    }
    Params resolved;
    for (auto it = given.cbegin(); it != given.cend(); ++it) {
        const auto param = channel.params.constFind(it.key());
        if (param == channel.params.cend()) {
            const QStringList names = channel.params.keys();
            return Error { QStringLiteral("unknown_param"),
                           QStringLiteral("%1 has no param %2; it takes %3")
                               .arg(channel.name, quoted(it.key()),
                                    names.isEmpty() ? QStringLiteral("none")
                                                    : names.join(QStringLiteral(", "))) };
        }
        if (const Result<void> value = checkValue(channel, it.key(), *param, it.value());
            !value.ok())
            return value.error();
        resolved.insert(it.key(), it.value());
    }
    for (auto it = channel.params.cbegin(); it != channel.params.cend(); ++it) {
        if (resolved.contains(it.key()))
            continue;
        if (it->defaultValue) {
            resolved.insert(it.key(), *it->defaultValue);
        } else if (it->required) {
            return Error { QStringLiteral("missing_param"),
                           QStringLiteral("param %1 is missing; it must be %2")
                               .arg(quoted(it.key()), allowed(*it)) };
        }
    }
    if (const Result<void> path = checkPath(channel, resolved); !path.ok())
        return path.error();
    return resolved;
}

QByteArray streamName(const QString &channel, const Params &params)
{
    QByteArray name = channel.toUtf8();
    char separator = '?';
    for (auto it = params.cbegin(); it != params.cend(); ++it) {
        name += separator + QUrl::toPercentEncoding(it.key()) + '='
            + QUrl::toPercentEncoding(it.value());
        separator = '&';
    }
    return name;
}

}
