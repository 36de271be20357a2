#include "app/logoutput.h"

#include <QString>
#include <QtGlobal>

#include <cstdio>

namespace restream {
namespace {

// Qt's own handler turns to the journal where standard error is no terminal.
void writeToStandardError(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const QByteArray line = qFormatLogMessage(type, context, message).toUtf8() + '\n';
    std::fwrite(line.constData(), 1, size_t(line.size()), stderr);
    std::fflush(stderr);
}

}

void installLogOutput()
{
    qSetMessagePattern(
        QStringLiteral("%{time yyyy-MM-dd hh:mm:ss.zzz} %{category} %{type}: %{message}"));
    qInstallMessageHandler(writeToStandardError);
}

}
