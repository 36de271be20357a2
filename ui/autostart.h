#pragma once

#include "core/result.h"

#include <QStringList>

namespace restream {

/// Whether the desktop starts the program at login: a file in the XDG autostart folder.
class Autostart final
{
public:
    /// `configHome`: $XDG_CONFIG_HOME. `command`: the program and its arguments.
    Autostart(const QString &configHome, QStringList command);

    [[nodiscard]] bool isOn() const;
    /// Writes or deletes the file. Error `not_saved`.
    Result<void> setOn(bool on);

private:
    [[nodiscard]] QByteArray text() const;

    QString m_file;
    QStringList m_command;
};

/// `arguments` as the Exec key of a desktop entry says them (Desktop Entry Specification, "The Exec key").
QString execLine(const QStringList &arguments);

}
