#include "core/stream/storedatabase.h"

#include "core/logging.h"
#include "core/stream/storeschema.h"

namespace restream {

StoreDatabase::StoreDatabase(StoreSetup setup)
    : m_setup(std::move(setup)),
      m_files(m_setup.folder),
      m_streams(m_connection),
      m_calls(m_connection, m_streams)
{
}

Result<void> StoreDatabase::open()
{
    Result<void> opened = connect();
    if (opened.ok() || !m_connection.damaged() || m_setup.guest)
        return opened;

    const QString how = opened.error().message;
    m_connection.close();
    const Result<QString> aside = m_files.setAside();
    if (!aside)
        return aside.error();
    opened = connect();
    if (opened) {
        m_notice = QStringLiteral("The database %1 was damaged and set aside as %2; a new one was "
                                  "made, and every stream begins anew.")
                       .arg(m_files.path(), *aside);
        qCWarning(logStore).noquote() << m_notice << how;
    }
    return opened;
}

Result<void> StoreDatabase::connect()
{
    if (const Result<void> writable = m_files.prepare(); !writable)
        return writable.error();
    m_connection.open(m_files.path());
    m_files.remember();
    Result<void> sound = check();
    if (!sound && !m_connection.damaged())
        m_connection.close();
    return sound;
}

Result<void> StoreDatabase::check()
{
    m_connection.execute("PRAGMA synchronous = NORMAL");
    m_connection.execute("PRAGMA foreign_keys = ON");
    qint64 version = 0;
    if (StoreRows rows = m_connection.rows("PRAGMA user_version"); rows.next())
        version = rows.integer(0);
    if (version > storeSchemaVersion) {
        return Error { QStringLiteral("store_newer"),
                       QStringLiteral("The database %1 was written by a newer Restream (schema %2, "
                                      "this version knows %3): update Restream, or choose another "
                                      "data folder with --data.")
                           .arg(m_files.path())
                           .arg(version)
                           .arg(storeSchemaVersion) };
    }
    m_connection.execute("PRAGMA journal_mode = WAL");
    m_connection.execute("PRAGMA journal_size_limit = 8388608");
    if (version == 0)
        createSchema();
    readSalt();
    if (!m_setup.guest)
        markOpen();
    if (m_connection.failed())
        return openError();
    return {};
}

void StoreDatabase::createSchema()
{
    m_connection.begin();
    // Another process may have been faster.
    qint64 version = 0;
    if (StoreRows rows = m_connection.rows("PRAGMA user_version"); rows.next())
        version = rows.integer(0);
    qint64 tables = 0;
    if (StoreRows rows = m_connection.rows("SELECT count(*) FROM sqlite_master"); rows.next())
        tables = rows.integer(0);
    if (version == 0 && tables == 0)
        createStoreSchema(m_connection);
    else if (version == 0 && !m_connection.failed())
        m_connection.setDamaged(QStringLiteral("it is another program's"));
    m_connection.end();
}

void StoreDatabase::readSalt()
{
    StoreRows rows = m_connection.rows("SELECT value FROM meta WHERE name = 'salt'");
    const bool found = rows.next();
    if (m_connection.failed())
        return;
    if (!found) {
        m_connection.setDamaged(QStringLiteral("it has no salt"));
        return;
    }
    // A database that is made anew while running keeps the salt, because others have made buckets with it.
    if (m_salt.isEmpty())
        m_salt = rows.bytes(0);
}

void StoreDatabase::markOpen()
{
    QByteArray boot;
    bool closed = false;
    if (StoreRows rows = m_connection.rows("SELECT (SELECT value FROM meta WHERE name = 'boot_id'),"
                                           " (SELECT value FROM meta WHERE name = 'closed')");
        rows.next()) {
        boot = rows.bytes(0);
        closed = rows.integer(1) != 0;
    }
    if (!closed) {
        QByteArray verdict;
        if (StoreRows rows = m_connection.rows("PRAGMA quick_check(1)"); rows.next())
            verdict = rows.bytes(0);
        if (!m_connection.failed() && verdict != "ok")
            m_connection.setDamaged(QString::fromUtf8(verdict));
    }
    if (m_connection.failed())
        return;

    // The mark must be on the disk itself before anything follows it: what a power cut leaves could otherwise look closed.
    m_connection.execute("PRAGMA synchronous = FULL");
    m_connection.begin();
    if (!closed && (m_setup.bootId.isEmpty() || boot != m_setup.bootId)) {
        qCInfo(logStore)
            << "the system went down without closing the database: every stream gets a new epoch";
        m_streams.resetAll();
    }
    m_connection.run("UPDATE meta SET value = ? WHERE name = 'boot_id'", { m_setup.bootId });
    m_connection.run("UPDATE meta SET value = 0 WHERE name = 'closed'");
    m_connection.run("UPDATE meta SET value = ? WHERE name = 'salt'", { m_salt });
    m_connection.end();
    m_connection.execute("PRAGMA synchronous = NORMAL");
}

Error StoreDatabase::openError() const
{
    Error error = m_connection.failure();
    if (!m_connection.damaged())
        error.code = QStringLiteral("store_unwritable");
    return error;
}

Result<void> StoreDatabase::ready()
{
    if (m_connection.isOpen() && !m_files.replaced())
        return {};
    if (m_connection.isOpen()) {
        qCWarning(logStore).noquote() << "the database" << m_files.path()
                                      << "was deleted or replaced: every stream begins anew";
        m_connection.close();
    }
    Result<void> opened = open();
    if (opened)
        return opened;
    m_connection.close();
    return Error { QStringLiteral("store_failed"), opened.error().message };
}

void StoreDatabase::tidy(bool nothingElse)
{
    constexpr int worthIt = 1000; // pages of 4 kB
    constexpr int most = 4000;
    if (m_connection.isOpen() && m_connection.logPages() >= (nothingElse ? worthIt : most))
        m_connection.checkpoint();
}

void StoreDatabase::close()
{
    if (m_connection.isOpen() && !m_setup.guest && !m_connection.wasEverDamaged()
        && !m_files.replaced()) {
        m_connection.begin();
        m_connection.run("UPDATE meta SET value = 1 WHERE name = 'closed'");
        if (!m_connection.end())
            qCWarning(logStore).noquote() << m_connection.failure().message;
    }
    m_connection.close();
}

}
