#include "app/channelscommand.h"

#include "app/options.h"

#include <QFileInfo>

#include <array>
#include <cmath>

namespace restream {

QString intervalText(double seconds)
{
    struct Unit
    {
        double seconds;
        QLatin1String name;
    };
    static constexpr std::array units { Unit { 86400, QLatin1String("d") },
                                        Unit { 3600, QLatin1String("h") },
                                        Unit { 60, QLatin1String("min") } };
    for (const Unit &unit : units) {
        if (seconds >= unit.seconds && std::fmod(seconds, unit.seconds) == 0.0)
            return QString::number(seconds / unit.seconds) % unit.name;
    }
    return QString::number(seconds) % u's';
}

QStringList channelLines(const ChannelSet &set)
{
    qsizetype nameWidth = 0;
    qsizetype intervalWidth = 0;
    qsizetype keysWidth = 0;
    const auto keysText = [](const ChannelDefinition &channel) {
        const QStringList names = channel.keyNames();
        return names.isEmpty() ? u"-"_qs : names.join(u',');
    };
    for (const ChannelDefinition &channel : set.channels) {
        nameWidth = std::max(nameWidth, channel.name.size());
        intervalWidth = std::max(intervalWidth, intervalText(channel.pollIntervalSeconds).size());
        keysWidth = std::max(keysWidth, keysText(channel).size());
    }
    QStringList lines;
    for (const ChannelDefinition &channel : set.channels) {
        const QString line = channel.name.leftJustified(nameWidth) % QLatin1String("  ")
            % intervalText(channel.pollIntervalSeconds).rightJustified(intervalWidth)
            % QLatin1String("  ") % keysText(channel).leftJustified(keysWidth) % QLatin1String("  ")
            % channel.description.simplified();
        lines.append(line.trimmed());
    }
    return lines;
}

ExitCode listChannels(const ChannelSet &set, Console &console)
{
    for (const QString &line : channelLines(set))
        console.out(line);
    for (const DefinitionProblem &problem : set.problems)
        console.note(problem.text());
    return ExitCode::Ok;
}

Result<ChannelDefinition> findChannel(const ChannelSet &set, const QString &name)
{
    const auto found = set.channels.constFind(name);
    if (found != set.channels.constEnd())
        return *found;
    for (const DefinitionProblem &problem : set.problems) {
        if (QFileInfo(problem.file).completeBaseName() == name)
            return Error { u"unknown_channel"_qs,
                           u"channel \"%1\" can't be used: %2"_qs.arg(name, problem.text()) };
    }
    const QString meant = closest(name, set.channels.keys());
    return Error { u"unknown_channel"_qs,
                   u"there is no channel \"%1\""_qs.arg(name)
                       % (meant.isEmpty() ? u"; \"restreamd channels\" lists them"_qs
                                          : u"; did you mean %1?"_qs.arg(meant)) };
}

}
