#include "ui/notifier.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace restream {
namespace {

const QString service = QStringLiteral("org.freedesktop.Notifications");
const QString path = QStringLiteral("/org/freedesktop/Notifications");

}

Notifier::~Notifier() = default;

void Notifier::listen()
{
    if (std::exchange(m_listens, true))
        return;
    QDBusConnection::sessionBus().connect(service, path, service, QStringLiteral("ActionInvoked"),
                                          this, SLOT(actionInvoked(uint, QString)));
}

void Notifier::say(const QString &topic, const QString &title, const QString &text, bool warning)
{
    if (!QDBusConnection::sessionBus().isConnected())
        return;
    listen();
    QDBusMessage call =
        QDBusMessage::createMethodCall(service, path, service, QStringLiteral("Notify"));
    const QVariantMap hints = { { QStringLiteral("urgency"), QVariant::fromValue<uchar>(1) },
                                { QStringLiteral("desktop-entry"), QStringLiteral("restream") },
                                { QStringLiteral("category"),
                                  warning ? QStringLiteral("network.error")
                                          : QStringLiteral("network") } };
    // Servers may read the body as markup.
    call.setArguments({ QStringLiteral("Restream"), m_ids.value(topic), QStringLiteral("restream"),
                        title, text.toHtmlEscaped(),
                        QStringList { QStringLiteral("default"), tr("Show") }, hints, -1 });
    auto *watcher =
        new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, topic, watcher] {
        const QDBusPendingReply<uint> reply = *watcher;
        watcher->deleteLater();
        if (reply.isValid())
            m_ids.insert(topic, reply.value());
    });
}

void Notifier::actionInvoked(uint id, const QString &)
{
    const QString topic = m_ids.key(id);
    if (m_ids.contains(topic)) // the service tells everyone of everything
        emit activated(topic);
}

}
