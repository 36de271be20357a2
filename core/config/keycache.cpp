#include "core/config/keycache.h"

namespace restream {
namespace {

constexpr qint64 keptForMs = 60'000;

}

void KeyCache::read(const QString &channel, const QStringList &names, bool fresh, Done done)
{
    const QStringList wanted = QStringList(channel) + names;
    const auto kept = m_kept.constFind(wanted);
    if (!fresh && kept != m_kept.constEnd() && kept->untilMs > m_clock.monotonicMs()) {
        done(kept->keys);
        return;
    }
    m_source(
        channel, names,
        [this, wanted, clearings = m_clearings, done = std::move(done)](const Result<Keys> &keys) {
            if (!keys)
                m_kept.remove(wanted);
            else if (clearings == m_clearings)
                m_kept.insert(wanted, { *keys, m_clock.monotonicMs() + keptForMs });
            done(keys);
        });
}

void KeyCache::clear()
{
    // What is being read now may be the old value.
    ++m_clearings;
    m_kept.clear();
}

}
