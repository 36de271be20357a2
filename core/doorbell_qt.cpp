#include "core/doorbell.h"

#include <QObject>

namespace restream {

struct Doorbell::Private
{
    QObject receiver;
    const std::function<void()> onRing;
};

Doorbell::Doorbell(std::function<void()> onRing) : d(new Private { {}, std::move(onRing) })
{
}

Doorbell::~Doorbell() = default;

void Doorbell::ring() const
{
    QMetaObject::invokeMethod(&d->receiver, d->onRing, Qt::QueuedConnection);
}

}
