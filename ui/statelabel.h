#pragma once

#include "ui/channelstate.h"

#include <QWidget>

namespace restream {

/// A state's shape and its name, with what else there is to say of it.
class StateLabel final : public QWidget
{
    Q_OBJECT

public:
    explicit StateLabel(QWidget *parent = nullptr);

    void setState(ChannelState state, const QString &detail);

    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    ChannelState m_state = ChannelState::Idle;
    QString m_detail;
};

}
