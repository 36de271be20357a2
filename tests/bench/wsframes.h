#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bench {

constexpr unsigned opcodeText = 0x1;
constexpr unsigned opcodePing = 0x9;
constexpr unsigned opcodePong = 0xa;

/// A frame that a server sent (RFC 6455 §5.2); its payload is a slice of what it was read from.
struct ServerFrame
{
    unsigned opcode = 0;
    std::string_view payload;
    std::size_t size = 0; ///< with its header; 0: not yet whole
};

/// The frame that `bytes` begin with.
ServerFrame readServerFrame(std::string_view bytes);

/// A client's frame, of at most 64 KiB. The mask is zero, which is allowed and leaves the payload as it is.
std::string clientFrame(unsigned opcode, std::string_view payload);

}
