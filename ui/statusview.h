#pragma once

#include "ui/statustext.h"

#include <QAbstractButton>

namespace restream {

/// The one thing that matters, in the status bar, after the shape of its state. A click leads to the channel that it is about.
class StatusView final : public QAbstractButton
{
    Q_OBJECT

public:
    explicit StatusView(QWidget *parent = nullptr);

    void setMessage(const StatusMessage &message);
    [[nodiscard]] const StatusMessage &message() const { return m_message; }

    [[nodiscard]] QSize sizeHint() const override;

signals:
    void channelWanted(const QString &channel);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    StatusMessage m_message;
};

}
