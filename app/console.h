#pragma once

#include "core/result.h"

#include <QByteArrayView>
#include <QString>

class QIODevice;

namespace restream {

/// Where a command writes: results, one a line, and beside them what people are told. Both UTF-8, both flushed with each line.
class Console final
{
public:
    /// Both devices are open and outlive the console. `program` starts each error.
    Console(QIODevice &out, QIODevice &err, QString program);

    void out(const QByteArray &line);
    void out(const QString &line);
    /// A summary or a hint, on the error side.
    void note(const QString &line);
    /// "restreamd: MESSAGE" on the error side.
    void error(const QString &message);

private:
    QIODevice &m_out;
    QIODevice &m_err;
    QString m_program;
};

}
