#pragma once

#include "core/clock.h"
#include "core/poll/fetcher.h"

#include <QObject>

#include <memory>
#include <optional>

namespace restream {

/// Plays recorded bodies: the files of `replay.files` (a glob below the definition's folder, in the order of their names), one step further every
/// `replay.every` seconds since the first call. Calls within one step give NotModified to whoever shows that file's validators.
class ReplayFetcher final : public Fetcher
{
public:
    ReplayFetcher(Clock &clock, ChannelDefinition channel);
    ~ReplayFetcher() override;

    void fetch(const FetchRequest &request, std::function<void(FetchResult)> done) override;
    void cancel() override { m_later.reset(); }
    [[nodiscard]] bool isRemote() const override { return false; }

private:
    [[nodiscard]] FetchResult play(const Validators &known);

    Clock &m_clock;
    ChannelDefinition m_channel;
    std::optional<qint64> m_startMs;
    std::unique_ptr<QObject> m_later; ///< holds the result until it is told
};

/// The files that a glob such as "quakes/*.json" finds below `folder` (on disk or in resources), sorted. Any part of the path may have
/// wildcards; ".." and absolute paths find nothing.
QStringList findRecordings(const QString &folder, const QString &glob);

}
