#include "core/stream/item.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace restream {

namespace {

/// Where the id is in the text, which mostly tells it; negative: nowhere.
qsizetype placeIn(QByteArrayView text, QByteArrayView id)
{
    const std::less_equal<> notBehind;
    if (notBehind(text.begin(), id.begin()) && notBehind(id.end(), text.end()))
        return id.begin() - text.begin();
    const auto asString = [](QByteArrayView bytes) {
        return std::string_view(bytes.data(), size_t(bytes.size()));
    };
    return qsizetype(asString(text).find(asString(id))); // npos is -1
}

}

Item::Item(QByteArrayView id, QByteArrayView text)
{
    const qsizetype idOffset = placeIn(text, id);
    const bool inText = idOffset >= 0;
    const auto textSize = static_cast<size_t>(text.size());
    const size_t size = textSize + (inText ? 0 : static_cast<size_t>(id.size()));
    auto *const block = new (size) Block;
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
