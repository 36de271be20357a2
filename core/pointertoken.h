#pragma once

namespace restream {

/// Appends `/` and `token` as it stands in a JSON Pointer (RFC 6901 §3) to a QByteArray (UTF-8) or QString.
template<typename Pointer, typename Token>
void appendPointerToken(Pointer &pointer, const Token &token)
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
}

}
