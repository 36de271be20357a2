#pragma once

#include <QString>

namespace restream {

/// Whether a query item, header or param of this name usually carries a key: "api_key", "X-Auth-Token".
bool namesAKey(const QString &name);
/// Whether a text that stands where a key could stand looks like one. A text with a {placeholder} does not.
bool looksLikeKey(const QString &text);
/// Whether a text that should be the *name* of a key looks like the key itself; harder to meet than looksLikeKey().
bool isKeyRatherThanName(const QString &text);
/// Whether a message may repeat this value of a definition.
bool mayBeShown(const QString &pointer, const QString &value);

}
