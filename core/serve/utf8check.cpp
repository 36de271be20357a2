#include "core/serve/utf8check.h"

#include <utility>

namespace restream {

bool Utf8Check::feed(QByteArrayView bytes)
{
    for (const char c : bytes) { // NOLINT(readability-use-anyofallof): it keeps a state
        const auto byte = static_cast<unsigned char>(c);
        if (m_missing > 0) {
            if (byte < m_low || byte > m_high)
                return false;
            m_low = 0x80;
            m_high = 0xbf;
            --m_missing;
        } else if (byte >= 0x80) {
            if (byte < 0xc2 || byte > 0xf4)
                return false;
            m_missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
            // No overlong forms, no surrogates, nothing past U+10FFFF.
            m_low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
            m_high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
        }
    }
    return true;
}

bool Utf8Check::finish()
{
    const bool whole = m_missing == 0;
    *this = Utf8Check();
    return whole;
}

bool isUtf8(QByteArrayView text)
{
    Utf8Check check;
    return check.feed(text) && check.finish();
}

}
