#include "app/checkcommand.h"

#include "core/config/configstore.h"

#include <QDir>
#include <QFileInfo>

namespace restream {
namespace {

struct Tally
{
    int definitions = 0;
    qsizetype problems = 0;
};

void report(const QList<DefinitionProblem> &problems, Console &console, Tally &tally)
{
    for (const DefinitionProblem &problem : problems)
        console.out(problem.text());
    tally.problems += problems.size();
}

QString counted(qsizetype count, const QString &noun)
{
    return QString::number(count) % u' ' % noun % (count == 1 ? QString() : u"s"_qs);
}

/// What only the whole shows is said where a definition has no problem of its own.
void checkReferences(const ChannelDefinition &definition, const QSet<QString> &names,
                     Console &console, Tally &tally)
{
    if (definition.keysFrom.isEmpty() || names.contains(definition.keysFrom))
        return;
    const DefinitionProblem problem {
        definition.file, 0, u"/keys_from"_qs,
        u"there is no channel \"%1\" here, in the catalog or among your channels"_qs.arg(
            definition.keysFrom)
    };
    report({ problem }, console, tally);
}

}

ExitCode checkDefinitions(const QStringList &paths, const QString &catalogFolder,
                          const QString &userFolder, Console &console)
{
    Tally tally;
    bool unreadable = false;
    QStringList files;
    for (const QString &path : paths) {
        const QFileInfo info(path);
        if (info.isDir()) {
            for (const QString &name :
                 QDir(path).entryList({ u"*.json"_qs }, QDir::Files, QDir::Name))
                files.append(QDir(path).filePath(name));
        } else if (info.exists()) {
            files.append(path);
        } else {
            console.error(u"%1: no such file or folder"_qs.arg(path));
            unreadable = true;
        }
    }
    QList<ChannelDefinition> good;
    const QStringList known = readChannels(catalogFolder, userFolder).channels.keys();
    QSet<QString> names(known.begin(), known.end());
    for (const QString &file : files) {
        const DefinitionRead read = readDefinitionFile(file);
        ++tally.definitions;
        report(read.problems, console, tally);
        if (read.ok()) {
            good.append(read.definition);
            names.insert(read.definition.name);
        }
    }
    for (const ChannelDefinition &definition : good)
        checkReferences(definition, names, console, tally);
    console.note(counted(tally.definitions, u"definition"_qs) % QLatin1String(", ")
                 % counted(tally.problems, u"problem"_qs));
    return tally.problems > 0 || unreadable ? ExitCode::Failed : ExitCode::Ok;
}

}
