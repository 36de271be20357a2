#include "core/serve/feedframes.h"

#include "core/serve/websocketframe.h"

namespace restream {
namespace {

constexpr int ticksUntilDropped = 10;
constexpr qint64 mostChangesBytes = 16 * 1024 * 1024;

size_t index(UpdateForm form)
{
    return static_cast<size_t>(form);
}

}

void FeedFrames::keep(QByteArray &place, QByteArray made)
{
    ++m_encoded;
    place = std::move(made);
}

const QByteArray &FeedFrames::snapshot(SnapshotReason reason)
{
    m_idleTicks = 0;
    QByteArray &frame = m_snapshots[static_cast<size_t>(reason)];
    if (frame.isEmpty())
        keep(frame, textFrame(snapshotJson(*m_stream, reason)));
    return frame;
}

/// Of many changesets, as those who resume ask for, only so much is kept.
FeedFrames::Changes &FeedFrames::changesOf(qint64 seq)
{
    m_idleTicks = 0;
    if (m_changesBytes > mostChangesBytes && !m_changes.contains(seq)) {
        m_changes.clear();
        m_changesBytes = 0;
    }
    return m_changes[seq];
}

const QByteArray &FeedFrames::changes(const ChangesetPtr &changes, UpdateForm form)
{
    // Without updates all forms are the same.
    const UpdateForm made = changes->updated.empty() ? UpdateForm::Item : form;
    QByteArray &frame = changesOf(changes->seq).forms[index(made)];
    if (frame.isEmpty()) {
        keep(frame, textFrame(changesJson(*m_stream, *changes, made)));
        m_changesBytes += frame.size();
    }
    return frame;
}

const QByteArray &FeedFrames::itemChanges(const ChangesetPtr &changes)
{
    QByteArray &frames = changesOf(changes->seq).items;
    if (frames.isEmpty()) {
        keep(frames, itemChangeFrames(*m_stream, *changes));
        m_changesBytes += frames.size();
    }
    return frames;
}

const QByteArray &FeedFrames::status()
{
    if (m_status.isEmpty())
        keep(m_status, textFrame(statusJson(*m_stream)));
    return m_status;
}

const QByteArray &FeedFrames::itemSnapshot()
{
    m_idleTicks = 0;
    if (m_itemSnapshot.isEmpty())
        keep(m_itemSnapshot, itemSnapshotFrames(*m_stream));
    return m_itemSnapshot;
}

const QByteArray &FeedFrames::itemsBody()
{
    m_idleTicks = 0;
    if (m_itemsBody.isEmpty())
        keep(m_itemsBody, itemsJson(*m_stream, false));
    return m_itemsBody;
}

void FeedFrames::itemsChanged()
{
    m_snapshots = {};
    m_itemSnapshot = {};
    m_itemsBody = {};
    m_changes.clear();
    m_changesBytes = 0;
}

void FeedFrames::tick()
{
    if (++m_idleTicks == ticksUntilDropped)
        itemsChanged();
}

}
