#include "core/serve/descriptortransport.h"

#include <QSocketNotifier>

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace restream {
namespace {

constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
constexpr size_t mostParts = 64;

ssize_t sendParts(int descriptor, std::span<const QByteArrayView> parts)
{
    if (parts.size() == 1)
        return ::send(descriptor, parts[0].data(), size_t(parts[0].size()), flags);
    std::array<iovec, mostParts> vectors; // NOLINT(*-member-init): only what is filled in is read
    const size_t count = std::min(parts.size(), mostParts);
    for (size_t i = 0; i < count; ++i) {
        // sendmsg() only reads what an iovec, which knows no const, points to.
        vectors[i].iov_base = const_cast<char *>(parts[i].data()); // NOLINT(*-const-cast)
        vectors[i].iov_len = size_t(parts[i].size());
    }
    msghdr message {};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    return ::sendmsg(descriptor, &message, flags);
}

}

DescriptorTransport::DescriptorTransport(int descriptor) : m_descriptor(descriptor)
{
}

DescriptorTransport::~DescriptorTransport()
{
    m_readable.reset();
    m_writable.reset();
    ::close(m_descriptor);
}

void DescriptorTransport::start(Owner &owner)
{
    m_owner = &owner;
    m_readable = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Read);
    QObject::connect(m_readable.get(), &QSocketNotifier::activated, m_readable.get(),
                     [this] { m_owner->canRead(); });
}

qint64 DescriptorTransport::read(char *to, qint64 size)
{
    const ssize_t got = ::recv(m_descriptor, to, size_t(size), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    return got > 0 ? got : -1;
}

qint64 DescriptorTransport::write(std::span<const QByteArrayView> parts)
{
    for (;;) {
        const ssize_t sent = sendParts(m_descriptor, parts);
        if (sent >= 0) {
            m_progress = true;
            return sent;
        }
        if (errno != EINTR)
            return errno == EAGAIN ? 0 : -1;
    }
}

void DescriptorTransport::setReading(bool on)
{
    if (m_readable)
        m_readable->setEnabled(on);
}

void DescriptorTransport::setWriting(bool on)
{
    if (m_writable) {
        m_writable->setEnabled(on);
    } else if (on) {
        m_writable = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Write);
        QObject::connect(m_writable.get(), &QSocketNotifier::activated, m_writable.get(),
                         [this] { m_owner->canWrite(); });
    }
}

void DescriptorTransport::shutDown()
{
    ::shutdown(m_descriptor, SHUT_WR);
}

}
