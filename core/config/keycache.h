#pragma once

#include "core/clock.h"
#include "core/config/keystore.h"

#include <QHash>

#include <functional>

namespace restream {

/// Keeps what was read from the key store for a minute, so that a fast poll does not ask the keychain each time. Engine thread.
class KeyCache final
{
public:
    using Done = std::function<void(Result<Keys>)>;
    using Source = std::function<void(const QString &channel, const QStringList &names, Done done)>;

    KeyCache(Clock &clock, Source source) : m_clock(clock), m_source(std::move(source)) { }

    /// `fresh`: asks the source whatever is kept. Errors are not kept. `done` comes at once or later.
    void read(const QString &channel, const QStringList &names, bool fresh, Done done);
    void clear();

private:
    struct Kept
    {
        Keys keys;
        qint64 untilMs = 0; ///< monotonic
    };

    Clock &m_clock;
    Source m_source;
    QHash<QStringList, Kept> m_kept; ///< by channel and names
    int m_clearings = 0;
};

}
