#pragma once

#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>
#include <utility>

namespace restream {

struct KeyHelp
{
    QString description;
    QString url;
};

struct ParamDefinition
{
    std::optional<QString> defaultValue;
    bool required = true; ///< false where it has a default or says so
    std::optional<QString> pattern; ///< must match the whole value
    QStringList enumValues; ///< empty: any
    QString description;
};

struct RequestDefinition
{
    QString url; ///< with its {param} placeholders
    QList<std::pair<QString, QString>> query;
    QList<std::pair<QString, QString>> headers;
    double timeoutSeconds = 30; ///< the whole request
    qint64 maxBody = 64 * 1024 * 1024; ///< bytes after decoding
    bool allowPrivate = false;
};

/// How the key is attached; the members hold *names* of keys, never values.
struct AuthDefinition
{
    enum class Type { None, ApiKey, Bearer, Basic };
    enum class Place { Query, Header };

    Type type = Type::None;
    Place place = Place::Header; ///< ApiKey
    QString name; ///< ApiKey: of the query item or the header
    QString key; ///< ApiKey and Bearer
    QString user; ///< Basic
    QString password; ///< Basic

    [[nodiscard]] QStringList keyNames() const;
};

struct RemovalRule
{
    enum class Mode { Snapshot, Window };

    Mode mode = Mode::Snapshot;
    int after = 1; ///< polls without an item until it is removed (Snapshot)
};

struct QuotaRule
{
    int calls = 0;
    qint64 perSeconds = 0;

    bool operator==(const QuotaRule &) const = default;
};

struct HistoryBounds
{
    int changesets = 1000;
    double hours = 24;
    qint64 bytes = 16 * 1024 * 1024;
};

struct ReplayDefinition
{
    QString files; ///< a glob, relative to the definition's folder
    double everySeconds = 5;
    bool loop = true;
};

/// One channel, validated: docs/channel.md. A plain value.
struct ChannelDefinition
{
    enum class FetcherKind { Http, Replay };
    enum class Shape { Auto, Array, Map, Single };
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
    QString items; ///< JSON Pointer
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
    /// the request, items, shape, id_field. Hex.
    [[nodiscard]] QByteArray identity() const;
};

}
