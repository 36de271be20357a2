#include "core/stream/storeconnection.h"

#include <QSqlError>

#include <atomic>

namespace restream {
namespace {

// Primary result codes of SQLite, https://www.sqlite.org/rescode.html
constexpr int sqliteError = 1;
constexpr int sqlitePerm = 3;
constexpr int sqliteBusy = 5;
constexpr int sqliteReadOnly = 8;
constexpr int sqliteIoError = 10;
constexpr int sqliteCorrupt = 11;
constexpr int sqliteFull = 13;
constexpr int sqliteCantOpen = 14;
constexpr int sqliteNotADatabase = 26;

QString text(std::string_view sql)
{
    return QString::fromLatin1(sql.data(), qsizetype(sql.size()));
}

QString advice(int code)
{
    switch (code) {
    case sqliteBusy:
        return QStringLiteral("another program holds it locked; end that program");
    case sqlitePerm:
    case sqliteReadOnly:
    case sqliteCantOpen:
        return QStringLiteral("make it and its folder writable for this user");
    case sqliteIoError:
        return QStringLiteral("the disk or its limits refuse; check the system's log");
    case sqliteFull:
        return QStringLiteral("the disk is full; free some space");
    case sqliteCorrupt:
    case sqliteNotADatabase:
        return QStringLiteral("it is damaged; the next start sets it aside and makes a new one");
    default:
        return QStringLiteral("this is a fault of Restream; please report it");
    }
}

}

StoreRows::~StoreRows()
{
    if (m_query)
        m_query->finish();
}

bool StoreRows::next()
{
    if (!m_query)
        return false;
    if (m_query->next())
        return true;
    if (m_query->lastError().isValid())
        m_connection.noteFailure(m_query->lastError());
    return false;
}

StoreConnection::StoreConnection()
{
    static std::atomic<int> count = 0;
    m_name = QStringLiteral("restream-store-%1").arg(++count);
}

StoreConnection::~StoreConnection()
{
    close();
}

bool StoreConnection::open(const QString &path)
{
    m_path = path;
    m_everDamaged = false;
    forgetFailure();
    m_database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_name);
    m_database.setDatabaseName(path);
    m_database.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
    if (!m_database.open())
        noteFailure(m_database.lastError());
    return !failed();
}

void StoreConnection::close()
{
    if (!m_database.isValid())
        return;
    m_prepared.clear();
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_name);
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
    QSqlQuery rollback(m_database);
    rollback.exec(QStringLiteral("ROLLBACK"));
    return false;
}

bool StoreConnection::run(std::string_view sql, const QVariantList &values)
{
    QSqlQuery *query = executed(sql, values);
    if (!query)
        return false;
    m_changed = query->numRowsAffected();
    query->finish();
    // A statement must not keep what was bound: a changeset may be many megabytes.
    for (int i = 0; i < int(values.size()); ++i)
        query->bindValue(i, QVariant());
    return true;
}

StoreRows StoreConnection::rows(std::string_view sql, const QVariantList &values)
{
    return StoreRows(*this, executed(sql, values));
}

bool StoreConnection::execute(std::string_view sql)
{
    if (failed())
        return false;
    QSqlQuery query(m_database);
    if (!query.exec(text(sql)))
        noteFailure(query.lastError());
    return !failed();
}

QSqlQuery *StoreConnection::executed(std::string_view sql, const QVariantList &values)
{
    if (failed())
        return nullptr;
    auto found = m_prepared.find(sql);
    if (found == m_prepared.end()) {
        auto query = std::make_unique<QSqlQuery>(m_database);
        query->setForwardOnly(true);
        if (!query->prepare(text(sql))) {
            noteFailure(query->lastError());
            return nullptr;
        }
        found = m_prepared.emplace(sql, std::move(query)).first;
    }
    QSqlQuery &query = *found->second;
    int place = 0;
    for (const QVariant &value : values) {
        // Qt binds a null byte array as NULL; here it is an empty one.
        const bool nullBytes =
            value.metaType().id() == QMetaType::QByteArray && value.toByteArray().isNull();
        query.bindValue(place++, nullBytes ? QVariant(QByteArrayLiteral("")) : value);
    }
    if (!query.exec()) {
        noteFailure(query.lastError());
        query.finish();
        return nullptr;
    }
    return &query;
}

void StoreConnection::noteFailure(const QSqlError &error)
{
    if (failed())
        return;
    constexpr int primaryBits = 0xff;
    m_code = error.nativeErrorCode().toInt() & primaryBits;
    if (m_code == 0)
        m_code = sqliteError;
    m_text = error.databaseText().isEmpty() ? error.driverText() : error.databaseText();
    m_everDamaged = m_everDamaged || damaged();
}

void StoreConnection::setDamaged(const QString &how)
{
    m_code = sqliteCorrupt;
    m_text = how;
    m_everDamaged = true;
}

bool StoreConnection::damaged() const
{
    return m_code == sqliteCorrupt || m_code == sqliteNotADatabase;
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
