#include "app/windowcall.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QLocalSocket>
#include <QThread>

namespace restream {
namespace {

constexpr int patienceMs = 3000;
constexpr int pauseMs = 50;
const QByteArray question = "show\n";
const QByteArray reply = "shown\n";

QString socketIn(const QString &dataFolder)
{
    return QDir(dataFolder).filePath(QStringLiteral("window.sock"));
}

}

WindowCall::WindowCall(std::function<void()> onCall) : m_onCall(std::move(onCall))
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    QObject::connect(&m_server, &QLocalServer::newConnection, &m_server, [this] { answer(); });
}

Result<void> WindowCall::listen(const QString &dataFolder)
{
    const QString path = socketIn(dataFolder);
    QLocalServer::removeServer(path);
    if (m_server.listen(path))
        return {};
    return Error { QStringLiteral("not_listening"),
                   QStringLiteral("a second start will not bring this window forward: the socket "
                                  "%1 can't be made (%2)")
                       .arg(path, m_server.errorString()) };
}

void WindowCall::answer()
{
    while (QLocalSocket *caller = m_server.nextPendingConnection()) {
        QObject::connect(caller, &QLocalSocket::disconnected, caller, &QObject::deleteLater);
        QObject::connect(caller, &QLocalSocket::readyRead, caller, [this, caller] {
            if (!caller->canReadLine()) {
                if (caller->bytesAvailable() > question.size())
                    caller->abort();
                return;
            }
            if (caller->readLine() == question) {
                m_onCall();
                caller->write(reply);
            }
            caller->disconnectFromServer();
        });
    }
}

bool WindowCall::call(const QString &dataFolder)
{
    const QDeadlineTimer deadline(patienceMs);
    // The other one may just be starting: it has the lock, and not yet the socket.
    const QDeadlineTimer beginning(patienceMs / 3);
    QLocalSocket socket;
    do {
        socket.connectToServer(socketIn(dataFolder));
        if (socket.waitForConnected(pauseMs))
            break;
        QThread::msleep(pauseMs);
    } while (!beginning.hasExpired());
    if (socket.state() != QLocalSocket::ConnectedState)
        return false;
    socket.write(question);
    while (!socket.canReadLine() && !deadline.hasExpired()) {
        if (!socket.waitForReadyRead(int(deadline.remainingTime())))
            break;
    }
    return socket.readLine() == reply;
}

}
