#pragma once

#include "core/poll/httpclient.h"
#include "tests/support/fakeclock.h"
#include "tests/support/faultserver.h"

#include <QEventLoop>
#include <QTest>
#include <QTimer>

namespace restream {

/// Knows the names that a test tells it, and no others.
class FakeResolver final : public HostResolver
{
public:
    std::unique_ptr<Lookup> resolve(const QString &host,
                                    std::function<void(QList<QHostAddress>)> done) override
    {
        struct Pending final : Lookup
        {
            QObject context;
        };
        auto pending = std::make_unique<Pending>();
        asked.append(host);
        if (!silent) {
            QMetaObject::invokeMethod(
                &pending->context,
                [this, host, done = std::move(done)] {
                    const auto tell = done;
                    tell(names.value(host));
                },
                Qt::QueuedConnection);
        }
        return pending;
    }

    QMap<QString, QList<QHostAddress>> names;
    QStringList asked;
    bool silent = false; ///< never answers
};

/// Makes calls with a client whose clock stands still and whose names are made up.
class HttpCaller final
{
public:
    HttpCaller()
        : m_owned(std::make_unique<FakeResolver>()),
          resolver(*m_owned),
          client(clock, std::move(m_owned))
    {
    }

    /// Starts a call; `answer` is set when it ends.
    void start(HttpRequest request)
    {
        answer.reset();
        calls = 0;
        m_call = client.get(std::move(request), [this](Result<HttpAnswer> result) {
            ++calls;
            answer = std::move(result);
            m_call.reset();
            m_ended();
        });
    }
    /// Makes a call and waits for its end.
    Result<HttpAnswer> get(HttpRequest request)
    {
        // A loop of its own: QTest::qWaitFor() sleeps between the events, and a long body has many.
        QEventLoop loop;
        QTimer::singleShot(20000, &loop, &QEventLoop::quit);
        m_ended = [&] { loop.quit(); };
        start(std::move(request));
        loop.exec();
        m_ended = [] {};
        if (!answer)
            return Error { QStringLiteral("test_hangs"), {} };
        return *answer;
    }
    Result<HttpAnswer> get(const QUrl &url) { return get(local(url)); }
    void cancel() { m_call.reset(); }

    /// A request to this machine, which needs leave.
    static HttpRequest local(const QUrl &url)
    {
        HttpRequest request;
        request.url = url;
        request.allowPrivate = true;
        return request;
    }

private:
    std::unique_ptr<FakeResolver> m_owned;

public:
    FakeClock clock;
    FakeResolver &resolver;
    HttpClient client;
    std::optional<Result<HttpAnswer>> answer;
    int calls = 0;

private:
    std::function<void()> m_ended = [] {};
    std::unique_ptr<HttpCall> m_call; ///< last: the client outlives it
};

}
