#include "core/serve/clientsocket.h"

namespace restream {

qint64 ClientSocket::writeData(const char *data, qint64 size)
{
    if (!m_handshake)
        return QTcpSocket::writeData(data, size);
    QByteArray head(data, size);
    for (const QByteArray &name :
         { QByteArrayLiteral("\r\nAccess-Control-Allow-"), QByteArrayLiteral("\r\nServer:") }) {
        for (qsizetype at = head.indexOf(name); at >= 0; at = head.indexOf(name, at)) {
            const qsizetype end = head.indexOf("\r\n", at + 2);
            head.remove(at, end < 0 ? head.size() : end - at);
        }
    }
    const qint64 written = QTcpSocket::writeData(head.constData(), head.size());
    return written == head.size() ? size : written;
}

}
