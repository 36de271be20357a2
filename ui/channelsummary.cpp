#include "ui/channelsummary.h"

#include "ui/statustext.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <numeric>

namespace restream {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(restream::ChannelSummary)
};

/// Both end with the minute under way.
void addUp(std::vector<int> &sum, const std::vector<int> &more)
{
    if (sum.size() < more.size())
        sum.insert(sum.begin(), more.size() - sum.size(), 0);
    std::transform(more.rbegin(), more.rend(), sum.rbegin(), sum.rbegin(), std::plus<>());
}

QStringList pollParts(const ChannelSummary &summary, qint64 nowMs)
{
    QStringList parts;
    if (summary.lastPollMs > 0)
        parts.append(Text::tr("polled %1").arg(agoText(summary.lastPollMs, nowMs)));
    if (summary.nextPollMs > 0)
        parts.append(Text::tr("next %1").arg(inText(summary.nextPollMs, nowMs)));
    return parts;
}

}

void ChannelSummary::add(const StreamInfo &stream)
{
    const StreamStatus &status = stream.status;
    const ChannelState one = channelState(status.state);
    if (one != ChannelState::Live && (one > state || trouble.isEmpty()))
        trouble = status.error ? status.error->message : status.reason;
    state = std::max(state, one);
    ++streams;
    subscribers += stream.subscribers;
    lastPollMs = std::max(lastPollMs, status.lastOkMs);
    if (status.nextPollMs > 0 && (nextPollMs == 0 || status.nextPollMs < nextPollMs))
        nextPollMs = status.nextPollMs;
    addUp(changesPerMinute, stream.changesPerMinute);
}

QString summaryLine(const ChannelSummary &summary, qint64 nowMs)
{
    if (summary.state == ChannelState::Idle)
        return {};
    if (summary.state != ChannelState::Live && !summary.trouble.isEmpty())
        return summary.trouble;
    QStringList parts = pollParts(summary, nowMs);
    if (summary.streams > 1)
        parts.prepend(Text::tr("%n streams", nullptr, summary.streams));
    return parts.join(QStringLiteral(" · "));
}

QString summaryText(const ChannelSummary &summary, qint64 nowMs)
{
    QStringList lines;
    lines.append(
        stateText(summary.state)
        + (summary.trouble.isEmpty() ? QString() : QStringLiteral(": ") + summary.trouble));
    if (summary.state == ChannelState::Idle)
        return lines.first();
    lines.append(pollParts(summary, nowMs).join(QStringLiteral(", ")));
    lines.append(countText(summary.streams, Text::tr("stream"), Text::tr("streams"))
                 + QStringLiteral(", ")
                 + countText(summary.subscribers, Text::tr("subscriber"), Text::tr("subscribers")));
    const auto changes = std::accumulate(summary.changesPerMinute.begin(),
                                         summary.changesPerMinute.end(), qint64(0));
    lines.append(Text::tr("%1 in the last hour")
                     .arg(countText(changes, Text::tr("change"), Text::tr("changes"))));
    lines.removeAll(QString());
    return lines.join(u'\n');
}

}
