#include "core/config/configstore.h"
#include "core/config/definitionfiles.h"
#include "tests/config/channelfolders.h"

using namespace restream;

class TestDefinitionFiles : public QObject
{
    Q_OBJECT

private slots:
    void read_givesTheTextAsWritten();
    void save_writesWhatIsReadBack();
    void saveOfABadDefinition_namesEveryProblemAndWritesNothing();
    void saveOverAFileThatChanged_isRefused();
    void saveOverAFileNeverSeen_isRefused();
    void saveOverADeletedFile_isRefusedUntilSaidAgain();
    void remove_bringsBackTheCatalogs();
    void removeOfAFileThatChanged_isRefused();
    void saveIntoAFolderThatCantBeMade_saysWhere();
};

namespace {

const QString one = QStringLiteral("one");

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}

void TestDefinitionFiles::read_givesTheTextAsWritten()
{
    const Folders folders;
    write(folders.own("two.json"), definition(QStringLiteral("two"), R"("poll_interval": 1.50)"));
    const ChannelSet set = readChannels(folders.catalog, folders.user);

    const Result<DefinitionSource> builtIn = DefinitionFiles::read(set.channels[one]);
    QVERIFY(builtIn.ok());
    QCOMPARE(builtIn->json, definition(one));
    QVERIFY(builtIn->builtIn);
    QVERIFY(builtIn->version.isEmpty());

    const Result<DefinitionSource> own = DefinitionFiles::read(set.channels[QStringLiteral("two")]);
    QVERIFY(own.ok());
    QVERIFY(own->json.contains("1.50"));
    QCOMPARE(own->file, folders.own("two.json"));
    QVERIFY(!own->version.isEmpty());
}

void TestDefinitionFiles::save_writesWhatIsReadBack()
{
    const Folders folders;
    const DefinitionFiles files(folders.user);
    const Result<DefinitionSource> first = files.save(one, definition(one), {});
    QVERIFY2(first.ok(), qPrintable(first.ok() ? QString() : first.error().message));
    QCOMPARE(contents(folders.own("one.json")), definition(one));
    const ChannelSet set = readChannels(folders.catalog, folders.user);
    QVERIFY(!set.channels[one].builtIn);
    QCOMPARE(DefinitionFiles::read(set.channels[one])->version, first->version);

    const QByteArray next = definition(one, R"("poll_interval": 61)");
    const Result<DefinitionSource> second = files.save(one, next, first->version);
    QVERIFY(second.ok());
    QVERIFY(second->version != first->version);
    QCOMPARE(contents(folders.own("one.json")), next);
}

void TestDefinitionFiles::saveOfABadDefinition_namesEveryProblemAndWritesNothing()
{
    const Folders folders;
    const Result<DefinitionSource> saved = DefinitionFiles(folders.user)
                                               .save(one,
                                                     definition(one,
                                                                "\"poll_interval\": 0, "
                                                                "\"max_streams\": \"x\""),
                                                     {});
    QVERIFY(!saved.ok());
    QCOMPARE(saved.error().code, QStringLiteral("bad_definition"));
    QVERIFY(saved.error().message.contains(QStringLiteral("/poll_interval")));
    QVERIFY(saved.error().message.contains(QStringLiteral("/max_streams")));
    QVERIFY(!QFile::exists(folders.own("one.json")));
}

void TestDefinitionFiles::saveOverAFileThatChanged_isRefused()
{
    const Folders folders;
    const DefinitionFiles files(folders.user);
    const QByteArray version = files.save(one, definition(one), {})->version;
    const QByteArray theirs = definition(one, R"("poll_interval": 99)");
    write(folders.own("one.json"), theirs);

    const Result<DefinitionSource> saved = files.save(one, definition(one), version);
    QVERIFY(!saved.ok());
    QCOMPARE(saved.error().code, QStringLiteral("changed_on_disk"));
    QCOMPARE(contents(folders.own("one.json")), theirs);
}

void TestDefinitionFiles::saveOverAFileNeverSeen_isRefused()
{
    const Folders folders;
    const DefinitionFiles files(folders.user);
    QVERIFY(files.save(one, definition(one), {}).ok());
    QCOMPARE(files.save(one, definition(one), {}).error().code, QStringLiteral("changed_on_disk"));
}

void TestDefinitionFiles::saveOverADeletedFile_isRefusedUntilSaidAgain()
{
    const Folders folders;
    const DefinitionFiles files(folders.user);
    const QByteArray version = files.save(one, definition(one), {})->version;
    QVERIFY(QFile::remove(folders.own("one.json")));
    QCOMPARE(files.save(one, definition(one), version).error().code,
             QStringLiteral("changed_on_disk"));
    QVERIFY(files.save(one, definition(one), {}).ok());
}

void TestDefinitionFiles::remove_bringsBackTheCatalogs()
{
    const Folders folders;
    const DefinitionFiles files(folders.user);
    const QByteArray version = files.save(one, definition(one), {})->version;
    QVERIFY(files.remove(one, version).ok());
    QVERIFY(readChannels(folders.catalog, folders.user).channels[one].builtIn);
}

void TestDefinitionFiles::removeOfAFileThatChanged_isRefused()
{
    const Folders folders;
    const DefinitionFiles files(folders.user);
    const QByteArray version = files.save(one, definition(one), {})->version;
    write(folders.own("one.json"), definition(one, R"("poll_interval": 99)"));
    QCOMPARE(files.remove(one, version).error().code, QStringLiteral("changed_on_disk"));
    QVERIFY(QFile::exists(folders.own("one.json")));
}

void TestDefinitionFiles::saveIntoAFolderThatCantBeMade_saysWhere()
{
    const Folders folders;
    const QString blocked = folders.root.filePath(QStringLiteral("a-file"));
    write(blocked, "x");
    const Result<DefinitionSource> saved =
        DefinitionFiles(blocked + QStringLiteral("/channels")).save(one, definition(one), {});
    QVERIFY(!saved.ok());
    QCOMPARE(saved.error().code, QStringLiteral("not_saved"));
    QVERIFY(saved.error().message.contains(blocked));
}

QTEST_GUILESS_MAIN(TestDefinitionFiles)
#include "tst_definitionfiles.moc"
