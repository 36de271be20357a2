#pragma once

#include <QTcpSocket>

namespace restream {

/// An accepted connection. QWebSocketServer answers every handshake with `Access-Control-Allow-Origin: *` and says what it is made with;
/// between the two calls those two lines are taken out.
class ClientSocket final : public QTcpSocket
{
public:
    /// What is written next is the head of a handshake's answer.
    void beginHandshake() { m_handshake = true; }
    void endHandshake() { m_handshake = false; }

protected:
    qint64 writeData(const char *data, qint64 size) override;

private:
    bool m_handshake = false;
};

}
