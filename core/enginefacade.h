#pragma once

#include "core/config/definitionfiles.h"
#include "core/config/keystore.h"
#include "core/engineanswers.h"
#include "core/engineinfo.h"
#include "core/stream/changeset.h"
#include "core/stream/itemhistory.h"

#include <QObject>

#include <functional>

namespace restream {

/// The engine as a window or a console sees it: values in, snapshots out. Lives on the main thread; all signals come there.
/// An interface, so that one day the window can sit on another machine's daemon, and tests on none.
class EngineFacade : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] virtual const EngineSnapshot &snapshot() const = 0;
    /// Observes one stream, and so polls it, whether or not a client subscribes; replaces an earlier watch.
    virtual void watch(const QString &channel, const restream::Params &params) = 0;
    virtual void unwatch() = 0;
    /// Lets clients in on `port` (0: a free one), or sends them away; the outcome is in the snapshot's url, or listeningFailed().
    virtual void setListening(bool on, quint16 port) = 0;

    // What follows answers through `done`, on the main thread, later, once; not after the engine's end.
    template<typename T>
    using Done = std::function<void(T)>;

    /// The text of a channel's definition. Error `unknown_channel`.
    virtual void readDefinition(const QString &channel, Done<Result<DefinitionSource>> done) = 0;
    /// Checks and writes the user's CHANNEL.json; live at once. `basedOn`: DefinitionSource::version of the user's file that was edited, empty where there must be
    /// none yet. Errors: `changed_on_disk` (nothing was written), `bad_definition` (all problems, a line each), `not_saved`.
    virtual void saveDefinition(const QString &channel, const QByteArray &json,
                                const QByteArray &basedOn, Done<Result<DefinitionSource>> done) = 0;
    /// Deletes the user's file; the catalog's channel of that name, where there is one, takes its place. Errors: `changed_on_disk`, `not_saved`.
    virtual void removeDefinition(const QString &channel, const QByteArray &basedOn,
                                  Done<Result<void>> done) = 0;
    /// Polls once by a definition that need not be saved; counts for its quota. `keys` go before those of the key store. A later call ends an earlier one,
    /// which is then not answered.
    virtual void tryDefinition(const QByteArray &json, const restream::Params &params,
                               const restream::Keys &keys, Done<TryOutcome> done) = 0;
    virtual void cancelTry() = 0;

    /// Every key that a channel names. May make the keychain ask for leave.
    virtual void readKeys(Done<QList<KeyInfo>> done) = 0;
    virtual void setKey(const QString &owner, const QString &name, const QString &value,
                        Done<Result<void>> done) = 0;
    virtual void removeKey(const QString &owner, const QString &name, Done<Result<void>> done) = 0;
    /// "the keychain", "the keys file /etc/restream/keys.json".
    [[nodiscard]] virtual QString keyStoreName() const = 0;

    /// What the history and the present say of one item, oldest first. Empty: nothing.
    virtual void readItemHistory(const QByteArray &stream, const QByteArray &id,
                                 Done<std::vector<ItemVersion>> done) = 0;
    /// Polls a stream as soon as its interval, its quota and the server's word allow: a back-off after failures, and a pause, end. Gives when that will be (wall
    /// clock, ms). Error `unknown_stream`.
    virtual void pollNow(const QByteArray &stream, Done<Result<qint64>> done) = 0;

signals:
    /// At most four times a second.
    void snapshotChanged();
    /// All items of the watched stream in their order: after watch(), and when its continuity was lost.
    void watchedItems(const QByteArray &stream, const std::vector<restream::Item> &items);
    /// What changed since.
    void watchedChanges(const QByteArray &stream, const restream::ChangesetPtr &changes);
    /// The stream can't be watched (unknown channel, a param is missing, …) or was taken away.
    void watchFailed(const restream::Error &error);
    /// setListening(true) did not succeed: port_in_use, bind_failed.
    void listeningFailed(const restream::Error &error);
};

}
