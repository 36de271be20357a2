#pragma once

namespace restream {

class StoreConnection;

/// The version of the schema that this program reads and writes: PRAGMA user_version.
constexpr int storeSchemaVersion = 1;

/// Makes the tables in an empty database, inside the transaction that is open; failures stick to `connection`.
void createStoreSchema(StoreConnection &connection);

}
