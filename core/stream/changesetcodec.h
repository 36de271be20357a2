#pragma once

#include "core/stream/changeset.h"

namespace restream {

/// A changeset as the store keeps it, compressed; without seq and time, which have columns of their own.
QByteArray encodeChangeset(const Changeset &changes);
/// The reverse; nothing where `blob` is no whole encoded changeset.
std::optional<Changeset> decodeChangeset(qint64 seq, qint64 timeMs, const QByteArray &blob);

}
