#pragma once

#include <netinet/in.h>

#include <cstdint>

namespace bench {

/// CLOCK_MONOTONIC in nanoseconds.
std::uint64_t monotonicNs();

/// As many open files as the system lets this process have.
void raiseFileLimit();

/// 127.0.0.1 plus `offset`.
sockaddr_in loopbackAddress(std::uint32_t offset, std::uint16_t port);

/// A listening socket on 127.0.0.1 (port 0: a free one). Ends the program where that fails.
int listenOn(std::uint16_t port);

/// The port that a listening socket has.
std::uint16_t portOf(int listener);

/// Lets `epoll` tell when `fd` can be read; what it tells is the descriptor.
void watch(int epoll, int fd);

/// A new connection, non-blocking, without delay, watched by `epoll`; -1: none waits.
int acceptFrom(int listener, int epoll);

}
