#pragma once

#include <QHash>
#include <QObject>

namespace restream {

/// Says something on the desktop, through org.freedesktop.Notifications. Where there is no such service, nothing happens.
class Notifier final : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    ~Notifier() override;

    /// What was said before under the same `topic` is replaced. A click on it leads to activated(topic). Never blocks.
    void say(const QString &topic, const QString &title, const QString &text, bool warning);

signals:
    void activated(const QString &topic);

private slots:
    void actionInvoked(uint id, const QString &action);

private:
    void listen();

    QHash<QString, uint> m_ids; ///< by topic
    bool m_listens = false;
};

}
