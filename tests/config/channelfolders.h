#pragma once

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace restream {

/// A definition that is right, with `members` on line 3.
inline QByteArray definition(const QString &name,
                             const QByteArray &members = "\"poll_interval\": 60")
{
    return "{ \"name\": \"" + name.toUtf8()
        + "\",\n \"request\": { \"url\": \"https://api.example.com/a\" },\n " + members + "\n}\n";
}

inline void write(const QString &path, const QByteArray &text)
{
    QVERIFY(QDir().mkpath(path.section(u'/', 0, -2)));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
}

/// A catalog with the channels one and two, and room for a user's.
struct Folders
{
    QTemporaryDir root;
    QString catalog = root.filePath(QStringLiteral("catalog"));
    QString user = root.filePath(QStringLiteral("config/restream/channels"));

    Folders()
    {
        for (const QString &name : { QStringLiteral("one"), QStringLiteral("two") })
            write(catalog + u'/' + name + QStringLiteral(".json"), definition(name));
    }
    [[nodiscard]] QString own(const char *file) const
    {
        return user + u'/' + QString::fromLatin1(file);
    }
    void makeUser() const { QVERIFY(QDir().mkpath(user)); }
};

inline const QStringList oneTwo { QStringLiteral("one"), QStringLiteral("two") };

}
