#include "core/config/keystore.h"

namespace restream {
namespace {

void readNext(KeyStore &store, const QString &channel, QStringList names, Keys keys,
              std::function<void(Result<Keys>)> done)
{
    if (names.isEmpty())
        return done(std::move(keys));
    const QString name = names.takeFirst();
    store.read(channel, name,
               [&store, channel, name, names = std::move(names), keys = std::move(keys),
                done = std::move(done)](Result<QString> value) mutable {
                   if (!value)
                       return done(value.error());
                   keys.insert(name, *value);
                   readNext(store, channel, std::move(names), std::move(keys), std::move(done));
               });
}

}

void KeyStore::readAll(const QString &channel, const QStringList &names,
                       std::function<void(Result<Keys>)> done)
{
    readNext(*this, channel, names, {}, std::move(done));
}

}
