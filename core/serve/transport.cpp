#include "core/serve/transport.h"

#include "core/serve/descriptortransport.h"
#include "core/serve/sockettransport.h"

#include <QSslSocket>

#include <fcntl.h>

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
#else
int takeDescriptor(QTcpSocket &)
{
    return -1;
}
#endif

}

std::unique_ptr<Transport> makeTransport(std::unique_ptr<QTcpSocket> socket)
{
    const int descriptor = takeDescriptor(*socket);
    if (descriptor < 0)
        return std::make_unique<SocketTransport>(std::move(socket));
    socket->abort();
    // Perhaps it is what calls.
    socket.release()->deleteLater();
    return std::make_unique<DescriptorTransport>(descriptor);
}

}
