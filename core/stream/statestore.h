#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/stream/storedstream.h"

#include <functional>
#include <memory>

namespace restream {

/// The durable state of all streams: SQLite (WAL, synchronous=NORMAL) on a thread of its own, in `DATA/restream.db`.
///
/// Made and used on one thread (the engine's), where callbacks come, each exactly once and in order of the calls; none after the destructor.
/// Commits that wait together are written in one transaction. What was reported as committed survives the death of the process.
/// A store that was last opened under another boot and not closed gives every stream a new epoch (docs/architecture.md).
class StateStore final
{
public:
    struct Options
    {
        QString folder; ///< created where missing
        QByteArray bootId; ///< empty: /proc/sys/kernel/random/boot_id
        /// Beside an instance that may be running (`restreamd fetch`): only recordCall() is used, the marks of opening and closing stay as they are.
        bool guest = false;
        /// For its wall clock, asked on the thread of the store's user; null: the machine's.
        const Clock *clock = nullptr;
    };

    /// Errors: `store_unwritable`, `store_newer` (written by a newer version). A corrupt file is none: it is set aside as restream.db.corrupt-TIME and a
    /// fresh one made; only a guest, beside whom it may be in use, gets `store_failed`.
    static Result<std::unique_ptr<StateStore>> open(const Options &options);
    /// Writes what waits, closes, notes the clean end.
    ~StateStore();
    StateStore(const StateStore &) = delete;
    StateStore &operator=(const StateStore &) = delete;

    // The error of all that follows is `store_failed`, unless said otherwise: nothing of that request was written, and the message says
    // what to do. Nothing is tried again.

    /// The stream as kept, or a fresh one with a new epoch (which is written down at once).
    void load(const QByteArray &name, std::function<void(Result<StoredStream>)> done);
    /// Error `store_lost`: the changeset's seq does not follow the kept one, or the database no longer holds the stream as it was loaded (the file was
    /// deleted meanwhile and made anew). It is so for every further commit, until reset() makes a new beginning.
    void commit(StreamCommit commit, std::function<void(Result<void>)> done);
    /// Forgets the items and history of a stream and gives it a new epoch: what it held can't be compared with what will come.
    void reset(const QByteArray &name, const QByteArray &identity,
               std::function<void(Result<QByteArray>)> done);
    /// Asks for leave to call: counts the calls in the bucket's windows and, where one more is allowed, writes it down together with the
    /// stream's last call. Gives 0 when allowed and written; else the wall-clock time in ms at which to ask again. Safe between processes.
    /// Counts against the rules of all channels that share the bucket, each as it said them last. A call dated over a minute after `nowMs`
    /// (the clock was set back) counts as made now, so that it blocks no longer than its window.
    void recordCall(const CallRequest &call, std::function<void(Result<qint64>)> done);
    /// The server said wait (wall clock, ms); kept over restarts.
    void setNotBefore(const QByteArray &name, qint64 whenMs);
    /// Drops streams that were neither polled nor loaded since `beforeMs` (wall clock).
    void dropUnused(qint64 beforeMs);

    /// Random bytes that belong to this database: the salt of quotaBucket().
    [[nodiscard]] const QByteArray &salt() const;
    /// What a person should be told of the opening ("the database was damaged and set aside as …"); empty: nothing.
    [[nodiscard]] const QString &notice() const;

private:
    struct Private;
    explicit StateStore(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d;
};

}
