#pragma once

#include <QFrame>

#include <functional>
#include <utility>

class QHBoxLayout;
class QLabel;

namespace restream {

/// A message across the window with what can be done about it; hidden until there is one. It takes no focus away and waits for nobody.
class MessageBar final : public QFrame
{
    Q_OBJECT

public:
    using Action = std::pair<QString, std::function<void()>>; ///< text of a button, what it does

    explicit MessageBar(QWidget *parent = nullptr);

    /// Replaces what is shown. Any button closes the bar, then does what it says.
    void showMessage(const QString &text, const QList<Action> &actions);
    void dismiss();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void addButton(const QString &text, const std::function<void()> &action);

    QLabel *m_text;
    QHBoxLayout *m_buttons;
};

}
