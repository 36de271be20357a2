#pragma once

#include "core/enginefacade.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QToolButton;

namespace restream {

/// Where programs connect, how many do, and the switch.
class ServerBar final : public QWidget
{
    Q_OBJECT

public:
    explicit ServerBar(QWidget *parent = nullptr);

    void setSnapshot(const EngineSnapshot &snapshot);
    /// Puts the address on the clipboard.
    void copyAddress();

signals:
    void startRequested();
    void stopRequested();

private:
    QLabel *m_caption;
    QLabel *m_address;
    QToolButton *m_copy;
    QLabel *m_clients;
    QPushButton *m_switch;
    QString m_url;
};

}
