#include "core/doorbell.h"

#include <QObject>

namespace restream {

struct Doorbell::Private
{
    explicit Private(std::function<void()> ringing) : onRing(std::move(ringing)) { }

    QObject receiver;
    const std::function<void()> onRing;
};

Doorbell::Doorbell(std::function<void()> onRing) : d(std::make_unique<Private>(std::move(onRing)))
{
}

Doorbell::~Doorbell() = default;

void Doorbell::ring() const
{
    QMetaObject::invokeMethod(&d->receiver, d->onRing, Qt::QueuedConnection);
}

}
