#pragma once

#include <QtGlobal>

namespace restream {

/// Polls of streams with the same interval are spread evenly over it, so that none waits for another. Pure.
///
/// Each stream has a phase; its polls move to that point of a grid whose step is the interval and `pollSlackMs`: the slack
/// takes up what a poll was late, so that polls neither drift together nor, once a stall has brought them in step, stay so.
inline constexpr qint64 pollSlackMs = 5;

/// The phase of the `ordinal`-th stream, [0, 1): however many there are, the phases of the first n are spread evenly.
double pollPhase(quint64 ordinal);

/// When to poll again after a call at `lastCallMs` (ms of any clock): never earlier than `intervalMs` later, and at most
/// a sixteenth of the interval or `pollSlackMs` later than that, which a stream only waits until it has come to its phase.
qint64 spreadPoll(qint64 lastCallMs, qint64 intervalMs, double phase);

}
