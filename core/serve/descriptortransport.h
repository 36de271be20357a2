#pragma once

#include "core/serve/transport.h"

class QSocketNotifier;

namespace restream {

/// A plain connection by its bare descriptor: a QTcpSocket costs memory, and a copy of all that it sends.
class DescriptorTransport final : public Transport
{
public:
    /// Takes `descriptor`, which does not block, and closes it in the end.
    explicit DescriptorTransport(int descriptor);
    ~DescriptorTransport() override;

    void start(Owner &owner) override;
    qint64 read(char *to, qint64 size) override;
    qint64 write(std::span<const QByteArrayView> parts) override;
    [[nodiscard]] qint64 held() const override { return 0; }
    void setReading(bool on) override;
    void setWriting(bool on) override;
    void shutDown() override;
    [[nodiscard]] bool takeProgress() override { return std::exchange(m_progress, false); }
    [[nodiscard]] int number() const override { return m_descriptor; }

private:
    std::unique_ptr<QSocketNotifier> m_readable;
    std::unique_ptr<QSocketNotifier> m_writable; ///< made when something had to wait
    Owner *m_owner = nullptr;
    int m_descriptor;
    bool m_progress = false;
};

}
