#pragma once

#include <QByteArrayView>
#include <QSharedData>

namespace restream {

/// One item as every client holds it: an id and a text in one block of memory that all copies share. Never changes; any thread.
class Item final
{
public:
    Item() = default; ///< isNull(): no item
    /// Copies both, which together are below 4 GiB.
    Item(QByteArrayView id, QByteArrayView text);

    [[nodiscard]] bool isNull() const { return !m_block; }
    /// UTF-8; an upstream number is its JSON text. A lone surrogate is kept as WTF-8. The item must outlive it.
    [[nodiscard]] QByteArrayView id() const
    {
        return m_block ? QByteArrayView(m_block->bytes() + m_block->idOffset, m_block->idSize)
                       : QByteArrayView();
    }
    /// The upstream's own tokens, byte for byte, without the white space between them. The item must outlive it.
    [[nodiscard]] QByteArrayView text() const
    {
        return m_block ? QByteArrayView(m_block->bytes(), m_block->textSize) : QByteArrayView();
    }
    /// Of id and text, in bytes.
    [[nodiscard]] qint64 bytes() const { return id().size() + text().size(); }

    bool operator==(const Item &other) const
    {
        return m_block == other.m_block || (id() == other.id() && text() == other.text());
    }

private:
    /// In front of the text, behind which the id is where it is no part of the text.
    struct Block : QSharedData
    {
        quint32 textSize = 0;
        quint32 idOffset = 0;
        quint32 idSize = 0;

        [[nodiscard]] const char *bytes() const { return reinterpret_cast<const char *>(this + 1); }
        static void *operator new(size_t head, size_t bytes)
        {
            return ::operator new(head + bytes);
        }
        // NOLINTNEXTLINE(misc-new-delete-overloads): the one above is its match
        static void operator delete(void *block) { ::operator delete(block); }
    };

    QExplicitlySharedDataPointer<Block> m_block;
};

/// An item of a stream, with what removal needs to know of it.
struct HeldItem
{
    Item item;
    /// 0: it was in the last poll. Else the number of the poll (Stream::polls) in which it was first missing.
    qint64 missingSince = 0;

    bool operator==(const HeldItem &) const = default;
};

}
