#include "core/stream/changesetcodec.h"

#include <QDataStream>
#include <QIODevice>
#include <QtEndian>

#include <zlib.h>

namespace restream {
namespace {

constexpr quint8 formVersion = 1;
// The text before and after an update is mostly the same: the fastest level already finds that.
constexpr int compressionLevel = 1;
// zlib can't do better, so that a longer claim is damage, not to be given memory for.
constexpr qsizetype mostCompression = 1032;
constexpr qsizetype lengthBytes = 4; // of the plain text, ahead of what zlib made of it

void prepare(QDataStream &stream)
{
    stream.setVersion(QDataStream::Qt_6_0);
}

/// What qUncompress() reads; qCompress() clears hundreds of kilobytes for a changeset of a few hundred bytes.
QByteArray compressed(const QByteArray &plain)
{
    constexpr qsizetype small = 4096;
    const bool isSmall = plain.size() <= small;
    z_stream stream = {};
    // A small one gets no code tables of its own either: making them costs more than all the rest.
    if (deflateInit2(&stream, compressionLevel, Z_DEFLATED, isSmall ? 12 : MAX_WBITS,
                     isSmall ? 4 : 8, isSmall ? Z_FIXED : Z_DEFAULT_STRATEGY)
        != Z_OK)
        return qCompress(plain, compressionLevel);
    QByteArray result(lengthBytes + qsizetype(deflateBound(&stream, uLong(plain.size()))),
                      Qt::Uninitialized);
    qToBigEndian(quint32(plain.size()), result.data());
    QByteArray input = plain; // zlib takes a pointer to non-const
    stream.next_in = reinterpret_cast<Bytef *>(input.data());
    stream.avail_in = uInt(input.size());
    stream.next_out = reinterpret_cast<Bytef *>(result.data() + lengthBytes);
    stream.avail_out = uInt(result.size() - lengthBytes);
    const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    result.resize(lengthBytes + qsizetype(stream.total_out));
    deflateEnd(&stream);
    return whole ? result : qCompress(plain, compressionLevel);
}

template<typename T, typename Write>
void writeList(QDataStream &stream, const std::vector<T> &list, Write write)
{
    stream << quint32(list.size());
    for (const T &element : list)
        write(element);
}

template<typename T, typename Read>
void readList(QDataStream &stream, std::vector<T> &list, Read read)
{
    quint32 count = 0;
    stream >> count;
    // The count is believed element by element: a damaged one ends with the data.
    for (quint32 i = 0; i < count && stream.status() == QDataStream::Ok; ++i)
        read(list.emplace_back());
}

}

QByteArray encodeChangeset(const Changeset &changes)
{
    QByteArray plain;
    QDataStream stream(&plain, QIODevice::WriteOnly);
    prepare(stream);
    const auto writeBytes = [&stream](QByteArrayView bytes) {
        stream.writeBytes(bytes.data(), uint(bytes.size()));
    };
    stream << formVersion;
    writeList(stream, changes.added, [&](const Item &item) {
        writeBytes(item.id());
        writeBytes(item.text());
    });
    writeList(stream, changes.updated, [&](const Update &update) {
        writeBytes(update.id());
        writeBytes(update.before.text());
        writeBytes(update.after.text());
    });
    writeList(stream, changes.removed, writeBytes);
    stream << changes.order.has_value();
    if (changes.order)
        writeList(stream, *changes.order, writeBytes);
    return compressed(plain);
}

std::optional<Changeset> decodeChangeset(qint64 seq, qint64 timeMs, const QByteArray &blob)
{
    if (blob.size() <= lengthBytes
        || qFromBigEndian<quint32>(blob.constData()) / mostCompression > blob.size())
        return std::nullopt;
    const QByteArray plain = qUncompress(blob);
    QDataStream stream(plain);
    prepare(stream);
    const auto readBytes = [&stream](QByteArray &bytes) { stream >> bytes; };
    quint8 version = 0;
    stream >> version;
    if (version != formVersion)
        return std::nullopt;

    Changeset changes;
    changes.seq = seq;
    changes.timeMs = timeMs;
    QByteArray id;
    QByteArray text;
    readList(stream, changes.added, [&](Item &item) {
        stream >> id >> text;
        item = Item(id, text);
    });
    QByteArray after;
    readList(stream, changes.updated, [&](Update &update) {
        stream >> id >> text >> after;
        update = Update(id, text, after);
    });
    readList(stream, changes.removed, readBytes);
    bool ordered = false;
    stream >> ordered;
    if (ordered)
        readList(stream, changes.order.emplace(), readBytes);
    if (stream.status() != QDataStream::Ok || !stream.atEnd())
        return std::nullopt;
    return changes;
}

}
