#pragma once

#include "core/serve/httpresponse.h"
#include "core/serve/servecontext.h"

#include <functional>

namespace restream {

/// `GET /v1/channels/{name}/items` (docs/protocol.md §2): answers at once, or after the stream was loaded or fetched.
class ItemsRequest final
{
public:
    using Done = std::function<void(const HttpResponse &)>;

    /// `done` is called once, perhaps within the constructor, and not after the destructor. It may not destroy the request.
    ItemsRequest(ServeContext &context, const HttpRequestHead &request, const QString &channel,
                 Done done);
    ~ItemsRequest();
    ItemsRequest(const ItemsRequest &) = delete;
    ItemsRequest &operator=(const ItemsRequest &) = delete;

private:
    void loaded(StreamFeed &feed, bool wasPolled);
    void called(StreamFeed &feed);
    void answer(StreamFeed &feed, bool failed);
    void finish(const HttpResponse &response);
    [[nodiscard]] bool isFresh(const Stream &stream) const;
    [[nodiscard]] bool mayStillCome(const Stream &stream) const;

    ServeContext &m_context;
    QByteArray m_ifNoneMatch;
    Done m_done;
    StreamFeed *m_feed = nullptr; ///< while it waits
    std::unique_ptr<Timer> m_deadline;
};

}
