#include "tests/support/corpora.h"

#include <QDir>
#include <QFile>

#include <zlib.h>

namespace restream {
namespace {

QByteArray inflated(const QString &path)
{
    gzFile file = gzopen(QFile::encodeName(path).constData(), "rb");
    QByteArray result;
    char chunk[65536];
    for (int n = 0; file && (n = gzread(file, chunk, sizeof chunk)) > 0;)
        result.append(chunk, n);
    if (file)
        gzclose(file);
    return result;
}

QStringList bodyFiles(const QDir &folder)
{
    return folder.entryList({ QStringLiteral("[0-9]*.json"), QStringLiteral("[0-9]*.json.gz"),
                              QStringLiteral("[0-9]*.geojson"), QStringLiteral("[0-9]*.geojson.gz"),
                              QStringLiteral("body.json"), QStringLiteral("body.geojson") },
                            QDir::Files, QDir::Name);
}

}

QString corporaFolder()
{
    const QString folder = qEnvironmentVariable(
        "RESTREAM_CORPORA", QStringLiteral(RESTREAM_SOURCE_DIR "/../shared/corpora"));
    return QDir(folder).exists() ? QDir(folder).canonicalPath() : QString();
}

QStringList jsonSequences()
{
    if (corporaFolder().isEmpty())
        return {};
    const QDir corpora(corporaFolder());
    QStringList result;
    for (const QString &name :
         corpora.entryList({ QStringLiteral("seq-*") }, QDir::Dirs, QDir::Name)) {
        if (!bodyFiles(QDir(corpora.filePath(name))).isEmpty())
            result << name;
    }
    return result;
}

QList<QByteArray> recordedBodies(const QString &recording)
{
    const QDir folder(corporaFolder() + QLatin1Char('/') + recording);
    QList<QByteArray> result;
    for (const QString &name : bodyFiles(folder))
        result << inflated(folder.filePath(name));
    return result;
}

}
