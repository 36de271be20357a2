#include "app/tailclient.h"

#include "core/stream/jsontext.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QWebSocket>

namespace restream {
namespace {

using namespace std::chrono_literals;

constexpr qint64 firstDelayMs = 1000;
constexpr qint64 longestDelayMs = 30000;
constexpr auto beatInterval = 30s;
constexpr auto goodbyeTimeout = 1s;
constexpr quint64 longestMessage = 1024ULL * 1024 * 1024;

/// What a server may answer now and not the next time.
bool mayPass(const QByteArray &code)
{
    return code == "too_many_streams" || code == "rate_limited" || code == "internal";
}

/// The HTTP status that a handshake was refused with; 0: it was something else. QWebSocket tells in words only.
int refusedWith(const QString &errorText)
{
    static const QRegularExpression form(u"status code: (\\d{3})"_qs);
    return form.match(errorText).captured(1).toInt();
}

QString seconds(qint64 ms)
{
    return QString::number(double(ms) / 1000, 'f', 1) % QLatin1String(" s");
}

}

TailClient::TailClient(TailOptions options, Clock &clock, std::function<double()> random)
    : m_options(std::move(options)),
      m_clock(clock),
      m_random(std::move(random)),
      m_retryTimer(clock.makeTimer([this] { open(); })),
      m_beatTimer(clock.makeTimer([this] { beat(); }))
{
}

TailClient::~TailClient()
{
    if (m_socket)
        m_socket->disconnect();
}

void TailClient::start()
{
    open();
}

void TailClient::stop()
{
    if (!m_socket || m_socket->state() != QAbstractSocket::ConnectedState) {
        end({});
        return;
    }
    m_stopping = true;
    m_beatTimer->start(goodbyeTimeout);
    m_socket->close();
}

void TailClient::open()
{
    m_socket = std::make_unique<QWebSocket>();
    m_socket->setMaxAllowedIncomingFrameSize(longestMessage);
    m_socket->setMaxAllowedIncomingMessageSize(longestMessage);
    QWebSocket *socket = m_socket.get();
    QObject::connect(socket, &QWebSocket::connected, socket, [this] { subscribe(); });
    QObject::connect(socket, &QWebSocket::textMessageReceived, socket,
                     [this](const QString &text) { received(text.toUtf8()); });
    QObject::connect(socket, &QWebSocket::pong, socket, [this] { m_answered = true; });
    QObject::connect(socket, &QWebSocket::disconnected, socket, [this] { connectionEnded(); });
    QObject::connect(socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), socket,
                     [this] { connectionEnded(); });
    socket->open(m_options.server);
}

/// Lets go of the connection; safe inside one of its signals.
void TailClient::drop()
{
    m_beatTimer->stop();
    if (!m_socket)
        return;
    m_socket->disconnect();
    m_socket.release()->deleteLater();
}

void TailClient::subscribe()
{
    QJsonObject params;
    for (auto param = m_options.params.begin(); param != m_options.params.end(); ++param)
        params.insert(param.key(), param.value());
    QJsonObject message { { u"action"_qs, u"subscribe"_qs },
                          { u"channel"_qs, m_options.channel },
                          { u"updates"_qs, m_options.updates } };
    if (!params.isEmpty())
        message.insert(u"params"_qs, params);
    if (m_seq > 0)
        message.insert(
            u"since"_qs,
            QJsonObject { { u"epoch"_qs, QString::fromLatin1(m_epoch) }, { u"seq"_qs, m_seq } });
    m_socket->sendTextMessage(
        QString::fromUtf8(QJsonDocument(message).toJson(QJsonDocument::Compact)));
    m_answered = true;
    m_beatTimer->start(beatInterval);
}

void TailClient::received(const QByteArray &text)
{
    if (validateJson(text)) {
        end(Error {
            u"refused"_qs,
            u"what answers at %1 is no Restream server: it sent something that is not JSON"_qs.arg(
                m_options.server.toString()) });
        return;
    }
    const JsonSlice message(text);
    const QByteArray type = message.member("type").string();
    if (type == "ready" || type == "pong")
        return;
    if (type == "error") {
        failed({ QString::fromUtf8(message.member("code").string()),
                 QString::fromUtf8(message.member("message").string()) });
        return;
    }
    if (type == "subscribed" && m_attempts > 0 && m_seq > 0 && onNotice)
        onNotice(u"connected again"_qs);
    if (type == "subscribed")
        m_attempts = 0;
    if (type == "snapshot" || type == "changes") {
        m_epoch = message.member("epoch").string();
        m_seq = message.member("seq").text().toByteArray().toLongLong();
    }
    if (onMessage)
        onMessage(text);
    if (type == "unsubscribed")
        end(Error { u"unsubscribed"_qs, u"the server ended the subscription"_qs });
}

void TailClient::failed(const Error &error)
{
    if (mayPass(error.code.toLatin1()))
        retry(error.message);
    else
        end(error);
}

void TailClient::connectionEnded()
{
    if (m_stopping) {
        end({});
        return;
    }
    const int status = refusedWith(m_socket->errorString());
    const auto closed = int(m_socket->closeCode());
    const QString where = m_options.server.toString();
    // 408, 429 and 5xx are of the moment.
    if (status >= 400 && status < 500 && status != 408 && status != 429) {
        end(Error { u"refused"_qs,
                    u"%1 refused the connection with HTTP %2; is it a Restream server?"_qs.arg(
                        where, QString::number(status)) });
    } else if (closed == 4401) {
        end(Error { u"unauthorized"_qs, u"%1 wants an access token"_qs.arg(where) });
    } else if (m_socket->error() == QAbstractSocket::UnknownSocketError
               || closed == QWebSocketProtocol::CloseCodeGoingAway) {
        retry(u"%1 went away"_qs.arg(where));
    } else {
        retry(u"%1: %2"_qs.arg(where, m_socket->errorString()));
    }
}

void TailClient::retry(const QString &why)
{
    drop();
    const qint64 base = std::min(firstDelayMs << std::min(m_attempts, 10), longestDelayMs);
    const auto delay = qint64(double(base) * (0.5 + m_random()));
    ++m_attempts;
    if (onNotice)
        onNotice(u"%1; next try in %2"_qs.arg(why, seconds(delay)));
    m_retryTimer->start(std::chrono::milliseconds(delay));
}

/// A server that vanished without a word is noticed by its silence.
void TailClient::beat()
{
    if (m_stopping) {
        end({});
        return;
    }
    if (!m_answered) {
        retry(u"%1 has stopped answering"_qs.arg(m_options.server.toString()));
        return;
    }
    m_answered = false;
    m_socket->ping();
    m_beatTimer->start(beatInterval);
}

void TailClient::end(Result<void> outcome)
{
    if (std::exchange(m_ended, true))
        return;
    m_retryTimer->stop();
    drop();
    if (onEnded)
        onEnded(std::move(outcome));
}

}
