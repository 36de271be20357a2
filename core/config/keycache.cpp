#include "core/config/keycache.h"

namespace restream {
namespace {

constexpr qint64 keptForMs = 60'000;

}

void KeyCache::read(const QString &channel, const QStringList &names, bool fresh, Done done)
{
    const auto kept = m_kept.constFind(channel);
    const auto holdsAll = [&] {
        return std::all_of(names.begin(), names.end(),
                           [&](const QString &name) { return kept->keys.contains(name); });
    };
    if (!fresh && kept != m_kept.constEnd() && kept->untilMs > m_clock.monotonicMs()
        && holdsAll()) {
        done(kept->keys);
        return;
    }
    m_source(channel, names, [this, channel, done = std::move(done)](const Result<Keys> &keys) {
        if (keys)
            m_kept.insert(channel, { *keys, m_clock.monotonicMs() + keptForMs });
        else
            m_kept.remove(channel);
        done(keys);
    });
}

}
