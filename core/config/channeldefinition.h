#pragma once

#include "core/config/channelparts.h"

#include <QJsonObject>
#include <QMap>

namespace restream {

/// One channel, validated: docs/channel.md. A plain value.
struct ChannelDefinition
{
    enum class FetcherKind { Http, Replay };
    enum class Shape { Auto, Array, Map, Single };
    enum class Format { Auto, Json, Ndjson, Xml, Csv }; ///< Auto: by Content-Type
    enum class PollMode { Subscribed, Always };

    QString name;
    QString description;
    QString docUrl;
    QString group;
    QString icon;
    QString terms;
    QString attribution;
    FetcherKind fetcher = FetcherKind::Http;
    RequestDefinition request;
    AuthDefinition auth;
    QMap<QString, KeyHelp> keyHelp;
    QString keysFrom; ///< empty: its own
    QMap<QString, ParamDefinition> params;
    CsvDefinition csv;
    QString items; ///< JSON Pointer
    Format format = Format::Auto;
    Shape shape = Shape::Auto;
    QStringList idField; ///< names or JSON Pointers; several: a composite id; empty: none given
    QStringList ignore;
    RemovalRule removal;
    bool ordered = false;
    qint64 maxItems = 10000;
    HistoryBounds history;
    double pollIntervalSeconds = 100;
    PollMode poll = PollMode::Subscribed;
    QList<QMap<QString, QString>> always; ///< params polled whether or not anyone subscribes
    int maxStreams = 20;
    QList<QuotaRule> quota;
    ReplayDefinition replay;

    QString file; ///< where it came from, absolute; empty: from nowhere
    QString folder; ///< absolute folder that relative files are found in
    bool builtIn = false; ///< from the catalog
    bool replacesBuiltIn = false; ///< of the user, in place of the catalog's of that name
    QJsonObject source; ///< the definition as written

    /// The channel whose entry in the key store holds the keys.
    [[nodiscard]] const QString &keyOwner() const { return keysFrom.isEmpty() ? name : keysFrom; }
    [[nodiscard]] QStringList keyNames() const { return auth.keyNames(); }
    [[nodiscard]] qint64 pollIntervalMs() const { return qint64(pollIntervalSeconds * 1000); }
    /// Changes whenever items polled under another definition can't be compared with items polled under this one:
    /// the request, format, csv, items, shape, id_field. Hex.
    [[nodiscard]] QByteArray identity() const;
};

}
