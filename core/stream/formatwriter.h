#pragma once

#include "core/stream/bytescan.h"
#include "core/stream/jsontext.h"

#include <algorithm>
#include <cstring>

namespace restream {

/// A text that grows at its end by many small pieces, for each of which QByteArray::append() would cost more than the copy.
class FormatWriter final
{
public:
    [[nodiscard]] qsizetype size() const { return m_size; }
    [[nodiscard]] const char *data() const { return m_text.constData(); }
    void reserve(qsizetype size) { room(size); }
    void append(char c)
    {
        *room(1) = c;
        ++m_size;
    }
    void append(QByteArrayView text)
    {
        if (text.isEmpty()) // memcpy() wants places even for nothing
            return;
        std::memcpy(room(text.size()), text.data(), size_t(text.size()));
        m_size += text.size();
    }
    /// `text` (UTF-8) as a JSON string with its quotes.
    void appendString(QByteArrayView text)
    {
        const char *at = text.data();
        const char *const end = at + text.size();
        append('"');
        for (;;) {
            const char *const special = jsonscan::findInString(at, end);
            append(QByteArrayView(at, special));
            if (special == end)
                break;
            const QByteArray escaped = jsonString(QByteArrayView(special, 1));
            append(QByteArrayView(escaped).sliced(1, escaped.size() - 2));
            at = special + 1;
        }
        append('"');
    }
    void chop() { --m_size; } ///< Drops the last byte.
    /// The whole; nothing may be appended after.
    QByteArray take()
    {
        m_text.truncate(m_size);
        return std::move(m_text);
    }

private:
    /// The place to write the next `size` bytes to.
    char *room(qsizetype size)
    {
        if (m_room - m_size < size) {
            m_text.resize(std::max(m_size + size, 2 * m_room));
            m_begin = m_text.data();
            m_room = m_text.size();
        }
        return m_begin + m_size;
    }

    QByteArray m_text; ///< with room behind m_size
    char *m_begin = nullptr;
    qsizetype m_room = 0;
    qsizetype m_size = 0;
};

}
