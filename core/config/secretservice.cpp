#include "core/config/secretservice.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>

namespace restream {
namespace {

const QString service = QStringLiteral("org.freedesktop.secrets");

void call(QObject *context, const QDBusMessage &message, std::chrono::milliseconds patience,
          std::function<void(const QDBusMessage &)> done)
{
    auto *watcher = new QDBusPendingCallWatcher(
        QDBusConnection::sessionBus().asyncCall(message, int(patience.count())), context);
    QObject::connect(watcher, &QDBusPendingCallWatcher::finished, context,
                     [done = std::move(done)](QDBusPendingCallWatcher *finished) {
                         finished->deleteLater();
                         done(finished->reply());
                     });
}

KeyringState stateOfError(const QDBusMessage &reply)
{
    const QDBusError::ErrorType type = QDBusError(reply).type();
    return type == QDBusError::NoReply || type == QDBusError::Timeout
            || type == QDBusError::TimedOut
        ? KeyringState::NoAnswer
        : KeyringState::Unavailable;
}

void askLocked(QObject *context, const QString &collection, std::chrono::milliseconds patience,
               std::function<void(KeyringState)> done)
{
    QDBusMessage get = QDBusMessage::createMethodCall(
        service, collection, QStringLiteral("org.freedesktop.DBus.Properties"),
        QStringLiteral("Get"));
    get << QStringLiteral("org.freedesktop.Secret.Collection") << QStringLiteral("Locked");
    call(context, get, patience, [done = std::move(done)](const QDBusMessage &reply) {
        if (reply.type() != QDBusMessage::ReplyMessage)
            return done(stateOfError(reply));
        const QVariant locked = reply.arguments().value(0).value<QDBusVariant>().variant();
        done(locked.toBool() ? KeyringState::Locked : KeyringState::Unlocked);
    });
}

}

void askKeyringState(QObject *context, std::chrono::milliseconds patience,
                     std::function<void(KeyringState)> done)
{
    if (!QDBusConnection::sessionBus().isConnected()) {
        QMetaObject::invokeMethod(
            context, [done = std::move(done)] { done(KeyringState::Unavailable); },
            Qt::QueuedConnection);
        return;
    }
    QDBusMessage alias = QDBusMessage::createMethodCall(
        service, QStringLiteral("/org/freedesktop/secrets"),
        QStringLiteral("org.freedesktop.Secret.Service"), QStringLiteral("ReadAlias"));
    alias << QStringLiteral("default");
    call(context, alias, patience,
         [context, patience, done = std::move(done)](const QDBusMessage &reply) {
             if (reply.type() != QDBusMessage::ReplyMessage)
                 return done(stateOfError(reply));
             const QString collection = reply.arguments().value(0).value<QDBusObjectPath>().path();
             if (collection.isEmpty() || collection == QLatin1String("/"))
                 return done(KeyringState::NoKeyring);
             askLocked(context, collection, patience, done);
         });
}

}
