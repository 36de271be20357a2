#pragma once

#include "core/config/channeldefinition.h"
#include "core/config/params.h"
#include "core/result.h"
#include "core/stream/streamstatus.h"

#include <QList>
#include <QStringList>

#include <vector>

// The values that the engine hands out: plain, without a link back into it. Times are wall clock, ms since 1970 UTC; 0: never.
namespace restream {

/// A channel as a person sees it.
struct ChannelInfo
{
    QString name;
    QString description;
    QString group;
    QString icon;
    QString docUrl;
    QString apiUrl; ///< with its {param} placeholders; empty: not asked over HTTP
    QString terms;
    QString attribution;
    QString file; ///< absolute; of the catalog: a resource
    bool builtIn = false;
    bool replacesBuiltIn = false; ///< the user's own, in place of the catalog's of that name
    QStringList keys; ///< names, never values
    QString keyOwner; ///< the channel whose keys it uses: itself, unless it says `keys_from`
    QMap<QString, KeyHelp> keyHelp;
    double pollIntervalSeconds = 0;
    QList<QuotaRule> quota;
    QMap<QString, ParamDefinition> params;
};

/// A stream that is in memory now.
struct StreamInfo
{
    QByteArray name; ///< canonical
    QString channel;
    Params params;
    StreamStatus status;
    QByteArray epoch;
    qint64 seq = 0;
    qint64 items = 0;
    qint64 bytes = 0; ///< of the items
    int subscribers = 0; ///< clients of the server; who watches in the window is not counted
    /// Changes in each of the last minutes, oldest first, the minute under way last; at most 60.
    std::vector<int> changesPerMinute;
};

/// All that the window shows beside the items, as of one instant.
struct EngineSnapshot
{
    QString url; ///< http://127.0.0.1:7999/; empty while not listening
    QList<ChannelInfo> channels; ///< by name
    QList<StreamInfo> streams; ///< by name
    /// A database that was damaged, and definitions that could not be read: "file:line: /member: what to do".
    QStringList problems;
    qint64 clients = 0; ///< connections
    quint16 port = 0; ///< the one that is listened on, or that was last tried
};

}
