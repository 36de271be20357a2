#pragma once

#include "app/console.h"

#include <QBuffer>
#include <QStringList>

namespace restream {

/// A console whose lines a test reads.
class ConsoleCapture final
{
public:
    ConsoleCapture()
    {
        m_out.open(QIODevice::WriteOnly);
        m_err.open(QIODevice::WriteOnly);
    }

    Console &console() { return m_console; }
    [[nodiscard]] QStringList out() const { return lines(m_out); }
    [[nodiscard]] QStringList err() const { return lines(m_err); }
    [[nodiscard]] bool mentions(const QByteArray &text) const
    {
        return m_out.data().contains(text) || m_err.data().contains(text);
    }

private:
    static QStringList lines(const QBuffer &buffer)
    {
        QStringList all = QString::fromUtf8(buffer.data()).split(u'\n');
        all.removeLast(); // what follows the last line's end
        return all;
    }

    QBuffer m_out;
    QBuffer m_err;
    Console m_console { m_out, m_err, QStringLiteral("restreamd") };
};

}
