#pragma once

namespace restream {

/// `pointer` (RFC 6901; a QByteArray of UTF-8, or a QString) to what `token`, the name of a member as it is, leads to from there.
template<typename Pointer>
Pointer pointerBelow(Pointer pointer, const Pointer &token)
{
    using Char = typename Pointer::value_type;
    pointer += Char(u'/');
    for (const auto c : token) {
        if (c == Char(u'~') || c == Char(u'/')) {
            pointer += Char(u'~');
            pointer += Char(c == Char(u'~') ? u'0' : u'1');
        } else {
            pointer += c;
        }
    }
    return pointer;
}

}
