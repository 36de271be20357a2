#pragma once

#include <QByteArrayView>

namespace restream {

/// Stands for a body, so that the same one is known again without keeping it: 128 bits of XXH3 under a secret of this process.
class BodyHash final
{
public:
    explicit BodyHash(QByteArrayView body);

    bool operator==(const BodyHash &) const = default;

private:
    quint64 m_low;
    quint64 m_high;
};

}
