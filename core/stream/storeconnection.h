#pragma once

#include "core/result.h"
#include "core/stream/storerows.h"

#include <unordered_map>

struct sqlite3;

namespace restream {

/// One SQLite connection, for one thread. The first failure of a transaction sticks: what follows does nothing until the next begin(),
/// so that only the end has to be checked. SQL texts of run() and rows() are literals, and each is prepared once; their values stand for
/// `?` in order.
class StoreConnection final
{
public:
    StoreConnection() = default;
    ~StoreConnection() { close(); }
    StoreConnection(const StoreConnection &) = delete;
    StoreConnection &operator=(const StoreConnection &) = delete;

    bool open(const QString &path);
    void close();
    [[nodiscard]] bool isOpen() const { return m_database != nullptr; }

    void begin(); ///< BEGIN IMMEDIATE, having forgotten an earlier failure
    bool end(); ///< COMMIT, or after a failure ROLLBACK and false
    bool run(const char *sql, StoreValues values = {});
    [[nodiscard]] StoreRows rows(const char *sql, StoreValues values = {});
    bool execute(const char *sql); ///< once, unprepared; rows are passed over
    [[nodiscard]] qint64 changedRows() const; ///< by the last run()
    /// The write-ahead log is copied into the database only here: not at a commit, which somebody waits for.
    void checkpoint();
    /// Pages of the log after the last commit, until it is begun anew.
    [[nodiscard]] int logPages() const { return m_logPages; }
    /// What was run and asked so far: for tests of what a commit costs.
    [[nodiscard]] qint64 statements() const { return m_statements; }

    [[nodiscard]] bool failed() const { return m_code != 0; }
    [[nodiscard]] Error failure() const; ///< `store_failed`, with what to do
    void forgetFailure();
    /// The last failure means that the file is no sound database.
    [[nodiscard]] bool damaged() const;
    void setDamaged(const QString &how); ///< found by other means than SQLite's
    [[nodiscard]] bool wasEverDamaged() const { return m_everDamaged; } ///< since open()

private:
    friend class StoreRows;
    /// Bound and ready to step; null on failure.
    sqlite3_stmt *bound(const char *sql, StoreValues values);
    void noteFailure(int code);

    QString m_path;
    sqlite3 *m_database = nullptr;
    std::unordered_map<const char *, sqlite3_stmt *> m_prepared;
    int m_logPages = 0;
    qint64 m_statements = 0;
    int m_code = 0; ///< primary result code of SQLite
    QString m_text;
    bool m_everDamaged = false;
};

}
