#include "ui/statustext.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <tuple>

namespace restream {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(restream::StatusText)
};

/// One number with the unit that fits: "5 s", "3 min", "2 h", "4 days".
QString spanText(qint64 ms)
{
    const qint64 seconds = ms / 1000;
    if (seconds < 60)
        return Text::tr("%1 s").arg(seconds);
    if (seconds < 3600)
        return Text::tr("%1 min").arg(seconds / 60);
    if (seconds < 2 * 86400)
        return Text::tr("%1 h").arg(seconds / 3600);
    return Text::tr("%1 days").arg(seconds / 86400);
}

bool inTrouble(const StreamInfo &stream)
{
    return stream.status.state != StreamStatus::State::Live;
}

/// The stream whose trouble comes first; null: all is well.
const StreamInfo *worst(const EngineSnapshot &snapshot)
{
    const StreamInfo *found = nullptr;
    const auto weight = [](const StreamInfo &stream) {
        return std::tuple(stream.subscribers > 0, channelState(stream.status.state));
    };
    for (const StreamInfo &stream : snapshot.streams) {
        if (inTrouble(stream) && (!found || weight(stream) > weight(*found)))
            found = &stream;
    }
    return found;
}

StatusMessage trouble(const StreamInfo &stream, qsizetype others)
{
    const ChannelState state = channelState(stream.status.state);
    const QString why = stream.status.error ? stream.status.error->message : stream.status.reason;
    QString text =
        Text::tr("%1 is %2").arg(QString::fromUtf8(stream.name), stateText(state).toLower());
    if (others > 0)
        text += Text::tr(" (and %n more in trouble)", nullptr, int(others));
    if (!why.isEmpty())
        text += QStringLiteral(": ") + why;
    return { state, text, stream.channel };
}

QString flowText(const EngineSnapshot &snapshot)
{
    if (snapshot.clients == 0)
        return Text::tr("Ready: no client is connected yet");
    return Text::tr("%1 connected, %2 in use")
        .arg(countText(snapshot.clients, Text::tr("client"), Text::tr("clients")),
             countText(snapshot.streams.size(), Text::tr("stream"), Text::tr("streams")));
}

}

QString agoText(qint64 thenMs, qint64 nowMs)
{
    const qint64 ms = nowMs - thenMs;
    return ms < 1000 ? Text::tr("just now") : Text::tr("%1 ago").arg(spanText(ms));
}

QString inText(qint64 thenMs, qint64 nowMs)
{
    // Rounded up: a poll that is due in 0.4 s is not due now.
    const qint64 ms = thenMs - nowMs + 999;
    return ms < 1000 ? Text::tr("now") : Text::tr("in %1").arg(spanText(ms));
}

QString countText(qint64 count, const QString &singular, const QString &plural)
{
    return QLocale(QLocale::English).toString(count) % u' ' % (count == 1 ? singular : plural);
}

StatusMessage statusMessage(const EngineSnapshot &snapshot, const StreamInfo *watched)
{
    if (snapshot.url.isEmpty())
        return { ChannelState::Failing,
                 Text::tr(
                     "The server is stopped: other programs can't connect until it is started"),
                 {} };
    const qsizetype troubled =
        std::count_if(snapshot.streams.begin(), snapshot.streams.end(), inTrouble);
    if (watched && inTrouble(*watched))
        return trouble(*watched, troubled - 1);
    if (const StreamInfo *stream = worst(snapshot))
        return trouble(*stream, troubled - 1);
    if (!snapshot.problems.isEmpty())
        return { ChannelState::RateLimited,
                 Text::tr("%1 in channel definitions: see below the channels")
                     .arg(countText(snapshot.problems.size(), Text::tr("problem"),
                                    Text::tr("problems"))),
                 {} };
    return { snapshot.clients == 0 ? ChannelState::Idle : ChannelState::Live,
             flowText(snapshot),
             {} };
}

QString streamLine(const StreamInfo &stream, qint64 nowMs)
{
    QStringList parts;
    if (stream.status.lastOkMs > 0)
        parts.append(Text::tr("polled %1").arg(agoText(stream.status.lastOkMs, nowMs))
                     % (stream.status.stale ? Text::tr(" (stale)") : QString()));
    if (stream.status.nextPollMs > 0)
        parts.append(Text::tr("next poll %1").arg(inText(stream.status.nextPollMs, nowMs)));
    parts.append(countText(stream.items, Text::tr("item"), Text::tr("items")));
    parts.append(countText(stream.subscribers, Text::tr("subscriber"), Text::tr("subscribers")));
    return parts.join(QStringLiteral("  ·  "));
}

}
