#pragma once

#include "core/stream/hub.h"

#include <QByteArray>

#include <functional>

namespace restream {

/// `GET /`: channel name → metadata, as JSON.
QByteArray channelIndexJson(const Hub &hub);
/// `GET /v1/channels` and the answer to `list`: metadata with the streams that are in memory, as JSON.
/// `subscribers` gives how many clients a stream has.
QByteArray channelListJson(const Hub &hub,
                           const std::function<int(const QByteArray &)> &subscribers);

}
