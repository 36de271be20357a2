#include "app/console.h"

#include <QFileDevice>

namespace restream {
namespace {

void writeLine(QIODevice &device, QByteArrayView line)
{
    device.write(line.data(), line.size());
    device.write("\n", 1);
    if (auto *file = qobject_cast<QFileDevice *>(&device))
        file->flush();
}

}

Console::Console(QIODevice &out, QIODevice &err, QString program)
    : m_out(out),
      m_err(err),
      m_program(std::move(program))
{
}

void Console::out(const QByteArray &line)
{
    writeLine(m_out, line);
}

void Console::out(const QString &line)
{
    writeLine(m_out, line.toUtf8());
}

void Console::note(const QString &line)
{
    writeLine(m_err, line.toUtf8());
}

void Console::error(const QString &message)
{
    note(m_program % QLatin1String(": ") % message);
}

}
