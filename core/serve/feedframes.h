#pragma once

#include "core/serve/encoder.h"

#include <array>
#include <map>

namespace restream {

/// The messages of one stream as WebSocket frames: each is made when it is first asked for and then shared by all who ask.
class FeedFrames final
{
public:
    /// Before anything is asked for; `stream` outlives what is asked.
    void setStream(const Stream *stream) { m_stream = stream; }

    const QByteArray &snapshot(SnapshotReason reason);
    const QByteArray &changes(const ChangesetPtr &changes, UpdateForm form);
    const QByteArray &status();
    const QByteArray &itemSnapshot();
    const QByteArray &itemChanges(const ChangesetPtr &changes);
    const QByteArray &itemsBody(); ///< JSON, for HTTP

    [[nodiscard]] qint64 encoded() const { return m_encoded; } ///< how many were made

    // What is no longer so is dropped.
    void itemsChanged();
    void statusChanged() { m_status = {}; }
    /// Drops what nobody asked for lately. Call it every second.
    void tick();

private:
    struct Changes
    {
        std::array<QByteArray, 3> forms;
        QByteArray items;
    };

    Changes &changesOf(qint64 seq);
    void keep(QByteArray &place, QByteArray made);

    const Stream *m_stream = nullptr;
    std::array<QByteArray, 3> m_snapshots;
    QByteArray m_itemSnapshot;
    QByteArray m_itemsBody;
    QByteArray m_status;
    std::map<qint64, Changes> m_changes; ///< by seq
    qint64 m_changesBytes = 0;
    qint64 m_encoded = 0;
    int m_idleTicks = 0; ///< since anyone asked
};

}
