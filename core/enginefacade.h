#pragma once

#include "core/config/params.h"
#include "core/result.h"
#include "core/stream/changeset.h"
#include "core/stream/streamstatus.h"

#include <QList>
#include <QMetaType>
#include <QObject>

namespace restream {

/// A channel as the window shows it.
struct ChannelInfo
{
    QString name;
    QString description;
    QString group;
    QString docUrl;
    bool builtIn = false;
    QStringList keys; ///< names, never values
    double pollIntervalSeconds = 0;
    QMap<QString, ParamDefinition> params;
};

/// A stream that is in memory now.
struct StreamInfo
{
    QByteArray name; ///< canonical
    QString channel;
    Params params;
    StreamStatus status;
    QByteArray epoch;
    qint64 seq = 0;
    qint64 items = 0;
    int subscribers = 0; ///< clients of the server; who watches in the window is not counted
};

/// All that the window shows beside the items, as of one instant.
struct EngineSnapshot
{
    QString url; ///< http://127.0.0.1:7999/; empty while not listening
    QList<ChannelInfo> channels; ///< by name
    QList<StreamInfo> streams; ///< by name
    /// A database that was damaged, and definitions that could not be read: "file:line: /member: what to do".
    QStringList problems;
    qint64 clients = 0; ///< connections
    quint16 port = 0; ///< the one that is listened on, or that was last tried
};

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
