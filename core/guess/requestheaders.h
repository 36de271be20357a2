#pragma once

#include <QString>

namespace restream {

/// What becomes of a header that was pasted.
struct HeaderUse
{
    enum class Kind { Keep, Drop, Key };

    Kind kind = Kind::Keep;
    QString why; ///< Drop: what people are told; empty: nothing is lost
};

/// `hasBody`: the request sends one. Pure; not for Authorization.
HeaderUse useOfHeader(const QString &name, const QString &value, bool hasBody);

}
