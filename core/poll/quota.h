#pragma once

#include "core/config/channeldefinition.h"
#include "core/config/params.h"

#include <QtGlobal>

#include <vector>

namespace restream {

/// The earliest time, `now` or later, at which one more call keeps every rule: in no window of `perSeconds` more than `calls`.
/// `calls`: times of earlier calls in ms, ascending, in the same clock. Windows are half-open: a call at t counts until t + perSeconds, exclusive.
/// A call dated later than `now` (the clock was set back) counts as the latest one made. Pure.
qint64 quotaAllowsAt(const std::vector<qint64> &calls, const QList<QuotaRule> &rules, qint64 now);

/// The host that a channel's calls go to with these params; what quotaBucket() takes.
QString requestHost(const ChannelDefinition &definition, const Params &params);

/// The same with the port where the URL names one, "api.example.com:8080": what tells servers apart.
QString requestServer(const ChannelDefinition &definition, const Params &params);

/// Who shares a quota: channels with the same key value, or without a key the same host. A salted hash (hex), so that no key is written.
QByteArray quotaBucket(const QByteArray &salt, const QMap<QString, QString> &keys,
                       const QString &host);

}
