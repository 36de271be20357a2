#pragma once

#include "core/poll/fetcher.h"

#include <functional>
#include <utility>

namespace restream {

/// What the test sees and says of a FakeFetcher; outlives it.
struct FetchScript
{
    int calls = 0;
    bool remote = true;
    FetchRequest request; ///< the last one
    std::function<void(FetchResult)> pending; ///< the call under way

    void answer(FetchResult result) { std::exchange(pending, nullptr)(std::move(result)); }
    void answerBody(const QByteArray &body)
    {
        FetchResult result;
        result.kind = FetchResult::Kind::Body;
        result.body = body;
        answer(std::move(result));
    }
    void answer(FetchResult::Kind kind, const QString &code = {})
    {
        FetchResult result;
        result.kind = kind;
        result.error = { code, QStringLiteral("a message") };
        answer(std::move(result));
    }
};

/// Answers when the test says so.
class FakeFetcher final : public Fetcher
{
public:
    explicit FakeFetcher(FetchScript &script) : m_script(script) { }
    ~FakeFetcher() override { m_script.pending = nullptr; }

    void fetch(const FetchRequest &request, std::function<void(FetchResult)> done) override
    {
        ++m_script.calls;
        m_script.request = request;
        m_script.pending = std::move(done);
    }
    void cancel() override { m_script.pending = nullptr; }
    [[nodiscard]] bool isRemote() const override { return m_script.remote; }

private:
    FetchScript &m_script;
};

}
