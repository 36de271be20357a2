#pragma once

#include "core/config/keystore.h"

#include <QFileSystemWatcher>
#include <QTimer>

namespace restream {

/// See makeFileKeyStore(). The file is read at each question, so that an answer is never older than the file; it is watched only to tell onChanged.
class FileKeyStore final : public KeyStore
{
public:
    FileKeyStore(const QString &file, bool requirePrivate);

    void read(const QString &channel, const QString &name,
              std::function<void(Result<QString>)> done) override;
    void write(const QString &channel, const QString &name, const QString &value,
               std::function<void(Result<void>)> done) override;
    void remove(const QString &channel, const QString &name,
                std::function<void(Result<void>)> done) override;
    [[nodiscard]] QString description() const override;

private:
    using Channels = QMap<QString, Keys>;

    [[nodiscard]] Result<Channels> load() const;
    [[nodiscard]] Result<QByteArray> readFile() const;
    [[nodiscard]] Result<void> save(const Channels &channels) const;
    [[nodiscard]] Error problem(const QString &what) const;
    [[nodiscard]] QByteArray stamp() const;
    void watch();
    void lookForChange();

    QString m_file; ///< absolute
    bool m_requirePrivate;
    QByteArray m_stamp; ///< of the file as onChanged last told
    QFileSystemWatcher m_watcher;
    QTimer m_quiet; ///< an editor writes in several steps
};

}
