#pragma once

#include "core/result.h"

#include <QString>

namespace restream {

/// Holds a data folder for one program at a time. The kernel's own lock (flock(2)): it ends with the process, however that dies.
class InstanceLock final
{
public:
    InstanceLock() = default;
    ~InstanceLock();
    InstanceLock(const InstanceLock &) = delete;
    InstanceLock &operator=(const InstanceLock &) = delete;

    /// Takes FOLDER/restream.lock; makes the folder (mode 0700) where missing.
    /// Errors: `data_in_use` (names program and process), `store_unwritable`.
    Result<void> take(const QString &folder);

private:
    int m_fd = -1;
};

}
