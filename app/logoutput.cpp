#include "app/logoutput.h"

#include <QDateTime>
#include <QString>
#include <QtGlobal>

#include <atomic>
#include <cstdio>

namespace restream {
namespace {

/// Where lines are kept besides; Qt's handler is a plain function, so that this can't be but global.
std::atomic<LogBook *> book = nullptr;

LogLine::Level levelOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return LogLine::Level::Debug;
    case QtInfoMsg:
        return LogLine::Level::Info;
    case QtWarningMsg:
        return LogLine::Level::Warning;
    case QtCriticalMsg:
    case QtFatalMsg:
        break;
    }
    return LogLine::Level::Error;
}

// Qt's own handler turns to the journal where standard error is no terminal.
void writeToStandardError(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const QByteArray line = qFormatLogMessage(type, context, message).toUtf8() + '\n';
    std::fwrite(line.constData(), 1, size_t(line.size()), stderr);
    std::fflush(stderr);
    if (LogBook *const into = book.load()) {
        into->add({ QDateTime::currentMSecsSinceEpoch(), levelOf(type),
                    QString::fromUtf8(context.category), message });
    }
}

}

void installLogOutput(LogBook *keep)
{
    book = keep;
    qSetMessagePattern(
        QStringLiteral("%{time yyyy-MM-dd hh:mm:ss.zzz} %{category} %{type}: %{message}"));
    qInstallMessageHandler(writeToStandardError);
}

}
