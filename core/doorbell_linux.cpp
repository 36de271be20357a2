#include "core/doorbell.h"

#include <QSocketNotifier>

#include <sys/eventfd.h>
#include <unistd.h>

namespace restream {

struct Doorbell::Private
{
    Private()
        : descriptor(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
          notifier(descriptor, QSocketNotifier::Read)
    {
    }
    ~Private()
    {
        notifier.setEnabled(false);
        ::close(descriptor);
    }
    Q_DISABLE_COPY_MOVE(Private)

    const int descriptor;
    QSocketNotifier notifier;
};

Doorbell::Doorbell(std::function<void()> onRing) : d(std::make_unique<Private>())
{
    QObject::connect(&d->notifier, &QSocketNotifier::activated, &d->notifier,
                     [descriptor = d->descriptor, onRing = std::move(onRing)] {
                         eventfd_t rings = 0;
                         ::eventfd_read(descriptor, &rings);
                         onRing();
                     });
}

Doorbell::~Doorbell() = default;

void Doorbell::ring() const
{
    ::eventfd_write(d->descriptor, 1);
}

}
