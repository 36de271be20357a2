#pragma once

#include "core/clock.h"
#include "core/config/params.h"
#include "core/result.h"

#include <QByteArray>
#include <QUrl>

#include <functional>
#include <memory>

class QWebSocket;

namespace restream {

struct TailOptions
{
    QUrl server; ///< ws://127.0.0.1:7999/v1/stream
    QString channel;
    Params params;
    QString updates; ///< "item", "patch", "merge"
};

/// One subscription to a running server over /v1/stream that outlives the server: when the connection is lost, it comes back after a
/// growing, jittered delay and resumes after the last changeset that it saw. Lives on one thread with an event loop.
class TailClient final
{
public:
    /// `random` gives [0, 1). `clock` outlives the client.
    TailClient(TailOptions options, Clock &clock, std::function<double()> random);
    ~TailClient();
    TailClient(const TailClient &) = delete;
    TailClient &operator=(const TailClient &) = delete;

    void start();
    /// Says good-bye; onEnded follows with success.
    void stop();

    std::function<void(const QByteArray &message)> onMessage; ///< as sent, ready and pong left out
    std::function<void(const QString &text)>
        onNotice; ///< what a person should know: lost, connected again
    /// Called once: stopped, or an error that another try can't mend (`unknown_channel`, `bad_param`, `refused`, …).
    std::function<void(Result<void>)> onEnded;

private:
    void open();
    void drop();
    void subscribe();
    void received(const QByteArray &text);
    void failed(const Error &error);
    void connectionEnded();
    void retry(const QString &why);
    void beat();
    void end(Result<void> outcome);

    TailOptions m_options;
    Clock &m_clock;
    std::function<double()> m_random;
    std::unique_ptr<Timer> m_retryTimer;
    std::unique_ptr<Timer> m_beatTimer;
    std::unique_ptr<QWebSocket> m_socket;
    QByteArray m_epoch;
    qint64 m_seq = 0; ///< 0: nothing seen yet
    int m_attempts = 0; ///< in a row that failed
    bool m_answered = true; ///< since the last ping
    bool m_stopping = false;
    bool m_ended = false;
};

}
