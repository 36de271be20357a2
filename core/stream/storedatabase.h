#pragma once

#include "core/stream/calltable.h"
#include "core/stream/storeconnection.h"
#include "core/stream/storefiles.h"
#include "core/stream/streamtable.h"

namespace restream {

struct StoreSetup
{
    QString folder;
    QByteArray bootId; ///< empty: unknown, never the same as another
    bool guest = false; ///< StateStore::Options::guest
};

/// The database of the store: its opening and closing, and what it holds. Made, used and destroyed on one thread.
class StoreDatabase final
{
public:
    explicit StoreDatabase(StoreSetup setup);

    /// Errors as StateStore::open().
    Result<void> open();
    /// Opens again where the file was deleted or replaced meanwhile, or could not be opened. Error: `store_failed`.
    Result<void> ready();
    /// Notes the clean end, unless the database was found damaged: the next opening then looks it through.
    void close();

    /// Copies the write-ahead log into the database where it has grown to some megabytes, or while there is `nothingElse` to do.
    void tidy(bool nothingElse);

    [[nodiscard]] StoreConnection &connection() { return m_connection; }
    [[nodiscard]] StreamTable &streams() { return m_streams; }
    [[nodiscard]] CallTable &calls() { return m_calls; }
    [[nodiscard]] const QByteArray &salt() const { return m_salt; }
    [[nodiscard]] const QString &notice() const { return m_notice; }

private:
    Result<void> connect();
    Result<void> check();
    void createSchema();
    void readSalt();
    void markOpen();
    Error openError() const;

    StoreSetup m_setup;
    StoreFiles m_files;
    StoreConnection m_connection;
    StreamTable m_streams;
    CallTable m_calls;
    QByteArray m_salt;
    QString m_notice;
};

}
