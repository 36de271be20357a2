#pragma once

#include "core/poll/bodydecoder.h"
#include "core/poll/httpclient.h"

#include <QNetworkReply>
#include <QObject>
#include <QSslError>

#include <optional>

class QNetworkRequest;

namespace restream {

/// One call of HttpClient: resolve, check, connect, follow redirects, decode.
class HttpExchange final : public HttpCall
{
public:
    HttpExchange(QNetworkAccessManager &manager, Clock &clock, HostResolver &resolver,
                 HttpRequest request, HttpClient::Done done);
    ~HttpExchange() override;

private:
    void begin();
    void resolved(QList<QHostAddress> addresses);
    void send();
    void addHeaders(QNetworkRequest &request) const;
    [[nodiscard]] QUrl addressedUrl() const;
    bool tryNextAddress();
    void dropReply();

    bool read();
    bool readHead();
    [[nodiscard]] bool isGood() const { return m_status / 100 == 2; }
    void replyFinished();
    void bodyEnded();
    void outOfTime();

    void redirect(const QUrl &target);
    [[nodiscard]] Error tooLarge() const;
    [[nodiscard]] Error notGzip() const;
    void fail(Error error);
    void finish(Result<HttpAnswer> result);

    QNetworkAccessManager &m_manager;
    HostResolver &m_resolver;
    HttpRequest m_request;
    HttpClient::Done m_done;
    QString m_host; ///< as messages name it
    QUrl m_url; ///< the one that is asked now, without secrets
    QList<QHostAddress> m_addresses;
    qsizetype m_address = 0;
    QList<QUrl> m_visited;

    Clock &m_clock;
    std::unique_ptr<HostResolver::Lookup> m_lookup;
    std::unique_ptr<Timer> m_deadline;
    std::unique_ptr<Timer>
        m_connectTimer; ///< runs until the request is out, where there is another address to try
    QNetworkReply *m_reply = nullptr; ///< owned until dropped
    int m_sent = 0;
    QList<QSslError> m_tlsErrors;
    int m_status = 0; ///< 0: no head yet
    std::optional<BodyDecoder> m_decoder;
    QObject m_context; ///< last: its destruction ends all connections
};

}
