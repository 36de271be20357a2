#pragma once

#include "core/config/keystore.h"

#include <QByteArray>
#include <QMap>

#include <memory>

namespace restream {

/// The OS keychain through QtKeychain, service `restream`, one entry "CHANNEL/KEY" each. Main thread only. A job that has not ended after 10 s
/// is given up; a locked keyring is told apart from a missing key by asking the Secret Service over D-Bus first.
std::unique_ptr<KeyStore> makeKeychainStore();

/// A file in the original's format, {"nyt-top":{"api-key":"abcd"}}. Refused unless its mode is 0600 or 0400 (`requirePrivate`); read again when it
/// changes on disk, also when replaced. write() and remove() save it atomically, mode 0600.
std::unique_ptr<KeyStore> makeFileKeyStore(const QString &file, bool requirePrivate = true);

/// What runs where: `keysFile` where given; else $CREDENTIALS_DIRECTORY/restream-keys where that file exists (systemd keeps it private itself); else the
/// keychain.
std::unique_ptr<KeyStore> makeKeyStore(const QString &keysFile);

/// Channel → its keys, out of the original's keys file. Errors: `keys_file`, with the member at fault; never a value.
Result<QMap<QString, Keys>> parseKeysFile(const QByteArray &json);

}
