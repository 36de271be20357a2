#pragma once

#include "core/config/channeldefinition.h"
#include "core/result.h"

#include <QByteArray>
#include <QMap>
#include <QString>

namespace restream {

/// Name → value of a stream's params, defaults filled in, absent optional ones left out. Names are ASCII, so that the map's order is that of
/// their UTF-8 bytes.
using Params = QMap<QString, QString>;

/// `unknown_channel`: there is none of the name that a subscriber gave.
Error unknownChannel(const QString &channel);

/// Checks what a subscriber gave against the channel and fills in the defaults.
/// Errors: `missing_param`, `unknown_param`, `bad_param`, `too_large` (over 1 KiB); each names the param and what is allowed.
Result<Params> resolveParams(const ChannelDefinition &channel, const Params &given);

/// The canonical name of a stream, `usgs-quakes?level=all&window=hour` (docs/protocol.md §1).
QByteArray streamName(const QString &channel, const Params &params);

}
