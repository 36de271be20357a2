#pragma once

#include "core/config/keystore.h"
#include "core/config/params.h"
#include "core/stream/storedstream.h"

namespace restream {

/// What StateStore::recordCall() is to be asked before `definition` is called with these params (defaults filled in) and keys: the channel's quota and the bucket that
/// shares it. `salt`: StateStore::salt(); `nowMs`: wall clock. Pure.
CallRequest callRequest(const QByteArray &salt, const ChannelDefinition &definition,
                        const Params &params, const Keys &keys, qint64 nowMs);

}
