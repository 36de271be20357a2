#pragma once

#include "core/config/channeldefinition.h"
#include "core/config/keystore.h"
#include "core/poll/fetcher.h"
#include "core/poll/httpclient.h"

#include <QString>

#include <optional>

namespace restream {

/// What an HTTP answer means for a poll. `host` is for messages, `wallMs` what a date in Retry-After is measured from. Keys don't appear in the error, even
/// where the server repeats them. Pure.
FetchResult readAnswer(HttpAnswer answer, const ChannelDefinition &channel, const Keys &keys,
                       const QString &host, qint64 wallMs);

/// The value of a Retry-After header (RFC 9110 §10.2.3: seconds or a date) in ms from `wallMs` on. Nothing where it is neither, or in the past.
std::optional<qint64> parseRetryAfter(const QByteArray &header, qint64 wallMs);

/// `text` without the keys' values, as they are, percent-encoded, escaped as in JSON, or as in Basic authentication.
QString redacted(QString text, const Keys &keys);

}
