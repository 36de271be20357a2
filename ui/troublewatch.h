#pragma once

#include "core/engineinfo.h"
#include "ui/channelstate.h"

#include <QHash>

namespace restream {

/// A channel that began to fail, or is well again.
struct TroubleNotice
{
    QString channel;
    bool failing = false;
    QString why; ///< where failing

    bool operator==(const TroubleNotice &) const = default;
};

/// Finds, snapshot by snapshot, what a person who is elsewhere should be told: each beginning and each end once. Pure.
class TroubleWatch final
{
public:
    /// What is new in `snapshot`, by name of the channel. A channel that waits because it was told to is not in trouble; one whose streams all ended is forgotten.
    QList<TroubleNotice> update(const EngineSnapshot &snapshot);

private:
    QHash<QString, bool> m_failing;
};

}
