#pragma once

#include "core/config/keystore.h"
#include "core/engineanswers.h"
#include "core/engineinfo.h"

#include <functional>

namespace restream {

/// Every key that a channel of `snapshot` names, and how it is with it: what `keys` says, and whether an API refused it. By owner and name. `done` comes once, on
/// the main thread, possibly before the call returns; `keys` outlives that.
void readKeyOverview(const EngineSnapshot &snapshot, KeyStore &keys,
                     std::function<void(QList<KeyInfo>)> done);

}
