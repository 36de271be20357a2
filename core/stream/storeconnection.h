#pragma once

#include "core/result.h"

#include <QByteArray>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariant>

#include <memory>
#include <string_view>
#include <unordered_map>

namespace restream {

class StoreConnection;

/// The rows of a SELECT; ends it when it goes.
class StoreRows final
{
public:
    StoreRows(StoreConnection &connection, QSqlQuery *query)
        : m_connection(connection),
          m_query(query)
    {
    }
    ~StoreRows();
    StoreRows(const StoreRows &) = delete;
    StoreRows &operator=(const StoreRows &) = delete;

    bool next(); ///< false at the end and on failure
    [[nodiscard]] qint64 integer(int column) const { return m_query->value(column).toLongLong(); }
    [[nodiscard]] QByteArray bytes(int column) const
    {
        return m_query->value(column).toByteArray();
    }

private:
    StoreConnection &m_connection;
    QSqlQuery *m_query; ///< null where it could not be executed
};

/// One SQLite connection, for one thread. The first failure of a transaction sticks: what follows does nothing until the next begin(),
/// so that only the end has to be checked. SQL texts are literals, and each is prepared once; their values stand for `?` in order (Qt 6.4 mixes up `?1`).
class StoreConnection final
{
public:
    StoreConnection();
    ~StoreConnection();
    StoreConnection(const StoreConnection &) = delete;
    StoreConnection &operator=(const StoreConnection &) = delete;

    bool open(const QString &path);
    void close();
    [[nodiscard]] bool isOpen() const { return m_database.isOpen(); }

    void begin(); ///< BEGIN IMMEDIATE, having forgotten an earlier failure
    bool end(); ///< COMMIT, or after a failure ROLLBACK and false
    bool run(std::string_view sql, const QVariantList &values = {});
    [[nodiscard]] StoreRows rows(std::string_view sql, const QVariantList &values = {});
    bool execute(std::string_view sql); ///< once, unprepared; no rows
    [[nodiscard]] qint64 changedRows() const { return m_changed; } ///< by the last run()

    [[nodiscard]] bool failed() const { return m_code != 0; }
    [[nodiscard]] Error failure() const; ///< `store_failed`, with what to do
    void forgetFailure();
    /// The last failure means that the file is no sound database.
    [[nodiscard]] bool damaged() const;
    void setDamaged(const QString &how); ///< found by other means than SQLite's
    [[nodiscard]] bool wasEverDamaged() const { return m_everDamaged; } ///< since open()

private:
    friend class StoreRows;
    QSqlQuery *executed(std::string_view sql, const QVariantList &values);
    void noteFailure(const QSqlError &error);

    QString m_name;
    QString m_path;
    QSqlDatabase m_database;
    std::unordered_map<std::string_view, std::unique_ptr<QSqlQuery>> m_prepared;
    qint64 m_changed = 0;
    int m_code = 0; ///< primary result code of SQLite
    QString m_text;
    bool m_everDamaged = false;
};

}
