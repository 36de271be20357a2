#pragma once

#include <QObject>

#include <chrono>
#include <functional>

namespace restream {

/// How the desktop's keyring stands, as the Secret Service (org.freedesktop.secrets) tells over D-Bus.
enum class KeyringState {
    Unavailable, ///< no D-Bus, or nobody there
    NoAnswer, ///< somebody is there and did not answer in time
    NoKeyring, ///< nothing was ever stored
    Locked,
    Unlocked
};

/// Asks for the default keyring's state. Calls `done` later, once, unless `context` is gone; on its thread.
void askKeyringState(QObject *context, std::chrono::milliseconds patience,
                     std::function<void(KeyringState)> done);

}
