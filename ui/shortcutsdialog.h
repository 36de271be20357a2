#pragma once

#include <QDialog>
#include <QList>
#include <QString>

#include <utility>

class QMenuBar;

namespace restream {

/// Every key of the window, by what it does.
class ShortcutsDialog final : public QDialog
{
    Q_OBJECT

public:
    using Keys = QList<std::pair<QString, QString>>; ///< keys → what they do; empty keys: a heading

    ShortcutsDialog(const Keys &keys, QWidget *parent);

    /// Those of all menus, each menu under its name.
    static Keys keysOf(const QMenuBar &menus);
};

}
