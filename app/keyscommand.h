#pragma once

#include "app/console.h"
#include "app/exitcode.h"
#include "core/config/configstore.h"
#include "core/config/keystore.h"

#include <functional>

namespace restream {

/// restreamd keys …: over any key store. Runs the event loop until each answer is there.
class KeysCommand final
{
public:
    /// All three outlive it.
    KeysCommand(const ChannelSet &channels, KeyStore &store, Console &console);

    /// A line for each key that `channel` (empty: any channel) needs: "nyt-newswire/api-key  set", or "missing", or why that isn't known.
    ExitCode list(const QString &channel);
    /// `read` gives the value once channel and key are known to be right.
    ExitCode set(const QString &channel, const QString &key,
                 const std::function<Result<QString>()> &read);
    ExitCode remove(const QString &channel, const QString &key);
    /// Stores all keys of a keys file's content; names what was stored.
    ExitCode import(const QByteArray &json);

private:
    /// Whose entry holds the keys of `channel`.
    [[nodiscard]] QString ownerOf(const QString &channel) const;
    Result<void> write(const QString &channel, const QString &key, const QString &value);
    ExitCode fail(const Error &error);

    const ChannelSet &m_channels;
    KeyStore &m_store;
    Console &m_console;
};

}
