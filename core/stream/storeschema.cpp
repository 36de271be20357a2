#include "core/stream/storeschema.h"

#include "core/stream/storeconnection.h"

#include <array>

namespace restream {
namespace {

// Times are ms since 1970 UTC. Names, ids and texts are bytes as they came, hence BLOB.
constexpr std::array schema = {
    // salt; boot_id and closed: under which boot the database was opened last, and whether it was closed.
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",

    "CREATE TABLE streams ("
    " key INTEGER PRIMARY KEY,"
    " name BLOB NOT NULL UNIQUE,"
    " epoch BLOB NOT NULL,"
    " identity BLOB NOT NULL DEFAULT x'',"
    " seq INTEGER NOT NULL DEFAULT 0,"
    " time INTEGER NOT NULL DEFAULT 0,"
    " polls INTEGER NOT NULL DEFAULT 0,"
    " last_ok INTEGER NOT NULL DEFAULT 0,"
    " last_call INTEGER NOT NULL DEFAULT 0,"
    " not_before INTEGER NOT NULL DEFAULT 0,"
    " etag BLOB NOT NULL DEFAULT x'',"
    " last_modified BLOB NOT NULL DEFAULT x'',"
    " next_place INTEGER NOT NULL DEFAULT 0," // of the next added item
    " used INTEGER NOT NULL)", // last loaded or polled

    // The order of a stream's items is that of (place, key); places have gaps, so that a removal moves nothing.
    "CREATE TABLE items ("
    " key INTEGER PRIMARY KEY,"
    " stream INTEGER NOT NULL REFERENCES streams ON DELETE CASCADE,"
    " id BLOB NOT NULL,"
    " place INTEGER NOT NULL,"
    " missing_since INTEGER NOT NULL DEFAULT 0,"
    " text BLOB NOT NULL,"
    " UNIQUE (stream, id))",

    "CREATE TABLE changesets ("
    " stream INTEGER NOT NULL REFERENCES streams ON DELETE CASCADE,"
    " seq INTEGER NOT NULL,"
    " time INTEGER NOT NULL,"
    " body BLOB NOT NULL,"
    " PRIMARY KEY (stream, seq))",

    "CREATE TABLE buckets (key INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE)",

    // What each channel that shares a bucket said last.
    "CREATE TABLE rules ("
    " bucket INTEGER NOT NULL REFERENCES buckets ON DELETE CASCADE,"
    " channel BLOB NOT NULL,"
    " calls INTEGER NOT NULL,"
    " per_seconds INTEGER NOT NULL,"
    " said INTEGER NOT NULL,"
    " PRIMARY KEY (bucket, channel, calls, per_seconds)) WITHOUT ROWID",

    "CREATE TABLE calls ("
    " bucket INTEGER NOT NULL REFERENCES buckets ON DELETE CASCADE,"
    " time INTEGER NOT NULL)",
    "CREATE INDEX calls_by_time ON calls (bucket, time)",

    "INSERT INTO meta VALUES ('salt', randomblob(32)), ('boot_id', x''), ('closed', 1)",
};

}

void createStoreSchema(StoreConnection &connection)
{
    for (const char *statement : schema)
        connection.execute(statement);
    static_assert(storeSchemaVersion == 1);
    connection.execute("PRAGMA user_version = 1");
}

}
