#pragma once

#include <QByteArray>

#include <initializer_list>

struct sqlite3_stmt;

namespace restream {

class StoreConnection;

/// What stands for a `?`: a number, or bytes, which are not copied: they outlive run(), or the StoreRows.
class StoreValue final
{
public:
    StoreValue(qint64 number) : m_number(number) { }
    StoreValue(int number) : m_number(number) { }
    StoreValue(const QByteArray &bytes) : m_bytes(&bytes) { }

private:
    friend class StoreConnection;
    const QByteArray *m_bytes = nullptr;
    qint64 m_number = 0;
};

using StoreValues = std::initializer_list<StoreValue>;

/// The rows of a SELECT; ends it when it goes.
class StoreRows final
{
public:
    StoreRows(StoreConnection &connection, sqlite3_stmt *statement)
        : m_connection(connection),
          m_statement(statement)
    {
    }
    ~StoreRows();
    StoreRows(const StoreRows &) = delete;
    StoreRows &operator=(const StoreRows &) = delete;

    bool next(); ///< false at the end and on failure
    [[nodiscard]] qint64 integer(int column) const;
    [[nodiscard]] QByteArray bytes(int column) const;

private:
    StoreConnection &m_connection;
    sqlite3_stmt *m_statement; ///< null where it could not be prepared
};

}
