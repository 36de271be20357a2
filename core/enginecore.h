#pragma once

#include "core/config/configstore.h"
#include "core/config/keycache.h"
#include "core/engine.h"
#include "core/instancelock.h"
#include "core/serve/listener.h"
#include "core/stream/streamhub.h"
#include "core/trial.h"

#include <memory>
#include <optional>

namespace restream {

/// What the engine tells the main thread. Called on the engine thread.
struct EngineOutput
{
    std::function<void(EngineSnapshot)> snapshot;
    std::function<void(QByteArray stream, std::vector<Item> items)> watchedItems;
    std::function<void(QByteArray stream, ChangesetPtr changes)> watchedChanges;
    std::function<void(Error error)> watchFailed;
    std::function<void(Error error)> listeningFailed;
};

/// All of core that lives on the engine thread, put together. Made, used and destroyed there.
class EngineCore final : private StreamObserver
{
public:
    EngineCore(const EngineOptions &options, KeyCache::Source keys, EngineOutput output);
    ~EngineCore() override;
    EngineCore(const EngineCore &) = delete;
    EngineCore &operator=(const EngineCore &) = delete;

    /// As Engine::start().
    Result<QString> start();
    /// Sends the clients away, then calls `done`.
    void shutdown(std::function<void()> done);

    void watch(const QString &channel, const Params &params);
    void unwatch();
    Result<QString> listen(quint16 port);
    void setListening(bool on, quint16 port);
    void keysChanged();
    /// As the facade's calls of like names.
    [[nodiscard]] Result<DefinitionSource> definition(const QString &channel) const;
    Result<DefinitionSource> saveDefinition(const QString &channel, const QByteArray &json,
                                            const QByteArray &basedOn);
    Result<void> removeDefinition(const QString &channel, const QByteArray &basedOn);
    void tryDefinition(const QByteArray &json, const Params &params, const Keys &keys,
                       Trial::Done done);
    void cancelTry();
    Result<qint64> pollNow(const QByteArray &stream);
    [[nodiscard]] std::vector<ItemVersion> itemHistory(const QByteArray &stream,
                                                       const QByteArray &id) const;

private:
    void streamChanged(const Stream &stream, const ChangesetPtr &changes) override;
    void streamReset(const Stream &stream) override;
    void streamStatusChanged(const Stream &) override { }
    void streamClosed(const Stream &stream, const Error &reason) override;

    void tellItems(const Stream &stream);
    void dropUnused();
    void snapshotSoon();
    void tellSnapshot();
    [[nodiscard]] EngineSnapshot makeSnapshot() const;

    const EngineOptions m_options;
    const EngineOutput m_output;
    SystemClock m_clock;
    KeyCache m_keys;
    const DefinitionFiles m_files;
    InstanceLock m_lock;
    Worker m_worker;
    std::unique_ptr<StateStore> m_store;
    std::unique_ptr<StreamHub> m_hub;
    std::unique_ptr<ConfigStore> m_config;
    std::unique_ptr<Trial> m_trial; ///< the last one asked for
    std::unique_ptr<Listener> m_listener;
    std::unique_ptr<Listener> m_closing; ///< says goodbye to its clients
    std::unique_ptr<Timer> m_closed;
    std::unique_ptr<Timer> m_daily;
    std::unique_ptr<Timer> m_snapshotTimer;
    QString m_url;
    quint16 m_port = 0;
};

}
