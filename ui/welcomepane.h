#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace restream {

/// What the window shows while no channel is chosen: what the program is for, and the two ways to begin.
class WelcomePane final : public QWidget
{
    Q_OBJECT

public:
    explicit WelcomePane(QWidget *parent = nullptr);

    /// Whether there is a channel to show without a network.
    void setDemoAvailable(bool available);
    /// Whether there is something that adds a channel.
    void setAddAvailable(bool available);

signals:
    void demoRequested();
    void addRequested();

private:
    QPushButton *m_demo;
    QPushButton *m_add;
    QLabel *m_hint;
};

}
