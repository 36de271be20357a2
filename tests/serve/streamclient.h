#pragma once

#include "tests/serve/testserver.h"

namespace restream {

/// A client of /v1/stream that has said hello.
class StreamClient final
{
public:
    explicit StreamClient(const TestServer &server) : m_socket(server, QStringLiteral("/v1/stream"))
    {
        if (!m_socket.opens())
            qFatal("no connection");
    }

    void send(const QByteArray &message) { m_socket.send(message); }
    void subscribe(const QByteArray &members = {})
    {
        send(R"({"action":"subscribe","channel":"plain")"
             + (members.isEmpty() ? members : ',' + members) + '}');
    }
    QByteArray next() { return m_socket.next(); }
    /// Types of the messages up to the answer to a ping sent now.
    QList<QByteArray> restOfTypes()
    {
        send(R"({"action":"ping","ref":"rest"})");
        QList<QByteArray> types;
        for (;;) {
            const QByteArray message = next();
            if (message.isNull() || message == R"({"type":"pong","ref":"rest"})")
                return types;
            types << memberOf(message, "type");
        }
    }

private:
    WsClient m_socket;
};

/// The answer to a subscription to "plain"; `more`: further members, with their comma.
inline QByteArray subscribedAt(qint64 seq, const QByteArray &more = {})
{
    return R"({"type":"subscribed","stream":"plain","channel":"plain","params":{},"epoch":"k3w9","seq":)"
        + QByteArray::number(seq) + more + '}';
}

}
