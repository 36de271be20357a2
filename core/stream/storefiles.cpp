#include "core/stream/storefiles.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace restream {
namespace {

constexpr mode_t folderMode = 0700;
constexpr mode_t fileMode = 0600;

/// Makes the folder and those above it; gives the errno, 0 where it is there.
int makeFolder(const QString &folder)
{
    const QByteArray name = QFile::encodeName(folder);
    const auto make = [&name] { return ::mkdir(name.constData(), folderMode) == 0 ? 0 : errno; };
    int error = make();
    const QString parent = QFileInfo(folder).absolutePath();
    if (error == ENOENT && parent != folder) {
        error = makeFolder(parent);
        if (error == 0)
            error = make();
    }
    if (error == EEXIST)
        return QFileInfo(folder).isDir() ? 0 : ENOTDIR;
    return error;
}

Error unwritable(const QString &what, const QString &path, int error)
{
    return { QStringLiteral("store_unwritable"),
             QStringLiteral(
                 "%1 %2 can't be written (%3): make it writable for this user, or choose "
                 "another data folder with --data.")
                 .arg(what, path, qt_error_string(error)) };
}

}

StoreFiles::StoreFiles(const QString &folder)
    : m_folder(QDir(folder).absolutePath()),
      m_path(m_folder + u"/restream.db")
{
}

Result<void> StoreFiles::prepare() const
{
    const QByteArray folder = QFile::encodeName(m_folder);
    if (const int error = makeFolder(m_folder); error != 0)
        return unwritable(QStringLiteral("The data folder"), m_folder, error);
    if (::access(folder.constData(), R_OK | W_OK | X_OK) != 0)
        return unwritable(QStringLiteral("The data folder"), m_folder, errno);

    const QByteArray file = QFile::encodeName(m_path);
    // An existing file is not opened: closing it would drop the locks that SQLite holds on it in this process.
    const int made = ::open(file.constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, fileMode);
    if (made >= 0)
        ::close(made);
    else if (errno != EEXIST)
        return unwritable(QStringLiteral("The database"), m_path, errno);
    if (!QFileInfo(m_path).isFile())
        return unwritable(QStringLiteral("The database"), m_path, EISDIR);
    ::chmod(file.constData(), fileMode); // not ours to change: what it allows is what counts
    if (::access(file.constData(), R_OK | W_OK) != 0)
        return unwritable(QStringLiteral("The database"), m_path, errno);
    return {};
}

Result<QString> StoreFiles::setAside() const
{
    const QString wanted = m_path + u".corrupt-"
        + QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd'T'HHmmss'Z'"));
    QString aside = wanted;
    for (int i = 2; QFileInfo::exists(aside); ++i)
        aside = QStringLiteral("%1-%2").arg(wanted).arg(i);
    if (::rename(QFile::encodeName(m_path).constData(), QFile::encodeName(aside).constData()) != 0)
        return unwritable(QStringLiteral("The damaged database"), m_path, errno);
    // Under the names by which SQLite finds them with the file: what can be rescued is in them too.
    for (const QLatin1String suffix : { QLatin1String("-wal"), QLatin1String("-shm") })
        ::rename(QFile::encodeName(m_path + suffix).constData(),
                 QFile::encodeName(aside + suffix).constData());
    return aside;
}

void StoreFiles::remember()
{
    struct stat found = {};
    if (::stat(QFile::encodeName(m_path).constData(), &found) == 0) {
        m_device = found.st_dev;
        m_inode = found.st_ino;
    }
}

bool StoreFiles::replaced() const
{
    struct stat found = {};
    return ::stat(QFile::encodeName(m_path).constData(), &found) != 0 || found.st_dev != m_device
        || found.st_ino != m_inode;
}

}
