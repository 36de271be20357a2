#pragma once

#include "core/config/channeldefinition.h"
#include "core/config/params.h"
#include "core/result.h"
#include "core/stream/changeset.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace restream {

class Stream;

/// How updated items travel in a `changes` message.
enum class UpdateForm : quint8 { Item, Patch, Merge };
enum class SnapshotReason : quint8 { Subscribed, Resync, Lagged };

// Messages of docs/protocol.md as JSON. All pure; the items in them are the upstream's own tokens.

QByteArray jsonTime(qint64 ms); ///< wall clock → ISO 8601 UTC with its quotes, 0 → null
QByteArray jsonParams(const Params &params);
QByteArray jsonError(const std::optional<Error> &error); ///< null where there is none

/// §4, `snapshot`.
QByteArray snapshotJson(const Stream &stream, SnapshotReason reason);
/// §4, `changes`; an update that `form` can't express travels as its item.
QByteArray changesJson(const Stream &stream, const Changeset &changes, UpdateForm form);
/// §4, `status`.
QByteArray statusJson(const Stream &stream);
/// §2, the body of `/v1/channels/{name}/items`.
QByteArray itemsJson(const Stream &stream, bool stale);

// §3: the item messages of one occasion as WebSocket text frames, one behind the other.

QByteArray itemSnapshotFrames(const Stream &stream);
QByteArray itemChangeFrames(const Stream &stream, const Changeset &changes);
QByteArray itemRemovalFrames(const Stream &stream, qint64 seq, const std::vector<QByteArray> &ids);

}
