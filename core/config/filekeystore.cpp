#include "core/config/filekeystore.h"

#include "core/config/foldersync.h"
#include "core/config/keystores.h"
#include "core/logging.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

#include <sys/stat.h>
#include <unistd.h>

namespace restream {
namespace {

using namespace std::chrono_literals;

constexpr qint64 maxFile = 1024 * 1024;
constexpr auto quiet = 100ms;

}

FileKeyStore::FileKeyStore(const QString &file, bool requirePrivate)
    : m_file(QFileInfo(file).absoluteFilePath()),
      m_requirePrivate(requirePrivate)
{
    m_quiet.setSingleShot(true);
    m_quiet.setInterval(quiet);
    const auto settle = [this] { m_quiet.start(); };
    QObject::connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_quiet, settle);
    QObject::connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_quiet, settle);
    QObject::connect(&m_quiet, &QTimer::timeout, &m_quiet, [this] { lookForChange(); });
    m_stamp = stamp();
    watch();
    if (!QFileInfo::exists(m_file))
        qCWarning(logKeys).noquote()
            << m_file << "does not exist: channels that need keys wait for it";
}

QString FileKeyStore::description() const
{
    return QStringLiteral("the keys file %1").arg(m_file);
}

Error FileKeyStore::problem(const QString &what) const
{
    return { QStringLiteral("keys_file"), QStringLiteral("%1: %2").arg(m_file, what) };
}

Result<QByteArray> FileKeyStore::readFile() const
{
    QFile file(m_file);
    if (!file.open(QIODevice::ReadOnly))
        return problem(QStringLiteral("can't be read (%1)").arg(file.errorString()));
    struct stat status = {};
    if (::fstat(file.handle(), &status) != 0 || !S_ISREG(status.st_mode))
        return problem(QStringLiteral("is not a file"));
    const mode_t mode = status.st_mode & 07777;
    if (m_requirePrivate && mode != 0600 && mode != 0400) {
        return problem(
            QStringLiteral("its mode is %1, so that others may read the keys; run: chmod 600 %2")
                .arg(QString::number(mode, 8).rightJustified(4, QLatin1Char('0')), m_file));
    }
    if (file.size() > maxFile)
        return problem(QStringLiteral("is longer than 1 MiB, which no keys file is"));
    return file.readAll();
}

Result<FileKeyStore::Channels> FileKeyStore::load() const
{
    const Result<QByteArray> json = readFile();
    if (!json)
        return json.error();
    Result<Channels> channels = parseKeysFile(*json);
    if (!channels)
        return problem(channels.error().message);
    return channels;
}

Result<void> FileKeyStore::save(const Channels &channels) const
{
    QJsonObject root;
    for (auto channel = channels.begin(); channel != channels.end(); ++channel) {
        QJsonObject keys;
        for (auto key = channel->begin(); key != channel->end(); ++key)
            keys.insert(key.key(), key.value());
        root.insert(channel.key(), keys);
    }
    QSaveFile file(m_file);
    const bool written = file.open(QIODevice::WriteOnly)
        && file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        && file.write(QJsonDocument(root).toJson()) >= 0 && file.commit();
    if (!written)
        return problem(
            QStringLiteral("can't be saved (%1); nothing was changed").arg(file.errorString()));
    if (!syncFolder(QFileInfo(QFileInfo(m_file).canonicalFilePath()).path()))
        return problem(QStringLiteral(
            "was saved, but may not survive a power cut: its folder can't be synced"));
    return {};
}

void FileKeyStore::read(const QString &channel, const QString &name,
                        std::function<void(Result<QString>)> done)
{
    const Result<Channels> channels = load();
    if (!channels)
        return done(channels.error());
    const Keys keys = channels->value(channel);
    const auto key = keys.find(name);
    if (key == keys.end()) {
        return done(Error { QStringLiteral("key_missing"),
                            QStringLiteral("the key %2 of %1 is not in %3; add it there, or run: "
                                           "restreamd keys set %1 %2 --keys-file %4")
                                .arg(channel, name, description(), m_file) });
    }
    done(key.value());
}

void FileKeyStore::write(const QString &channel, const QString &name, const QString &value,
                         std::function<void(Result<void>)> done)
{
    Channels channels;
    if (QFileInfo::exists(m_file)) {
        Result<Channels> present = load();
        if (!present)
            return done(present.error());
        channels = std::move(*present);
    }
    channels[channel].insert(name, value);
    if (const Result<void> saved = save(channels); !saved)
        return done(saved);
    const Result<Channels> back = load();
    if (!back)
        return done(back.error());
    if (back->value(channel).value(name) != value)
        return done(problem(QStringLiteral("the key %1 was not saved: something else wrote the "
                                           "file at the same time; try again")
                                .arg(name)));
    lookForChange();
    done({});
}

void FileKeyStore::remove(const QString &channel, const QString &name,
                          std::function<void(Result<void>)> done)
{
    Result<Channels> channels = load();
    if (!channels)
        return done(channels.error());
    if (!channels->value(channel).contains(name)) {
        return done(Error {
            QStringLiteral("key_missing"),
            QStringLiteral("there is no key %2 of %1 in %3").arg(channel, name, description()) });
    }
    Keys &keys = (*channels)[channel];
    keys.remove(name);
    if (keys.isEmpty())
        channels->remove(channel);
    if (const Result<void> saved = save(*channels); !saved)
        return done(saved);
    lookForChange();
    done({});
}

// What changes with the content, with a replacement and with the mode.
QByteArray FileKeyStore::stamp() const
{
    struct stat status = {};
    if (::stat(QFile::encodeName(m_file).constData(), &status) != 0)
        return {};
    QByteArray stamp;
    for (const auto part :
         { qint64(status.st_dev), qint64(status.st_ino), qint64(status.st_size),
           qint64(status.st_mode), qint64(status.st_mtim.tv_sec), qint64(status.st_mtim.tv_nsec),
           qint64(status.st_ctim.tv_sec), qint64(status.st_ctim.tv_nsec) })
        stamp += QByteArray::number(part) + ' ';
    return stamp;
}

void FileKeyStore::watch()
{
    // A file that was replaced is another one, and has to be watched anew; the folder tells that it was.
    const QString folder = QFileInfo(m_file).path();
    if (!m_watcher.directories().contains(folder))
        m_watcher.addPath(folder);
    if (!m_watcher.files().contains(m_file) && QFileInfo::exists(m_file))
        m_watcher.addPath(m_file);
}

void FileKeyStore::lookForChange()
{
    watch();
    const QByteArray now = stamp();
    if (now == m_stamp)
        return;
    m_stamp = now;
    qCInfo(logKeys).noquote() << "the keys file has changed:" << m_file;
    if (onChanged)
        onChanged();
}

}
