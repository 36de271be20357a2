#include "core/serve/encoder.h"

#include "core/serve/websocketframe.h"
#include "core/stream/jsontext.h"
#include "core/stream/patch.h"
#include "core/stream/stream.h"

#include <QDateTime>

namespace restream {
namespace {

const char *reasonName(SnapshotReason reason)
{
    switch (reason) {
    case SnapshotReason::Subscribed:
        return "subscribed";
    case SnapshotReason::Resync:
        return "resync";
    case SnapshotReason::Lagged:
        break;
    }
    return "lagged";
}

/// `"stream":…,"epoch":…,"seq":…,"time":…`
QByteArray position(const Stream &stream, qint64 seq, qint64 timeMs)
{
    return "\"stream\":" + jsonString(QByteArrayView(stream.name()))
        + ",\"epoch\":" + jsonString(QByteArrayView(stream.epoch()))
        + ",\"seq\":" + QByteArray::number(seq) + ",\"time\":" + jsonTime(timeMs);
}

void appendItem(QByteArray &out, QByteArrayView id, QByteArrayView member, QByteArrayView value)
{
    out += "{\"id\":";
    out += jsonString(id);
    out += ",\"";
    out += member;
    out += "\":";
    out += value;
    out += '}';
}

/// Appends `,"name":[…]`, an element for each of `values`; nothing where there are none.
template<typename Values, typename Append>
void appendList(QByteArray &out, QByteArrayView name, const Values &values, Append append)
{
    if (values.empty())
        return;
    out += ",\"";
    out += name;
    out += "\":[";
    bool first = true;
    for (const auto &value : values) {
        if (!first)
            out += ',';
        first = false;
        append(value);
    }
    out += ']';
}

void appendItems(QByteArray &out, const ItemSet &items)
{
    out += '[';
    bool first = true;
    for (const Item &item : items) {
        if (!first)
            out += ',';
        first = false;
        appendItem(out, item.id(), "item", item.text());
    }
    out += ']';
}

/// Room for items as lists of id and text.
qsizetype roomFor(const ItemSet &items)
{
    return items.bytes() + items.size() * 24 + 256;
}

void appendUpdate(QByteArray &out, const Update &update, UpdateForm form)
{
    std::optional<QByteArray> shorter;
    if (form == UpdateForm::Patch)
        shorter = jsonPatch(update.before.text(), update.after.text());
    else if (form == UpdateForm::Merge)
        shorter = mergePatch(update.before.text(), update.after.text());
    if (shorter)
        appendItem(out, update.id(), form == UpdateForm::Patch ? "patch" : "merge", *shorter);
    else
        appendItem(out, update.id(), "item", update.after.text());
}

/// Begins an item message with the item's own members, so that only ours have to follow.
void appendOwnMembers(QByteArray &out, QByteArrayView item)
{
    if (item.startsWith('{')) {
        out += item.chopped(1);
        if (item.size() > 2)
            out += ',';
    } else {
        out += "{\"__restream_item\":";
        out += item;
        out += ',';
    }
}

/// `,"__restream_channel":…,"__restream_stream":…,"__restream_seq":…`, which end every item message.
QByteArray itemTail(const Stream &stream, qint64 seq)
{
    return ",\"__restream_channel\":" + jsonString(stream.definition().name)
        + ",\"__restream_stream\":" + jsonString(QByteArrayView(stream.name()))
        + ",\"__restream_seq\":" + QByteArray::number(seq);
}

void appendRemoval(QByteArray &out, const QByteArray &id, const QByteArray &tail)
{
    const TextFrameWriter frame(out);
    out += R"({"__restream_type":"removed_item","__restream_id":)";
    out += jsonString(QByteArrayView(id));
    out += tail;
    out += '}';
}

}

QByteArray jsonTime(qint64 ms)
{
    if (ms == 0)
        return "null";
    return '"' + QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs).toLatin1()
        + '"';
}

QByteArray jsonParams(const Params &params)
{
    QByteArray out = "{";
    for (auto param = params.begin(); param != params.end(); ++param) {
        if (out.size() > 1)
            out += ',';
        out += jsonString(param.key()) + ':' + jsonString(param.value());
    }
    return out + '}';
}

QByteArray jsonError(const std::optional<Error> &error)
{
    if (!error)
        return "null";
    return "{\"code\":" + jsonString(error->code) + ",\"message\":" + jsonString(error->message)
        + '}';
}

QByteArray snapshotJson(const Stream &stream, SnapshotReason reason)
{
    QByteArray out;
    out.reserve(roomFor(stream.items()));
    out += "{\"type\":\"snapshot\",";
    out += position(stream, stream.seq(), stream.timeMs());
    out += ",\"reason\":\"";
    out += reasonName(reason);
    out += "\",\"items\":";
    appendItems(out, stream.items());
    out += '}';
    return out;
}

QByteArray changesJson(const Stream &stream, const Changeset &changes, UpdateForm form)
{
    QByteArray out = "{\"type\":\"changes\",";
    out += position(stream, changes.seq, changes.timeMs);
    appendList(out, "added", changes.added,
               [&out](const Item &item) { appendItem(out, item.id(), "item", item.text()); });
    appendList(out, "updated", changes.updated,
               [&out, form](const Update &update) { appendUpdate(out, update, form); });
    const auto appendId = [&out](const QByteArray &id) { out += jsonString(QByteArrayView(id)); };
    appendList(out, "removed", changes.removed, appendId);
    if (changes.order)
        appendList(out, "order", *changes.order, appendId);
    out += '}';
    return out;
}

QByteArray statusJson(const Stream &stream)
{
    const StreamStatus &status = stream.status();
    return "{\"type\":\"status\",\"stream\":" + jsonString(QByteArrayView(stream.name()))
        + ",\"state\":\"" + stateName(status.state)
        + "\",\"stale\":" + (status.stale ? "true" : "false")
        + ",\"error\":" + jsonError(status.error) + ",\"last_ok\":" + jsonTime(status.lastOkMs)
        + ",\"next_poll\":" + jsonTime(status.nextPollMs)
        + ",\"interval\":" + QByteArray::number(status.intervalSeconds, 'g', 15) + '}';
}

QByteArray itemsJson(const Stream &stream, bool stale)
{
    QByteArray out;
    out.reserve(roomFor(stream.items()));
    out += '{';
    out += position(stream, stream.seq(), stream.timeMs());
    if (stale)
        out += ",\"stale\":true";
    out += ",\"items\":";
    appendItems(out, stream.items());
    out += '}';
    return out;
}

QByteArray itemSnapshotFrames(const Stream &stream)
{
    const QByteArray tail = R"("__restream_type":"new_item")" + itemTail(stream, stream.seq())
        + R"(,"__restream_snapshot":true})";
    QByteArray out;
    out.reserve(stream.items().bytes() + stream.items().size() * (tail.size() + 16));
    for (const Item &item : stream.items()) {
        const TextFrameWriter frame(out);
        appendOwnMembers(out, item.text());
        out += tail;
    }
    return out;
}

QByteArray itemChangeFrames(const Stream &stream, const Changeset &changes)
{
    const QByteArray tail = itemTail(stream, changes.seq);
    QByteArray out;
    for (const Item &item : changes.added) {
        const TextFrameWriter frame(out);
        appendOwnMembers(out, item.text());
        out += R"("__restream_type":"new_item")";
        out += tail;
        out += '}';
    }
    for (const Update &update : changes.updated) {
        const TextFrameWriter frame(out);
        appendOwnMembers(out, update.after.text());
        out += R"("__restream_type":"updated_item","__restream_diff":)";
        out += itemDiff(update.before.text(), update.after.text());
        out += tail;
        out += '}';
    }
    for (const QByteArray &id : changes.removed)
        appendRemoval(out, id, tail);
    return out;
}

QByteArray itemRemovalFrames(const Stream &stream, qint64 seq, const std::vector<QByteArray> &ids)
{
    const QByteArray tail = itemTail(stream, seq);
    QByteArray out;
    for (const QByteArray &id : ids)
        appendRemoval(out, id, tail);
    return out;
}

}
