#include "core/config/definitionfiles.h"

#include "core/config/definitionreader.h"
#include "core/config/foldersync.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QStringList>

#include <unistd.h>

namespace restream {
namespace {

QByteArray versionOf(const QByteArray &text)
{
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex();
}

Error notSaved(const QString &file, const QString &why)
{
    return { QStringLiteral("not_saved"), QStringLiteral("%1: %2").arg(file, why) };
}

}

QString DefinitionFiles::path(const QString &name) const
{
    return QDir(m_folder).absoluteFilePath(name + QStringLiteral(".json"));
}

Result<DefinitionSource> DefinitionFiles::read(const ChannelDefinition &definition)
{
    QFile file(definition.file);
    if (!file.open(QIODevice::ReadOnly)) {
        return Error { QStringLiteral("not_read"),
                       QStringLiteral("%1: %2").arg(definition.file, file.errorString()) };
    }
    DefinitionSource text { file.readAll(), definition.file, definition.builtIn, {} };
    if (!text.builtIn)
        text.version = versionOf(text.json);
    return text;
}

/// Whether the user's file is still the one that was seen.
Result<void> DefinitionFiles::expect(const QString &name, const QByteArray &version) const
{
    QFile file(path(name));
    QByteArray now;
    if (file.open(QIODevice::ReadOnly))
        now = versionOf(file.readAll());
    else if (file.exists())
        return notSaved(file.fileName(), file.errorString());
    if (now == version)
        return {};
    return Error {
        QStringLiteral("changed_on_disk"),
        version.isEmpty() ? QStringLiteral("%1 exists already; choose another name, or open that "
                                           "channel and change it")
                                .arg(file.fileName())
            : now.isEmpty()
            ? QStringLiteral("%1 was deleted meanwhile; save again to write it anew")
                  .arg(file.fileName())
            : QStringLiteral("%1 was changed by another program meanwhile; read it again, or keep "
                             "your text")
                  .arg(file.fileName())
    };
}

Result<DefinitionSource> DefinitionFiles::save(const QString &name, const QByteArray &json,
                                               const QByteArray &basedOn) const
{
    const QString target = path(name);
    const DefinitionRead checked = readDefinition(json, target);
    if (!checked.ok()) {
        QStringList lines;
        for (const DefinitionProblem &problem : checked.problems)
            lines.append(problem.text());
        return Error { QStringLiteral("bad_definition"), lines.join(u'\n') };
    }
    if (const Result<void> expected = expect(name, basedOn); !expected)
        return expected.error();
    if (!QDir().mkpath(m_folder))
        return notSaved(m_folder, QStringLiteral("the folder can't be made"));
    QSaveFile file(target);
    if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size() || !file.flush()
        || ::fsync(file.handle()) != 0 || !file.commit())
        return notSaved(target, file.errorString());
    syncFolder(m_folder);
    return DefinitionSource { json, target, false, versionOf(json) };
}

Result<void> DefinitionFiles::remove(const QString &name, const QByteArray &basedOn) const
{
    if (Result<void> expected = expect(name, basedOn); !expected)
        return expected;
    QFile file(path(name));
    if (file.exists() && !file.remove())
        return notSaved(file.fileName(), file.errorString());
    syncFolder(m_folder);
    return {};
}

}
