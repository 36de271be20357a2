#include "core/stream/bodyhash.h"

#include <QRandomGenerator>

#include <xxhash.h>

#include <array>

namespace restream {
namespace {

/// XXH3 is no cryptographic hash: without this, someone who writes a part of a body could make two that are taken for the same.
struct Secret
{
    std::array<quint64, 24> words; // 192 bytes, as many as XXH3's own

    Secret() { QRandomGenerator::system()->generate(words.begin(), words.end()); }
};

}

BodyHash::BodyHash(QByteArrayView body)
{
    static const Secret secret;
    const XXH128_hash_t hash = XXH3_128bits_withSecret(body.data(), size_t(body.size()),
                                                       secret.words.data(), sizeof secret.words);
    m_low = hash.low64;
    m_high = hash.high64;
}

}
