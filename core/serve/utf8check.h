#pragma once

#include <QByteArrayView>

namespace restream {

/// Checks UTF-8 (RFC 3629) that comes in pieces, as the fragments of a WebSocket message do.
class Utf8Check final
{
public:
    /// False once a byte came that can't be there.
    bool feed(QByteArrayView bytes);
    /// Whether the text may end here; starts anew.
    bool finish();

private:
    int m_missing = 0; ///< bytes that the character still needs
    unsigned char m_low = 0x80; ///< bounds of the next one
    unsigned char m_high = 0xbf;
};

bool isUtf8(QByteArrayView text);

}
