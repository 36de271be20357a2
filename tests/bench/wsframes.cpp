#include "wsframes.h"

#include <cstdint>

namespace bench {

ServerFrame readServerFrame(std::string_view bytes)
{
    const auto at = [bytes](std::size_t i) {
        return static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i]));
    };
    if (bytes.size() < 2)
        return {};
    std::uint64_t length = at(1) & 0x7fU;
    std::size_t header = 2;
    if (length >= 126) {
        const std::size_t more = length == 126 ? 2 : 8;
        header += more;
        if (bytes.size() < header)
            return {};
        length = 0;
        for (std::size_t i = 2; i < 2 + more; ++i)
            length = length << 8U | at(i);
    }
    if (bytes.size() < header + length)
        return {};
    return { static_cast<unsigned>(at(0) & 0xfU), bytes.substr(header, length), header + length };
}

std::string clientFrame(unsigned opcode, std::string_view payload)
{
    std::string frame(1, static_cast<char>(0x80U | opcode));
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80U | payload.size());
    } else {
        frame += static_cast<char>(0x80U | 126U);
        frame += static_cast<char>(payload.size() >> 8U);
        frame += static_cast<char>(payload.size() & 0xffU);
    }
    frame.append(4, '\0');
    frame += payload;
    return frame;
}

}
