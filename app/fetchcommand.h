#pragma once

#include "app/console.h"
#include "app/exitcode.h"
#include "core/clock.h"
#include "core/config/configstore.h"
#include "core/config/keystore.h"
#include "core/config/params.h"
#include "core/poll/fetcher.h"
#include "core/stream/itemreader.h"

#include <functional>

namespace restream {

/// {"id":"…","item":…}: an item as restreamd fetch prints it, the upstream's tokens without the white space between them.
QByteArray itemLine(const PolledItem &item);
/// "usgs-quakes?window=hour: 12 items, 34.5 kB in 0.42 s", and what was left out.
QString fetchSummary(const QByteArray &stream, const PolledItems &items, qint64 bytes, qint64 ms);

/// Asks for leave to call, and writes the call down: gives 0, or the wall-clock time in ms at which to ask again.
using AskLeave =
    std::function<Result<qint64>(const ChannelDefinition &, const Params &, const Keys &)>;

/// restreamd fetch: polls a channel once, beside a server that may be running. Runs the event loop meanwhile.
class FetchCommand final
{
public:
    /// All outlive it.
    FetchCommand(const ChannelSet &channels, KeyStore &keys, FetcherFactory fetchers,
                 AskLeave askLeave, Clock &clock, Console &console);

    ExitCode run(const QString &channel, const Params &given);

private:
    Result<FetchResult> poll(const ChannelDefinition &definition, const Params &params);
    ExitCode print(const ChannelDefinition &definition, const QByteArray &stream,
                   const FetchResult &answer, qint64 ms);
    ExitCode fail(const Error &error);

    const ChannelSet &m_channels;
    KeyStore &m_keys;
    FetcherFactory m_fetchers;
    AskLeave m_askLeave;
    Clock &m_clock;
    Console &m_console;
};

/// Leave by the quotas that are kept in `dataFolder`, shared with a server that runs on it. The store is opened at the first question.
AskLeave askStore(const QString &dataFolder, Clock &clock);

}
