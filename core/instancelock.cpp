#include "core/instancelock.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace restream {
namespace {

Error unwritable(const QString &folder, int code)
{
    return { QStringLiteral("store_unwritable"),
             QStringLiteral("the data folder %1 can't be used: %2; make it writable, or name "
                            "another one with --data")
                 .arg(folder, qt_error_string(code)) };
}

QString holder(int fd)
{
    char text[256];
    const ssize_t size = ::pread(fd, text, sizeof text, 0);
    const QString who = size > 0 ? QString::fromUtf8(text, size).trimmed() : QString();
    return who.isEmpty() ? QStringLiteral("another instance") : who;
}

}

InstanceLock::~InstanceLock()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

Result<void> InstanceLock::take(const QString &folder)
{
    if (!QDir(folder).exists()) {
        if (!QDir().mkpath(folder))
            return unwritable(folder, errno ? errno : EACCES);
        ::chmod(QFile::encodeName(folder).constData(), S_IRWXU);
    }
    const QByteArray path =
        QFile::encodeName(QDir(folder).filePath(QStringLiteral("restream.lock")));
    m_fd = ::open(path.constData(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (m_fd < 0)
        return unwritable(folder, errno);
    if (::flock(m_fd, LOCK_EX | LOCK_NB) != 0) {
        const QString who = holder(m_fd);
        ::close(m_fd);
        m_fd = -1;
        return Error { QStringLiteral("data_in_use"),
                       QStringLiteral("the data folder %1 is in use by %2; stop that one, or name "
                                      "another folder with --data")
                           .arg(folder, who) };
    }
    const QByteArray who = QCoreApplication::applicationName().toUtf8() + " (process "
        + QByteArray::number(QCoreApplication::applicationPid()) + ")\n";
    if (::ftruncate(m_fd, 0) != 0 || ::pwrite(m_fd, who.constData(), size_t(who.size()), 0) < 0)
        return unwritable(folder, errno);
    return {};
}

}
