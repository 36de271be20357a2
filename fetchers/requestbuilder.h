#pragma once

#include "core/config/channeldefinition.h"
#include "core/config/keystore.h"
#include "core/config/params.h"
#include "core/poll/httpclient.h"
#include "core/result.h"

namespace restream {

/// The request that a channel makes with these params and keys: placeholders filled in, keys attached as secrets. Pure.
///
/// A value is percent-encoded wherever it stands in path or query and can't change the URL's shape; in the host it may hold only letters, digits, dots
/// and hyphens. A query entry or header whose param is absent is left out. A host that the definition itself writes as localhost or as an address may be
/// private; one that a param takes part in may not, unless the channel says so.
/// Errors: `key_missing`, `key_refused` (a key that can't be sent), `missing_param`, `bad_param`, `bad_url`, `bad_header`.
Result<HttpRequest> buildRequest(const ChannelDefinition &channel, const Params &params,
                                 const Keys &keys);

}
