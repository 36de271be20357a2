#include "core/stream/storeconnection.h"

#include <QFile>

#include <sqlite3.h>

#include <utility>

namespace restream {
namespace {

constexpr int busyPatienceMs = 5000;
constexpr int primaryBits = 0xff; // of a result code, https://www.sqlite.org/rescode.html

QString advice(int code)
{
    switch (code) {
    case SQLITE_BUSY:
        return QStringLiteral("another program holds it locked; end that program");
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        return QStringLiteral("make it and its folder writable for this user");
    case SQLITE_IOERR:
        return QStringLiteral("the disk or its limits refuse; check the system's log");
    case SQLITE_FULL:
        return QStringLiteral("the disk is full; free some space");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return QStringLiteral("it is damaged; the next start sets it aside and makes a new one");
    default:
        return QStringLiteral("this is a fault of Restream; please report it");
    }
}

}

StoreRows::~StoreRows()
{
    if (m_statement)
        sqlite3_reset(m_statement);
}

bool StoreRows::next()
{
    if (!m_statement)
        return false;
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        m_connection.noteFailure(code);
    // Another step would begin anew.
    sqlite3_reset(m_statement);
    m_statement = nullptr;
    return false;
}

qint64 StoreRows::integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

QByteArray StoreRows::bytes(int column) const
{
    const void *data = sqlite3_column_blob(m_statement, column);
    return QByteArray(static_cast<const char *>(data), sqlite3_column_bytes(m_statement, column));
}

bool StoreConnection::open(const QString &path)
{
    close();
    m_path = path;
    m_everDamaged = false;
    forgetFailure();
    const int code =
        sqlite3_open_v2(QFile::encodeName(path).constData(), &m_database,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) {
        noteFailure(code);
        close();
        return false;
    }
    sqlite3_busy_timeout(m_database, busyPatienceMs);
    // In place of SQLite's own hook, which makes a commit in every so many wait for the disk.
    m_logPages = 0;
    sqlite3_wal_hook(
        m_database,
        [](void *pages, sqlite3 *, const char *, int count) {
            *static_cast<int *>(pages) = count;
            return SQLITE_OK;
        },
        &m_logPages);
    return true;
}

void StoreConnection::checkpoint()
{
    // Where it can't be done now, it is tried again after the next commit.
    sqlite3_wal_checkpoint_v2(m_database, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    m_logPages = 0;
}

void StoreConnection::close()
{
    for (const auto &[sql, statement] : m_prepared)
        sqlite3_finalize(statement);
    m_prepared.clear();
    sqlite3_close(std::exchange(m_database, nullptr));
}

void StoreConnection::begin()
{
    forgetFailure();
    run("BEGIN IMMEDIATE");
}

bool StoreConnection::end()
{
    if (run("COMMIT"))
        return true;
    // SQLite may have rolled back by itself: then this fails, as it should.
    sqlite3_exec(m_database, "ROLLBACK", nullptr, nullptr, nullptr);
    return false;
}

bool StoreConnection::run(const char *sql, StoreValues values)
{
    sqlite3_stmt *statement = bound(sql, values);
    if (!statement)
        return false;
    int code = sqlite3_step(statement);
    while (code == SQLITE_ROW)
        code = sqlite3_step(statement);
    if (code != SQLITE_DONE)
        noteFailure(code);
    sqlite3_reset(statement);
    return !failed();
}

StoreRows StoreConnection::rows(const char *sql, StoreValues values)
{
    return StoreRows(*this, bound(sql, values));
}

bool StoreConnection::execute(const char *sql)
{
    if (failed())
        return false;
    const int code = sqlite3_exec(m_database, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        noteFailure(code);
    return !failed();
}

qint64 StoreConnection::changedRows() const
{
    return sqlite3_changes64(m_database);
}

sqlite3_stmt *StoreConnection::bound(const char *sql, StoreValues values)
{
    if (failed())
        return nullptr;
    sqlite3_stmt *&statement = m_prepared[sql];
    if (!statement) {
        const int code =
            sqlite3_prepare_v3(m_database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        if (code != SQLITE_OK) {
            noteFailure(code);
            return nullptr;
        }
    }
    ++m_statements;
    int place = 0;
    for (const StoreValue &value : values) {
        // Not copied: the bytes outlive the steps, and others are bound before it is run again.
        const int code = value.m_bytes
            ? sqlite3_bind_blob64(statement, ++place, value.m_bytes->constData(),
                                  sqlite3_uint64(value.m_bytes->size()), SQLITE_STATIC)
            : sqlite3_bind_int64(statement, ++place, value.m_number);
        if (code != SQLITE_OK) {
            noteFailure(code);
            return nullptr;
        }
    }
    return statement;
}

void StoreConnection::noteFailure(int code)
{
    if (failed())
        return;
    m_code = code & primaryBits;
    m_text = QString::fromUtf8(m_database ? sqlite3_errmsg(m_database) : sqlite3_errstr(code));
    m_everDamaged = m_everDamaged || damaged();
}

void StoreConnection::setDamaged(const QString &how)
{
    m_code = SQLITE_CORRUPT;
    m_text = how;
    m_everDamaged = true;
}

bool StoreConnection::damaged() const
{
    return m_code == SQLITE_CORRUPT || m_code == SQLITE_NOTADB;
}

void StoreConnection::forgetFailure()
{
    m_code = 0;
    m_text.clear();
}

Error StoreConnection::failure() const
{
    return { QStringLiteral("store_failed"),
             QStringLiteral("The database %1 can't be used (%2): %3.")
                 .arg(m_path, m_text.trimmed(), advice(m_code)) };
}

}
