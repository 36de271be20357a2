#pragma once

#include <QByteArrayView>

#include <memory>
#include <span>

class QTcpSocket;

namespace restream {

/// The bytes of a WebSocket's connection after its handshake. Neither blocks nor queues: what the connection does not take stays the
/// caller's. Nothing of the owner is called from within a call, and no call of the owner may destroy the transport.
class Transport
{
public:
    class Owner
    {
    public:
        virtual void canRead() = 0; ///< bytes, or the end, are there
        virtual void canWrite() = 0; ///< some of what was held back may leave now

    protected:
        ~Owner() = default;
    };

    Transport() = default;
    virtual ~Transport() = default; ///< ends the connection
    Q_DISABLE_COPY_MOVE(Transport)

    /// From now on `owner` is told what comes.
    virtual void start(Owner &owner) = 0;
    /// Gives how many bytes were read; 0: none for now; -1: the connection is over.
    virtual qint64 read(char *to, qint64 size) = 0;
    /// Gives how many bytes of `parts`, counted from the first, have left for the kernel by now; -1: the connection is broken. What has
    /// not is offered again, held() first, once the owner is told.
    virtual qint64 write(std::span<const QByteArrayView> parts) = 0;
    /// Bytes at the front of what is offered next that can't be taken back.
    [[nodiscard]] virtual qint64 held() const = 0;
    virtual void setReading(bool on) = 0;
    virtual void setWriting(bool on) = 0; ///< whether canWrite() is wanted; at first it is not
    virtual void shutDown() = 0; ///< ends our side; all has left
    /// Whether anything left since the last call.
    [[nodiscard]] virtual bool takeProgress() = 0;
    /// Differs between connections.
    [[nodiscard]] virtual int number() const = 0;
};

/// Takes over a connection: by its bare descriptor where that can be, else by `socket` itself (TLS; where descriptors have run out; and
/// where the build is without RESTREAM_LINUX). What it has read already is the caller's to read first.
std::unique_ptr<Transport> makeTransport(std::unique_ptr<QTcpSocket> socket);

}
