#include "core/stream/streamtable.h"

#include "core/logging.h"
#include "core/stream/changesetcodec.h"
#include "core/stream/storeconnection.h"

#include <QRandomGenerator>
#include <QSet>

#include <algorithm>

namespace restream {
namespace {

constexpr qint64 longestWaitMs = qint64(60) * 60 * 1000;
/// Changesets past a bound of the history are dropped once they are such a part of those within it.
constexpr qint64 droppedTogether = 16;

/// 12 of [a-z0-9], random.
QByteArray newEpoch()
{
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    constexpr int length = 12;
    QByteArray epoch;
    for (int i = 0; i < length; ++i)
        epoch += letters[QRandomGenerator::system()->bounded(quint32(letters.size()))];
    return epoch;
}

/// As a value of a statement, which is executed while the bytes are there.
QByteArray bound(QByteArrayView bytes)
{
    return QByteArray::fromRawData(bytes.data(), bytes.size());
}

Error outOfStep(const QByteArray &stream, const QString &what)
{
    return { QStringLiteral("store_lost"),
             QStringLiteral("The database does not hold the state that %1 goes on from (%2): the "
                            "stream has to begin anew.")
                 .arg(QString::fromUtf8(stream), what) };
}

}

void StreamTable::ensure(const QByteArray &name, qint64 nowMs)
{
    m_connection.run("UPDATE streams SET used = max(used, ?) WHERE name = ?", { nowMs, name });
    if (!m_connection.failed() && m_connection.changedRows() == 0) {
        m_connection.run("INSERT INTO streams (name, epoch, used) VALUES (?, ?, ?)",
                         { name, newEpoch(), nowMs });
    }
}

Result<StoredStream> StreamTable::load(const QByteArray &name, qint64 nowMs)
{
    m_connection.begin();
    ensure(name, nowMs);
    const bool noted = m_connection.end();
    // What is held can be read also from a disk that is full; only a new stream can't be without writing.
    const Error notNoted = noted ? Error() : m_connection.failure();
    m_connection.forgetFailure();

    StoredStream stream;
    qint64 key = 0;
    {
        StoreRows rows = m_connection.rows(
            "SELECT key, epoch, identity, seq, time, polls, last_ok, last_call, not_before, etag,"
            " last_modified FROM streams WHERE name = ?",
            { name });
        if (!rows.next())
            return m_connection.failed() ? m_connection.failure() : notNoted;
        int column = 0;
        key = rows.integer(column++);
        stream.name = name;
        stream.epoch = rows.bytes(column++);
        stream.identity = rows.bytes(column++);
        stream.seq = rows.integer(column++);
        stream.timeMs = rows.integer(column++);
        stream.polls = rows.integer(column++);
        stream.lastOkMs = rows.integer(column++);
        // Later than now it was written before the clock was set back.
        stream.lastCallMs = std::min(rows.integer(column++), nowMs);
        stream.notBeforeMs = std::min(rows.integer(column++), nowMs + longestWaitMs);
        stream.validators.etag = rows.bytes(column++);
        stream.validators.lastModified = rows.bytes(column++);
    }
    stream.items = items(key);
    stream.history = history(key, stream.seq);
    if (m_connection.failed())
        return m_connection.failure();
    m_given.insert(
        name,
        { stream.epoch, stream.history.empty() ? stream.seq + 1 : stream.history.front()->seq });
    return stream;
}

std::vector<HeldItem> StreamTable::items(qint64 stream)
{
    std::vector<HeldItem> items;
    StoreRows rows = m_connection.rows(
        "SELECT id, text, missing_since FROM items WHERE stream = ? ORDER BY place, key",
        { stream });
    while (rows.next())
        items.push_back({ { rows.bytes(0), rows.bytes(1) }, rows.integer(2) });
    return items;
}

std::vector<ChangesetPtr> StreamTable::history(qint64 stream, qint64 seq)
{
    std::vector<ChangesetPtr> history;
    StoreRows rows = m_connection.rows(
        "SELECT seq, time, body FROM changesets WHERE stream = ? ORDER BY seq DESC", { stream });
    while (rows.next()) {
        auto changes = decodeChangeset(rows.integer(0), rows.integer(1), rows.bytes(2));
        if (!changes || changes->seq != seq - qint64(history.size())) {
            qCWarning(logStore) << "the history of a stream is damaged at seq" << rows.integer(0)
                                << ": older changesets can't be resumed from";
            break;
        }
        history.push_back(std::make_shared<const Changeset>(std::move(*changes)));
    }
    std::reverse(history.begin(), history.end());
    return history;
}

Result<void> StreamTable::commit(const StreamCommit &commit)
{
    qint64 key = 0;
    qint64 seq = 0;
    qint64 timeMs = 0;
    qint64 nextPlace = 0;
    {
        StoreRows rows = m_connection.rows(
            "SELECT key, seq, time, next_place, epoch FROM streams WHERE name = ?",
            { commit.name });
        if (!rows.next())
            return outOfStep(commit.name, QStringLiteral("it does not know the stream"));
        key = rows.integer(0);
        seq = rows.integer(1);
        timeMs = rows.integer(2);
        nextPlace = rows.integer(3);
        const auto given = m_given.constFind(commit.name);
        if (given != m_given.constEnd() && given->epoch != rows.bytes(4))
            return outOfStep(commit.name, QStringLiteral("it knows another epoch"));
    }
    if (const ChangesetPtr &changes = commit.changes) {
        if (changes->seq != seq + 1) {
            return outOfStep(commit.name,
                             QStringLiteral("it is at seq %1, and %2 does not follow")
                                 .arg(seq)
                                 .arg(changes->seq));
        }
        seq = changes->seq;
        timeMs = changes->timeMs;
        nextPlace = writeItems(key, nextPlace, *changes);
        m_connection.run("INSERT INTO changesets (stream, seq, time, body) VALUES (?, ?, ?, ?)",
                         { key, seq, timeMs, encodeChangeset(*changes) });
    }
    for (const auto &[id, poll] : commit.missingSince) {
        m_connection.run("UPDATE items SET missing_since = ? WHERE stream = ? AND id = ?",
                         { poll, key, id });
    }
    m_connection.run("UPDATE streams SET identity = ?, seq = ?, time = ?, polls = ?, last_ok = ?,"
                     " etag = ?, last_modified = ?, next_place = ?, used = max(used, ?)"
                     " WHERE key = ?",
                     { commit.identity, seq, timeMs, commit.polls, commit.lastOkMs,
                       commit.validators.etag, commit.validators.lastModified, nextPlace,
                       commit.lastOkMs, key });
    dropHistory(key, seq, commit);
    return {};
}

void StreamTable::dropHistory(qint64 stream, qint64 seq, const StreamCommit &commit)
{
    const auto given = m_given.find(commit.name);
    const qint64 before = commit.dropHistoryBefore;
    if (given != m_given.end() && before - given->firstKept <= (seq - before) / droppedTogether)
        return;
    m_connection.run("DELETE FROM changesets WHERE stream = ? AND seq < ?", { stream, before });
    if (given != m_given.end())
        given->firstKept = before;
}

qint64 StreamTable::writeItems(qint64 stream, qint64 nextPlace, const Changeset &changes)
{
    for (const QByteArray &id : changes.removed)
        m_connection.run("DELETE FROM items WHERE stream = ? AND id = ?", { stream, id });
    for (const Update &update : changes.updated) {
        m_connection.run("UPDATE items SET text = ? WHERE stream = ? AND id = ?",
                         { bound(update.after.text()), stream, bound(update.id()) });
    }
    for (const Item &item : changes.added) {
        m_connection.run("INSERT OR REPLACE INTO items (stream, id, place, text)"
                         " VALUES (?, ?, ?, ?)",
                         { stream, bound(item.id()), nextPlace++, bound(item.text()) });
    }
    if (!changes.order)
        return nextPlace;
    writeOrder(stream, *changes.order);
    return std::max(nextPlace, qint64(changes.order->size()));
}

void StreamTable::writeOrder(qint64 stream, const std::vector<QByteArray> &order)
{
    qint64 place = 0;
    for (const QByteArray &id : order) {
        m_connection.run("UPDATE items SET place = ? WHERE stream = ? AND id = ? AND place <> ?",
                         { place, stream, id, place });
        ++place;
    }
}

Result<QByteArray> StreamTable::reset(const QByteArray &name, const QByteArray &identity,
                                      qint64 nowMs)
{
    ensure(name, nowMs);
    qint64 key = 0;
    if (StoreRows rows = m_connection.rows("SELECT key FROM streams WHERE name = ?", { name });
        rows.next())
        key = rows.integer(0);
    const QByteArray epoch = newEpoch();
    reset(key, epoch, identity);
    m_given.insert(name, { epoch, 1 });
    return epoch;
}

void StreamTable::reset(qint64 stream, const QByteArray &epoch, const QByteArray &identity)
{
    // What was called and when to call again is not about the items: it stays.
    m_connection.run("UPDATE streams SET epoch = ?, identity = ?, seq = 0, time = 0, polls = 0,"
                     " last_ok = 0, etag = x'', last_modified = x'', next_place = 0 WHERE key = ?",
                     { epoch, identity, stream });
    m_connection.run("DELETE FROM items WHERE stream = ?", { stream });
    m_connection.run("DELETE FROM changesets WHERE stream = ?", { stream });
}

void StreamTable::resetAll()
{
    std::vector<qint64> keys;
    {
        StoreRows rows = m_connection.rows("SELECT key FROM streams");
        while (rows.next())
            keys.push_back(rows.integer(0));
    }
    for (const qint64 key : keys)
        reset(key, newEpoch(), QByteArray());
}

void StreamTable::noteCall(const QByteArray &name, qint64 nowMs)
{
    const auto note = [&] {
        return m_connection.run(
            "UPDATE streams SET last_call = ?, used = max(used, ?) WHERE name = ?",
            { nowMs, nowMs, name });
    };
    if (!note() || m_connection.changedRows() > 0)
        return;
    ensure(name, nowMs);
    note();
}

void StreamTable::setNotBefore(const QByteArray &name, qint64 whenMs, qint64 nowMs)
{
    ensure(name, nowMs);
    m_connection.run("UPDATE streams SET not_before = ? WHERE name = ?", { whenMs, name });
}

void StreamTable::dropUnused(qint64 beforeMs)
{
    m_connection.run("DELETE FROM streams WHERE used < ?", { beforeMs });
    QSet<QByteArray> kept;
    StoreRows rows = m_connection.rows("SELECT name FROM streams");
    while (rows.next())
        kept.insert(rows.bytes(0));
    m_given.removeIf(
        [&](QHash<QByteArray, Given>::iterator given) { return !kept.contains(given.key()); });
}

}
