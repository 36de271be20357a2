#pragma once

#include "core/clock.h"
#include "core/config/channeldefinition.h"
#include "core/config/definitionreader.h"

#include <QMap>
#include <QString>

#include <functional>
#include <memory>

namespace restream {

/// The channels that can be used now, and what could not be read.
struct ChannelSet
{
    /// By name; a user's replaces the catalog's of the same name.
    QMap<QString, ChannelDefinition> channels;
    /// A user's file with a problem turns that name off, the catalog's too.
    QList<DefinitionProblem> problems;
};

/// Reads every definition once: catalog, then user's folder, then what only the whole shows (`keys_from` names a channel). Pure but for the reading.
ChannelSet readChannels(const QString &catalogFolder, const QString &userFolder);

/// The channels' folders, read and watched. Lives on one thread, the engine's; the callback comes there.
class ConfigStore final
{
public:
    /// `catalogFolder`: ":/catalog" in the programs. `userFolder`: CONFIG/channels; may be missing, and may come later.
    ConfigStore(Clock &clock, QString catalogFolder, QString userFolder);
    ~ConfigStore();
    ConfigStore(const ConfigStore &) = delete;
    ConfigStore &operator=(const ConfigStore &) = delete;

    [[nodiscard]] const ChannelSet &current() const;
    /// Reads again now, as a change on disk does after a moment of quiet (200 ms). Calls onChanged where anything differs.
    void reload();

    std::function<void()> onChanged;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}
