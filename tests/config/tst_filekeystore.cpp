#include "core/config/filekeystore.h"

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace restream;

class TestFileKeyStore : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void key_isRead();
    void missingKey_saysWhereToPutIt();
    void mode_isChecked_data();
    void mode_isChecked();
    void looseMode_passesWhereNotAskedFor();
    void unreadableFiles_areErrors();
    void malformedFile_isAnErrorWithoutValues();
    void written_isSavedPrivatelyAndReadBack();
    void writtenToAFileThatIsNotThere_makesIt();
    void writtenToABadFile_leavesItAlone();
    void failedSave_isNotReportedAsSaved();
    void removed_isGoneAndTheRestStays();
    void edited_isReadAtOnceAndTold();
    void replaced_isToldEachTime();
    void otherFilesInTheFolder_areNotTold();
    void fileThatComesLater_isTold();
    void modeThatIsPutRight_isTold();

private:
    void put(const QByteArray &json, mode_t mode = 0600) const
    {
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(json);
        file.close();
        chmodTo(mode);
    }
    void chmodTo(mode_t mode) const
    {
        QCOMPARE(::chmod(QFile::encodeName(m_file).constData(), mode), 0);
    }
    [[nodiscard]] QByteArray content() const
    {
        QFile file(m_file);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
    }
    static Result<QString> read(KeyStore &store, const char *name = "api-key")
    {
        std::optional<Result<QString>> value;
        store.read(QStringLiteral("nyt-top"), QString::fromLatin1(name),
                   [&](Result<QString> got) { value = std::move(got); });
        return value.value_or(Error { QStringLiteral("no answer"), {} });
    }
    static Result<void> write(KeyStore &store, const char *name, const QString &text)
    {
        std::optional<Result<void>> result;
        store.write(QStringLiteral("nyt-top"), QString::fromLatin1(name), text,
                    [&](Result<void> got) { result = std::move(got); });
        return result.value_or(Error { QStringLiteral("no answer"), {} });
    }
    static Result<void> remove(KeyStore &store, const char *name)
    {
        std::optional<Result<void>> result;
        store.remove(QStringLiteral("nyt-top"), QString::fromLatin1(name),
                     [&](Result<void> got) { result = std::move(got); });
        return result.value_or(Error { QStringLiteral("no answer"), {} });
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;
};

void TestFileKeyStore::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_file = m_folder->filePath(QStringLiteral("keys.json"));
    put(R"({"nyt-top":{"api-key":"abcd"},"other":{"k":"v"}})");
}

void TestFileKeyStore::key_isRead()
{
    FileKeyStore store(m_file, true);
    const Result<QString> value = read(store);
    QVERIFY(value);
    QCOMPARE(*value, QStringLiteral("abcd"));
}

void TestFileKeyStore::missingKey_saysWhereToPutIt()
{
    FileKeyStore store(m_file, true);
    const Result<QString> value = read(store, "token");
    QCOMPARE(value.error().code, QStringLiteral("key_missing"));
    QVERIFY(value.error().message.contains(
        QLatin1String("restreamd keys set nyt-top token --keys-file ") % m_file));
}

void TestFileKeyStore::mode_isChecked_data()
{
    QTest::addColumn<uint>("mode");
    QTest::addColumn<bool>("good");
    for (const auto &[mode, good] :
         std::initializer_list<std::pair<uint, bool>> { { 0600, true },
                                                        { 0400, true },
                                                        { 0640, false },
                                                        { 0604, false },
                                                        { 0644, false },
                                                        { 0666, false },
                                                        { 0700, false },
                                                        { 0620, false } })
        QTest::addRow("%04o", mode) << mode << good;
}

void TestFileKeyStore::mode_isChecked()
{
    QFETCH(uint, mode);
    QFETCH(bool, good);
    chmodTo(mode);
    FileKeyStore store(m_file, true);
    const Result<QString> value = read(store);
    QCOMPARE(value.ok(), good);
    if (!good) {
        QCOMPARE(value.error().code, QStringLiteral("keys_file"));
        QVERIFY(value.error().message.contains(QLatin1String("chmod 600 ") % m_file));
        QVERIFY(value.error().message.contains(QString::fromLatin1(QTest::currentDataTag())));
        QVERIFY(!write(store, "x", QStringLiteral("y")));
    }
}

void TestFileKeyStore::looseMode_passesWhereNotAskedFor()
{
    chmodTo(0440);
    FileKeyStore store(m_file, false);
    QVERIFY(read(store));
}

void TestFileKeyStore::unreadableFiles_areErrors()
{
    for (const QString &file : { m_folder->filePath(QStringLiteral("gone.json")), m_folder->path(),
                                 QStringLiteral("/dev/null") }) {
        FileKeyStore store(file, true);
        const Result<QString> value = read(store);
        QVERIFY(!value);
        QCOMPARE(value.error().code, QStringLiteral("keys_file"));
        QVERIFY(value.error().message.startsWith(file));
    }
    put(QByteArray(2 * 1024 * 1024, ' '));
    FileKeyStore store(m_file, true);
    QCOMPARE(read(store).error().code, QStringLiteral("keys_file"));
}

void TestFileKeyStore::malformedFile_isAnErrorWithoutValues()
{
    put(R"({"nyt-top":{"api-key":"s3cret")");
    FileKeyStore store(m_file, true);
    const Result<QString> value = read(store);
    QCOMPARE(value.error().code, QStringLiteral("keys_file"));
    QVERIFY(value.error().message.startsWith(m_file % QStringLiteral(": line 1")));
    QVERIFY(!value.error().message.contains(QLatin1String("s3cret")));
}

void TestFileKeyStore::written_isSavedPrivatelyAndReadBack()
{
    chmodTo(0400);
    FileKeyStore store(m_file, true);
    int told = 0;
    store.onChanged = [&] { ++told; };
    const QString value = QStringLiteral("neu \"€\"\n");
    QVERIFY(write(store, "token", value));
    QCOMPARE(*read(store, "token"), value);
    QCOMPARE(*read(store), QStringLiteral("abcd"));
    struct stat status = {};
    QCOMPARE(::stat(QFile::encodeName(m_file).constData(), &status), 0);
    QCOMPARE(status.st_mode & 07777, mode_t(0600));
    QCOMPARE(told, 1);
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files),
             QStringList { QStringLiteral("keys.json") });
    FileKeyStore again(m_file, true);
    QCOMPARE(*read(again, "token"), value);
}

void TestFileKeyStore::writtenToAFileThatIsNotThere_makesIt()
{
    QVERIFY(QFile::remove(m_file));
    const mode_t before = ::umask(0);
    FileKeyStore store(m_file, true);
    const Result<void> written = write(store, "token", QStringLiteral("x"));
    ::umask(before);
    QVERIFY(written);
    QCOMPARE(*read(store, "token"), QStringLiteral("x"));
}

void TestFileKeyStore::writtenToABadFile_leavesItAlone()
{
    put("not JSON, but somebody's keys");
    FileKeyStore store(m_file, true);
    QCOMPARE(write(store, "token", QStringLiteral("x")).error().code, QStringLiteral("keys_file"));
    QCOMPARE(remove(store, "token").error().code, QStringLiteral("keys_file"));
    QCOMPARE(content(), QByteArray("not JSON, but somebody's keys"));
}

void TestFileKeyStore::failedSave_isNotReportedAsSaved()
{
    FileKeyStore store(QStringLiteral("/proc/keys.json"), true);
    bool told = false;
    store.onChanged = [&] { told = true; };
    const Result<void> written = write(store, "token", QStringLiteral("s3cret"));
    QCOMPARE(written.error().code, QStringLiteral("keys_file"));
    QVERIFY(!written.error().message.contains(QLatin1String("s3cret")));
    QVERIFY(!told);
}

void TestFileKeyStore::removed_isGoneAndTheRestStays()
{
    FileKeyStore store(m_file, true);
    QVERIFY(remove(store, "api-key"));
    QCOMPARE(read(store).error().code, QStringLiteral("key_missing"));
    QCOMPARE(remove(store, "api-key").error().code, QStringLiteral("key_missing"));
    QVERIFY(content().contains("other"));
    QVERIFY(!content().contains("nyt-top"));
}

void TestFileKeyStore::edited_isReadAtOnceAndTold()
{
    FileKeyStore store(m_file, true);
    int told = 0;
    store.onChanged = [&] { ++told; };
    put(R"({"nyt-top":{"api-key":"efgh"}})");
    QCOMPARE(*read(store), QStringLiteral("efgh"));
    QTRY_COMPARE(told, 1);
}

void TestFileKeyStore::replaced_isToldEachTime()
{
    FileKeyStore store(m_file, true);
    int told = 0;
    store.onChanged = [&] { ++told; };
    for (int i = 1; i <= 3; ++i) {
        QSaveFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({"nyt-top":{"api-key":"new"}})");
        QVERIFY(file.commit());
        QTRY_COMPARE(told, i);
    }
    QCOMPARE(*read(store), QStringLiteral("new"));
}

void TestFileKeyStore::otherFilesInTheFolder_areNotTold()
{
    FileKeyStore store(m_file, true);
    int told = 0;
    store.onChanged = [&] { ++told; };
    QFile other(m_folder->filePath(QStringLiteral("other")));
    QVERIFY(other.open(QIODevice::WriteOnly));
    other.close();
    QTest::qWait(250); // longer than the moment of quiet that it waits for
    QCOMPARE(told, 0);
}

void TestFileKeyStore::fileThatComesLater_isTold()
{
    QVERIFY(QFile::remove(m_file));
    FileKeyStore store(m_file, true);
    int told = 0;
    store.onChanged = [&] { ++told; };
    put(R"({"nyt-top":{"api-key":"late"}})");
    QTRY_COMPARE(told, 1);
    QCOMPARE(*read(store), QStringLiteral("late"));
}

void TestFileKeyStore::modeThatIsPutRight_isTold()
{
    chmodTo(0644);
    FileKeyStore store(m_file, true);
    int told = 0;
    store.onChanged = [&] { ++told; };
    QVERIFY(!read(store));
    chmodTo(0600);
    QTRY_COMPARE(told, 1);
    QVERIFY(read(store));
}

QTEST_GUILESS_MAIN(TestFileKeyStore)
#include "tst_filekeystore.moc"
