#include "core/serve/transport.h"

#include "core/serve/descriptortransport.h"
#include "core/serve/sockettransport.h"

#include <QSslSocket>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace restream {
namespace {

#if RESTREAM_LINUX
/// A descriptor of its own for the connection; -1: there can't be one.
int takeDescriptor(QTcpSocket &socket)
{
    if (qobject_cast<QSslSocket *>(&socket) != nullptr || socket.bytesToWrite() > 0)
        return -1;
    return ::fcntl(int(socket.socketDescriptor()), F_DUPFD_CLOEXEC, 0);
}

/// The same file by the lowest number there is: what serves a client may not climb, with each client that comes, into the numbers that are kept back.
int lowered(int descriptor)
{
    const int other = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (other < 0)
        return descriptor;
    ::close(std::max(descriptor, other));
    return std::min(descriptor, other);
}
#else
int takeDescriptor(QTcpSocket &)
{
    return -1;
}

int lowered(int descriptor)
{
    return descriptor;
}
#endif

}

std::unique_ptr<Transport> makeTransport(std::unique_ptr<QTcpSocket> socket)
{
    const int descriptor = takeDescriptor(*socket);
    if (descriptor < 0)
        return std::make_unique<SocketTransport>(std::move(socket));
    const bool isHigher = descriptor > int(socket->socketDescriptor());
    socket->abort();
    // Perhaps it is what calls.
    socket.release()->deleteLater();
    return std::make_unique<DescriptorTransport>(isHigher ? lowered(descriptor) : descriptor);
}

}
