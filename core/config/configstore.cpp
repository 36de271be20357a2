#include "core/config/configstore.h"

#include "core/config/definitiontext.h"
#include "core/logging.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QFileSystemWatcher>
#include <QSet>

#include <algorithm>

namespace restream {
namespace {

constexpr std::chrono::milliseconds quietTime { 200 };

/// The definitions of a folder, in order of their names; hidden files, an editor's among them, are none.
QStringList definitionFiles(const QString &folder)
{
    QStringList files;
    if (folder.isEmpty())
        return files;
    const QDir dir(folder);
    for (const QString &name : dir.entryList(QDir::Files, QDir::Name)) {
        if (name.endsWith(u".json") && !name.startsWith(u'.'))
            files << dir.filePath(name);
    }
    return files;
}

QString channelOf(const QString &file)
{
    return file.section(u'/', -1).chopped(qsizetype(sizeof(".json") - 1));
}

/// The definition's own text is read again for the line: that a channel is missing is found only here, and seldom.
DefinitionProblem keysFromProblem(const ChannelDefinition &definition, const QString &message)
{
    QFile file(definition.file);
    const QString member = QStringLiteral("/keys_from");
    const int line =
        file.open(QIODevice::ReadOnly) ? DefinitionText(file.readAll()).lineOf(member) : 0;
    return { definition.file, line, member, message };
}

/// Empty: the keys can come from there.
QString whyNoKeys(const ChannelDefinition &definition, const ChannelSet &set,
                  const QSet<QString> &known)
{
    const QString &owner = definition.keysFrom;
    const auto found = set.channels.constFind(owner);
    if (found == set.channels.cend()) {
        if (known.contains(owner))
            return {};
        return QStringLiteral("keys_from names \"%1\", and there is no such channel; it must be "
                              "one that has the keys")
            .arg(owner);
    }
    if (!found->keysFrom.isEmpty())
        return QStringLiteral("keys_from names %1, which has its keys from %2 itself; name %2")
            .arg(owner, found->keysFrom);
    for (const QString &key : definition.keyNames()) {
        if (!found->keyNames().contains(key))
            return QStringLiteral("keys_from names %1, which has no key \"%2\"; it has %3")
                .arg(owner, key,
                     found->keyNames().isEmpty() ? QStringLiteral("none")
                                                 : found->keyNames().join(QStringLiteral(", ")));
    }
    return {};
}

bool same(const ChannelDefinition &a, const ChannelDefinition &b)
{
    // A definition is a function of its text and its place; identity() knows the order of members too.
    return a.file == b.file && a.source == b.source && a.identity() == b.identity();
}

bool same(const DefinitionProblem &a, const DefinitionProblem &b)
{
    return a.file == b.file && a.line == b.line && a.member == b.member && a.message == b.message;
}

bool same(const ChannelSet &a, const ChannelSet &b)
{
    const auto sameChannel = [](const ChannelDefinition &x, const ChannelDefinition &y) {
        return same(x, y);
    };
    const auto sameProblem = [](const DefinitionProblem &x, const DefinitionProblem &y) {
        return same(x, y);
    };
    return a.channels.keys() == b.channels.keys()
        && std::equal(a.channels.cbegin(), a.channels.cend(), b.channels.cbegin(),
                      b.channels.cend(), sameChannel)
        && std::equal(a.problems.cbegin(), a.problems.cend(), b.problems.cbegin(),
                      b.problems.cend(), sameProblem);
}

void log(const ChannelSet &set)
{
    for (const DefinitionProblem &problem : set.problems)
        qCWarning(logConfig, "%ls", qUtf16Printable(problem.text()));
    qCInfo(logConfig, "%lld channels", qlonglong(set.channels.size()));
}

}

ChannelSet readChannels(const QString &catalogFolder, const QString &userFolder)
{
    ChannelSet set;
    QSet<QString> known;
    for (const QString &folder : { catalogFolder, userFolder }) {
        const bool builtIn = folder == catalogFolder;
        for (const QString &file : definitionFiles(folder)) {
            DefinitionRead read = readDefinitionFile(file, builtIn);
            read.definition.replacesBuiltIn = !builtIn && known.contains(channelOf(file));
            known.insert(channelOf(file));
            if (read.ok()) {
                set.channels.insert(read.definition.name, read.definition);
            } else {
                set.channels.remove(channelOf(file));
                set.problems += read.problems;
            }
        }
    }
    QStringList off;
    for (const ChannelDefinition &definition : std::as_const(set.channels)) {
        if (definition.keysFrom.isEmpty())
            continue;
        if (const QString why = whyNoKeys(definition, set, known); !why.isEmpty()) {
            set.problems.append(keysFromProblem(definition, why));
            off << definition.name;
        }
    }
    for (const QString &name : off)
        set.channels.remove(name);
    return set;
}

struct ConfigStore::Private
{
    QString catalogFolder;
    QString userFolder;
    ChannelSet set;
    QFileSystemWatcher watcher;
    std::unique_ptr<Timer> quiet;

    /// Watches from scratch: a file that was replaced is another one under the same name, which the watcher may not have seen.
    void watch()
    {
        if (const QStringList old = watcher.files() + watcher.directories(); !old.isEmpty())
            watcher.removePaths(old);
        QStringList paths;
        for (const QString &folder : { catalogFolder, userFolder }) {
            if (!folder.isEmpty() && !folder.startsWith(u':'))
                paths << nearestExisting(folder) << definitionFiles(folder);
        }
        paths.removeDuplicates();
        if (paths.isEmpty())
            return;
        for (const QString &path : watcher.addPaths(paths)) {
            if (QFileInfo::exists(path))
                qCWarning(logConfig, "changes of %ls will not be noticed", qUtf16Printable(path));
        }
    }

    /// The folder, or while it is missing the one in which it, or the way to it, will appear.
    static QString nearestExisting(const QString &folder)
    {
        QString path = QDir::cleanPath(QFileInfo(folder).absoluteFilePath());
        while (!QFileInfo(path).isDir() && path != u"/")
            path = QFileInfo(path).absolutePath();
        return path;
    }
};

ConfigStore::ConfigStore(Clock &clock, QString catalogFolder, QString userFolder)
    : d(std::make_unique<Private>())
{
    d->catalogFolder = std::move(catalogFolder);
    d->userFolder = std::move(userFolder);
    d->quiet = clock.makeTimer([this] { reload(); });
    const auto noticed = [this] { d->quiet->start(quietTime); };
    QObject::connect(&d->watcher, &QFileSystemWatcher::directoryChanged, &d->watcher, noticed);
    QObject::connect(&d->watcher, &QFileSystemWatcher::fileChanged, &d->watcher, noticed);
    d->watch();
    d->set = readChannels(d->catalogFolder, d->userFolder);
    log(d->set);
}

ConfigStore::~ConfigStore() = default;

const ChannelSet &ConfigStore::current() const
{
    return d->set;
}

void ConfigStore::reload()
{
    d->quiet->stop();
    // First watched, then read: what changes in between is read again rather than missed.
    d->watch();
    ChannelSet set = readChannels(d->catalogFolder, d->userFolder);
    if (same(set, d->set))
        return;
    d->set = std::move(set);
    log(d->set);
    if (onChanged)
        onChanged();
}

}
