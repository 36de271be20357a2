#pragma once

#include "core/result.h"

#include <QString>

#include <sys/types.h>

namespace restream {

/// The files of the database in their folder.
class StoreFiles final
{
public:
    explicit StoreFiles(const QString &folder);

    [[nodiscard]] const QString &path() const { return m_path; } ///< of the database
    /// Makes the folder (mode 0700) and an empty database (0600) where they are missing, and checks that both can be written.
    /// Error: `store_unwritable`.
    Result<void> prepare() const;
    /// Renames the database and what SQLite keeps beside it; gives the new path. Error: `store_unwritable`.
    [[nodiscard]] Result<QString> setAside() const;

    /// Notes which file `path()` is now.
    void remember();
    /// True where `path()` is no longer the remembered file: deleted, or another one was put in its place.
    [[nodiscard]] bool replaced() const;

private:
    QString m_folder;
    QString m_path;
    dev_t m_device = 0;
    ino_t m_inode = 0;
};

}
