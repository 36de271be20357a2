#include "ui/statustext.h"

#include "ui/channellistmodel.h"

#include <QLocale>

namespace restream {
namespace {

/// One number with the unit that fits: "5 s", "3 min", "2 h", "4 days".
QString spanText(qint64 ms)
{
    const qint64 seconds = ms / 1000;
    if (seconds < 60)
        return u"%1 s"_qs.arg(seconds);
    if (seconds < 3600)
        return u"%1 min"_qs.arg(seconds / 60);
    if (seconds < 2 * 86400)
        return u"%1 h"_qs.arg(seconds / 3600);
    return u"%1 days"_qs.arg(seconds / 86400);
}

QString trouble(const StreamInfo &stream)
{
    const QString state = stateText(channelState(stream.status.state)).toLower();
    const QString why = stream.status.error ? stream.status.error->message : stream.status.reason;
    return QString::fromUtf8(stream.name) % u" is " % state
        % (why.isEmpty() ? QString() : QString(u": " % why));
}

}

QString agoText(qint64 thenMs, qint64 nowMs)
{
    const qint64 ms = nowMs - thenMs;
    return ms < 1000 ? u"just now"_qs : u"%1 ago"_qs.arg(spanText(ms));
}

QString inText(qint64 thenMs, qint64 nowMs)
{
    // Rounded up: a poll that is due in 0.4 s is not due now.
    const qint64 ms = thenMs - nowMs + 999;
    return ms < 1000 ? u"now"_qs : u"in %1"_qs.arg(spanText(ms));
}

QString countText(qint64 count, const QString &singular, const QString &plural)
{
    return QLocale(QLocale::English).toString(count) % u' ' % (count == 1 ? singular : plural);
}

QString statusLine(const EngineSnapshot &snapshot, const StreamInfo *watched)
{
    if (snapshot.url.isEmpty())
        return u"The server is stopped: other programs can't connect until it is started"_qs;
    if (watched && watched->status.state != StreamStatus::State::Live)
        return trouble(*watched);
    for (const StreamInfo &stream : snapshot.streams) {
        if (stream.status.state != StreamStatus::State::Live && stream.subscribers > 0)
            return trouble(stream);
    }
    if (!snapshot.problems.isEmpty())
        return countText(snapshot.problems.size(), u"problem"_qs, u"problems"_qs)
            % u" in channel definitions: see below the channels"_qs;
    if (snapshot.clients == 0)
        return u"Ready: no client is connected yet"_qs;
    return countText(snapshot.clients, u"client"_qs, u"clients"_qs) % u" connected, "
        % countText(snapshot.streams.size(), u"stream"_qs, u"streams"_qs) % u" in use";
}

QString streamLine(const StreamInfo &stream, qint64 nowMs)
{
    QStringList parts;
    if (stream.status.lastOkMs > 0)
        parts.append(u"polled "_qs % agoText(stream.status.lastOkMs, nowMs)
                     % (stream.status.stale ? u" (stale)"_qs : QString()));
    if (stream.status.nextPollMs > 0)
        parts.append(u"next poll "_qs % inText(stream.status.nextPollMs, nowMs));
    parts.append(countText(stream.items, u"item"_qs, u"items"_qs));
    parts.append(countText(stream.subscribers, u"subscriber"_qs, u"subscribers"_qs));
    return parts.join(u"  ·  "_qs);
}

}
