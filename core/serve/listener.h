#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/serve/serveoptions.h"
#include "core/stream/hub.h"

#include <functional>
#include <memory>

namespace restream {

/// The one port: WebSocket, and HTTP. Lives on the engine thread; `hub` and `clock` outlive it.
class Listener final
{
public:
    Listener(Hub &hub, Clock &clock, ServeOptions options);
    ~Listener(); ///< cuts off who is left
    Listener(const Listener &) = delete;
    Listener &operator=(const Listener &) = delete;

    /// Binds and accepts, with as many descriptors as the process is allowed. Gives "http://127.0.0.1:7999/", or "https://…". Errors: `port_in_use` (names address and port), `bind_failed`.
    Result<QString> listen();
    /// Accepts no more, closes every client with 1001, and calls `done` once they are gone or after 2 s.
    void close(std::function<void()> done);

    [[nodiscard]] qint64 clients() const; ///< connections, HTTP ones included
    [[nodiscard]] int subscribers(const QByteArray &stream) const;
    /// How many messages were built for a stream since somebody uses it, each once for all who got it.
    [[nodiscard]] qint64 encoded(const QByteArray &stream) const;
    /// Called when clients() or subscribers() of any stream changed.
    std::function<void()> onClientsChanged;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}
