#include "ui/autostart.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

namespace restream {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(restream::Autostart)
};

Error notSaved(const QString &file, const QString &why)
{
    return { QStringLiteral("not_saved"),
             Text::tr("%1 can't be changed: %2; make it writable and try again").arg(file, why) };
}

/// One argument, quoted where it must be; then as a value of a desktop entry, in which a backslash is written twice.
QString quoted(const QString &argument)
{
    static const QString reserved = QStringLiteral(" \t\n\"'\\><~|&;$*?#()`");
    const bool plain = !argument.isEmpty()
        && std::none_of(argument.begin(), argument.end(),
                        [](QChar c) { return reserved.contains(c); });
    QString text;
    for (const QChar c : argument) {
        if (u"\"`$\\"_qs.contains(c))
            text += u'\\';
        text += c;
        if (c == u'%')
            text += c;
    }
    if (!plain)
        text = u'"' % text % u'"';
    return text.replace(u'\\', QLatin1String("\\\\")).replace(u'\n', QLatin1String("\\n"));
}

}

QString execLine(const QStringList &arguments)
{
    QStringList words;
    for (const QString &argument : arguments)
        words.append(quoted(argument));
    return words.join(u' ');
}

Autostart::Autostart(const QString &configHome, QStringList command)
    : m_file(QDir(configHome).filePath(QStringLiteral("autostart/restream.desktop"))),
      m_command(std::move(command))
{
}

bool Autostart::isOn() const
{
    QFile file(m_file);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    // A desktop's own settings turn an entry off without deleting it.
    const QByteArrayList lines = file.readAll().split('\n');
    return !lines.contains("Hidden=true") && !lines.contains("X-GNOME-Autostart-enabled=false");
}

QByteArray Autostart::text() const
{
    return "[Desktop Entry]\nType=Application\nName=Restream\nIcon=restream\nTerminal=false\nExec="
        + execLine(m_command).toUtf8() + "\n";
}

Result<void> Autostart::setOn(bool on)
{
    if (!on) {
        QFile file(m_file);
        if (file.exists() && !file.remove())
            return notSaved(m_file, file.errorString());
        return {};
    }
    if (!QDir().mkpath(QFileInfo(m_file).path()))
        return notSaved(m_file, Text::tr("its folder can't be made"));
    QSaveFile file(m_file);
    if (!file.open(QIODevice::WriteOnly) || file.write(text()) < 0 || !file.commit())
        return notSaved(m_file, file.errorString());
    return {};
}

}
