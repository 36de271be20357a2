#pragma once

#include <QList>
#include <QString>
#include <QStringList>

#include <optional>
#include <utility>

namespace restream {

/// What a person is told of a key.
struct KeyHelp
{
    QString description;
    QString url;
};

/// What a param of a channel may be.
struct ParamDefinition
{
    std::optional<QString> defaultValue;
    bool required = true; ///< false where it has a default or says so
    std::optional<QString> pattern; ///< must match the whole value
    QStringList enumValues; ///< empty: any
    QString description;
};

/// How a channel is asked over HTTP.
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

/// When an item that is no longer in the answer is removed.
struct RemovalRule
{
    enum class Mode { Snapshot, Window };

    Mode mode = Mode::Snapshot;
    int after = 1; ///< polls without an item until it is removed (Snapshot)
};

/// At most so many calls in any window of so many seconds.
struct QuotaRule
{
    int calls = 0;
    qint64 perSeconds = 0;

    bool operator==(const QuotaRule &) const = default;
};

/// What is kept for those who resume: up to the first bound that is reached.
struct HistoryBounds
{
    int changesets = 1000;
    double hours = 24;
    qint64 bytes = 16 * 1024 * 1024;
};

/// Recorded bodies in place of an API.
struct ReplayDefinition
{
    QString files; ///< a glob, relative to the definition's folder
    double everySeconds = 5;
    bool loop = true;
};

/// How CSV is read.
struct CsvDefinition
{
    QString delimiter = QStringLiteral(","); ///< one character
    bool numbers = false; ///< what is a number in JSON becomes one
};

}
