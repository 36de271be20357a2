#pragma once

#include "core/serve/transport.h"

#include <QObject>

namespace restream {

/// What was written to a socket and has not left for the kernel: on TLS, what waits for encryption and what waits behind it.
qint64 unsentBytes(const QTcpSocket &socket);
/// Calls `wrote` when unsentBytes() may have become less, as long as `receiver` lives.
void onBytesSent(QTcpSocket &socket, QObject *receiver, const std::function<void()> &wrote);

/// A connection through Qt's own socket, TLS or plain. It hands the socket one portion at a time, so that what waits stays the
/// caller's, as it does with a bare descriptor.
class SocketTransport final : public Transport
{
public:
    explicit SocketTransport(std::unique_ptr<QTcpSocket> socket);
    ~SocketTransport() override;

    void start(Owner &owner) override;
    qint64 read(char *to, qint64 size) override;
    qint64 write(std::span<const QByteArrayView> parts) override;
    [[nodiscard]] qint64 held() const override { return m_held; }
    void setReading(bool on) override;
    void setWriting(bool on) override { m_writing = on; }
    void shutDown() override;
    [[nodiscard]] bool takeProgress() override { return std::exchange(m_progress, false); }
    [[nodiscard]] int number() const override;

private:
    [[nodiscard]] bool isOpen() const;
    void canRead();
    void sent();
    void ended();

    QObject m_loop; ///< whose queued calls end with it
    std::unique_ptr<QTcpSocket> m_socket;
    Owner *m_owner = nullptr;
    qint64 m_held = 0; ///< bytes of the portion that the socket has and the kernel has not
    bool m_reading = true;
    bool m_writing = false;
    bool m_inCall = false; ///< a signal comes from within a call: the owner is not told
    bool m_progress = false;
};

}
