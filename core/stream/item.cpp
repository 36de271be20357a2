#include "core/stream/item.h"

#include <cstring>

namespace restream {

Item::Item(QByteArrayView id, QByteArrayView text, qsizetype idOffset)
{
    const bool inText = idOffset >= 0;
    const auto textSize = static_cast<size_t>(text.size());
    const size_t size = textSize + (inText ? 0 : static_cast<size_t>(id.size()));
    auto *const block = new (::operator new(sizeof(Block) + size)) Block;
    m_block = QExplicitlySharedDataPointer<Block>(block);
    block->textSize = static_cast<quint32>(text.size());
    block->idOffset = static_cast<quint32>(inText ? idOffset : text.size());
    block->idSize = static_cast<quint32>(id.size());
    auto *const bytes = reinterpret_cast<char *>(block + 1);
    std::copy(text.begin(), text.end(), bytes);
    if (!inText)
        std::copy(id.begin(), id.end(), bytes + textSize);
}

}
