#pragma once

#include "core/stream/statestore.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QFile>
#include <QTest>

namespace restream::storetest {

inline const QByteArray streamA = QByteArrayLiteral("quakes?level=all");
inline const QByteArray thisBoot = QByteArrayLiteral("boot-1");

inline Result<std::unique_ptr<StateStore>> tryOpen(const QString &folder,
                                                   const QByteArray &bootId = thisBoot)
{
    return StateStore::open({ folder, bootId, false, nullptr });
}

inline std::unique_ptr<StateStore> open(const QString &folder, const QByteArray &bootId = thisBoot)
{
    auto store = tryOpen(folder, bootId);
    if (!store)
        qFatal("%s", qPrintable(store.error().message));
    return std::move(*store);
}

/// Waits for the one callback that `start` is given.
template<typename T>
Result<T> await(const std::function<void(std::function<void(Result<T>)>)> &start)
{
    std::optional<Result<T>> answer;
    start([&answer](Result<T> result) { answer.emplace(std::move(result)); });
    const QDeadlineTimer deadline(30'000);
    while (!answer && !deadline.hasExpired())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    if (!answer)
        return Error { QStringLiteral("no_answer"), {} };
    return std::move(*answer);
}

inline Result<StoredStream> tryLoad(StateStore &store, const QByteArray &name = streamA)
{
    return await<StoredStream>([&](auto done) { store.load(name, std::move(done)); });
}

inline StoredStream load(StateStore &store, const QByteArray &name = streamA)
{
    auto stream = tryLoad(store, name);
    if (!stream)
        qFatal("%s", qPrintable(stream.error().message));
    return std::move(*stream);
}

inline Result<void> commit(StateStore &store, StreamCommit what)
{
    return await<void>([&](auto done) { store.commit(std::move(what), std::move(done)); });
}

inline Result<QByteArray> reset(StateStore &store, const QByteArray &name = streamA)
{
    return await<QByteArray>(
        [&](auto done) { store.reset(name, QByteArrayLiteral("id-2"), std::move(done)); });
}

inline Result<qint64> recordCall(StateStore &store, const CallRequest &call)
{
    return await<qint64>([&](auto done) { store.recordCall(call, std::move(done)); });
}

inline StreamCommit commitOf(Changeset changes, const QByteArray &name = streamA)
{
    StreamCommit commit;
    commit.name = name;
    commit.identity = QByteArrayLiteral("id-1");
    commit.polls = changes.seq;
    commit.lastOkMs = changes.timeMs;
    commit.changes = std::make_shared<const Changeset>(std::move(changes));
    return commit;
}

/// A changeset that adds items named like their ids.
inline Changeset adding(qint64 seq, const std::vector<QByteArray> &ids)
{
    Changeset changes;
    changes.seq = seq;
    changes.timeMs = 1'700'000'000'000 + seq;
    for (const QByteArray &id : ids)
        changes.added.emplace_back(id, QByteArray("{\"id\":\"" + id + "\"}"));
    return changes;
}

inline std::vector<QByteArray> idsOf(const StoredStream &stream)
{
    std::vector<QByteArray> ids;
    for (const HeldItem &held : stream.items)
        ids.push_back(held.item.id().toByteArray());
    return ids;
}

inline QString databaseOf(const QString &folder)
{
    return folder + u"/restream.db";
}

/// What a crash would leave of a database that is open now.
inline void copyFiles(const QString &from, const QString &to)
{
    for (const QLatin1String suffix : { QLatin1String(), QLatin1String("-wal") })
        QFile::copy(databaseOf(from) + suffix, databaseOf(to) + suffix);
}

}
