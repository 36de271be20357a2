#pragma once

#include "core/clock.h"
#include "core/config/keystore.h"
#include "core/enginefacade.h"
#include "core/poll/fetcher.h"
#include "core/result.h"
#include "core/serve/serveoptions.h"

#include <functional>
#include <memory>

namespace restream {

struct EngineOptions
{
    QString catalogFolder; ///< ":/catalog" in the programs
    QString configFolder; ///< its channels/*.json are the user's own
    QString dataFolder; ///< restream.db and the lock; created where missing
    ServeOptions serve;
    /// Called once on the engine thread, whose clock it gets.
    std::function<FetcherFactory(Clock &)> fetchers;
};

/// The whole of core on a thread of its own, behind the facade. Made, used and destroyed on the main thread, whose event loop must run
/// for signals to come; `keys` lives there too and outlives it.
class Engine final : public EngineFacade
{
    Q_OBJECT

public:
    Engine(EngineOptions options, KeyStore &keys);
    ~Engine() override; ///< as stop()

    /// Opens the data folder, reads the channels and listens; blocks until that is done. Gives the URL that clients use.
    /// Errors: `data_in_use` (by whom), `store_unwritable`, `store_newer`, `port_in_use`, `bind_failed`. After port_in_use and bind_failed the engine runs on without
    /// clients: setListening() tries again.
    Result<QString> start();
    /// Clients get 1001, everything is committed. Blocks; at most some seconds.
    void stop();

    [[nodiscard]] const EngineSnapshot &snapshot() const override;
    void watch(const QString &channel, const restream::Params &params) override;
    void unwatch() override;
    void setListening(bool on, quint16 port) override;
    void readDefinition(const QString &channel, Done<Result<DefinitionSource>> done) override;
    void saveDefinition(const QString &channel, const QByteArray &json, const QByteArray &basedOn,
                        Done<Result<DefinitionSource>> done) override;
    void removeDefinition(const QString &channel, const QByteArray &basedOn,
                          Done<Result<void>> done) override;
    void tryDefinition(const QByteArray &json, const restream::Params &params,
                       const restream::Keys &keys, Done<TryOutcome> done) override;
    void cancelTry() override;
    void readKeys(Done<QList<KeyInfo>> done) override;
    void setKey(const QString &owner, const QString &name, const QString &value,
                Done<Result<void>> done) override;
    void removeKey(const QString &owner, const QString &name, Done<Result<void>> done) override;
    [[nodiscard]] QString keyStoreName() const override;
    void readItemHistory(const QByteArray &stream, const QByteArray &id,
                         Done<std::vector<ItemVersion>> done) override;
    void pollNow(const QByteArray &stream, Done<Result<qint64>> done) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}
