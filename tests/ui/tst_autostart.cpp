#include "ui/autostart.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace restream;

class TestAutostart : public QObject
{
    Q_OBJECT

private slots:
    void on_writesAnEntryAndOffDeletesIt();
    void entry_isValid();
    void entryThatTheDesktopTurnedOff_isOff();
    void folderThatCannotBeMade_isSaid();
    void argumentsOfEveryKind_areQuotedAsTheSpecificationSays();

private:
    static QByteArray read(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
};

void TestAutostart::on_writesAnEntryAndOffDeletesIt()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"autostart/restream.desktop"_qs);
    Autostart autostart(folder.path(), { u"/opt/my apps/restream"_qs, u"--tray"_qs });
    QVERIFY(!autostart.isOn());
    QVERIFY(autostart.setOn(true));
    QVERIFY(autostart.isOn());
    QVERIFY(read(path).contains("\nExec=\"/opt/my apps/restream\" --tray\n"));
    QVERIFY(autostart.setOn(true));
    QVERIFY(autostart.setOn(false));
    QVERIFY(!autostart.isOn());
    QVERIFY(!QFileInfo::exists(path));
    QVERIFY(autostart.setOn(false));
}

void TestAutostart::entry_isValid()
{
    if (QStandardPaths::findExecutable(u"desktop-file-validate"_qs).isEmpty())
        QSKIP("desktop-file-validate is not installed");
    const QTemporaryDir folder;
    Autostart autostart(folder.path(), { u"/opt/a \"b\" $c`d\\e/%f"_qs, u"--data"_qs, u"x y"_qs });
    QVERIFY(autostart.setOn(true));
    QProcess validate;
    validate.setProcessChannelMode(QProcess::MergedChannels);
    validate.start(u"desktop-file-validate"_qs,
                   { folder.filePath(u"autostart/restream.desktop"_qs) });
    QVERIFY(validate.waitForFinished());
    QCOMPARE(validate.readAll(), QByteArray());
    QCOMPARE(validate.exitCode(), 0);
}

void TestAutostart::entryThatTheDesktopTurnedOff_isOff()
{
    const QTemporaryDir folder;
    const Autostart autostart(folder.path(), { u"/usr/bin/restream"_qs });
    QVERIFY(QDir(folder.path()).mkdir(u"autostart"_qs));
    for (const QByteArray line : { "Hidden=true", "X-GNOME-Autostart-enabled=false" }) {
        QFile file(folder.filePath(u"autostart/restream.desktop"_qs));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("[Desktop Entry]\nType=Application\n" + line + "\n");
        file.close();
        QVERIFY(!autostart.isOn());
    }
}

void TestAutostart::folderThatCannotBeMade_isSaid()
{
    const QTemporaryDir folder;
    QFile inTheWay(folder.filePath(u"autostart"_qs));
    QVERIFY(inTheWay.open(QIODevice::WriteOnly));
    Autostart autostart(folder.path(), { u"/usr/bin/restream"_qs });
    const Result<void> outcome = autostart.setOn(true);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, u"not_saved"_qs);
    QVERIFY(outcome.error().message.contains(folder.path()));
}

void TestAutostart::argumentsOfEveryKind_areQuotedAsTheSpecificationSays()
{
    QCOMPARE(execLine({ u"/usr/bin/restream"_qs, u"--port"_qs, u"0"_qs }),
             u"/usr/bin/restream --port 0"_qs);
    QCOMPARE(execLine({ u"a b"_qs, QString() }), u"\"a b\" \"\""_qs);
    QCOMPARE(execLine({ u"50%"_qs }), u"50%%"_qs); // %f and the like are filled in
    QCOMPARE(execLine({ u"a\"b"_qs }), u"\"a\\\\\"b\""_qs);
    QCOMPARE(execLine({ u"a$b"_qs }), u"\"a\\\\$b\""_qs);
    QCOMPARE(execLine({ u"a\\b"_qs }), u"\"a\\\\\\\\b\""_qs);
}

QTEST_GUILESS_MAIN(TestAutostart)
#include "tst_autostart.moc"
