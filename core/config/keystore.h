#pragma once

#include "core/result.h"

#include <QMap>
#include <QString>
#include <QStringList>

#include <functional>

namespace restream {

/// Name → value of one channel's keys. Values never leave the process but in a request to the API.
using Keys = QMap<QString, QString>;

/// Where keys are kept. One entry for each channel and key name. Lives on the main thread, because a keychain may ask the
/// user; callbacks come on that thread, possibly before the call returns, exactly once each.
///
/// Error codes: `key_missing`, `keychain_locked`, `keychain_unavailable`, `keychain_timeout` (after 10 s), `keychain_failed`,
/// `keys_file` (unreadable, wrong mode, malformed).
class KeyStore
{
public:
    virtual ~KeyStore() = default;

    virtual void read(const QString &channel, const QString &name,
                      std::function<void(Result<QString>)> done) = 0;
    /// Success is reported only once the value can be read back.
    virtual void write(const QString &channel, const QString &name, const QString &value,
                       std::function<void(Result<void>)> done) = 0;
    virtual void remove(const QString &channel, const QString &name,
                        std::function<void(Result<void>)> done) = 0;
    /// What the user would call it: "the keychain", "the keys file /etc/restream/keys.json".
    [[nodiscard]] virtual QString description() const = 0;

    /// Reads all of `names`; the first error wins.
    void readAll(const QString &channel, const QStringList &names,
                 std::function<void(Result<Keys>)> done);

    /// Called on the main thread when keys may have changed (a file was edited, a value was written).
    std::function<void()> onChanged;
};

}
