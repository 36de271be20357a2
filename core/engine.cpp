#include "core/engine.h"

#include "core/enginecore.h"
#include "core/keyoverview.h"
#include "core/logging.h"
#include "core/mailbox.h"

#if RESTREAM_LINUX
#include "core/loop/epolldispatcher.h"
#endif

#include <QThread>

#include <future>

namespace restream {
namespace {

/// What the engine thread hands back once it has tried to start.
struct Started
{
    Result<QString> url;
    Mailbox::Address mailbox; ///< empty: the thread has ended
    EngineCore *core = nullptr; ///< for tasks in that mailbox only
};

class EngineThread final : public QThread
{
public:
    using Make = std::function<std::unique_ptr<EngineCore>(const Mailbox::Address &own)>;

    explicit EngineThread(Make make) : m_make(std::move(make))
    {
        setObjectName(QStringLiteral("engine"));
    }
    std::future<Started> started() { return m_started.get_future(); }

protected:
    void run() override
    {
        Mailbox mailbox;
        const std::unique_ptr<EngineCore> core = m_make(mailbox.address());
        Result<QString> url = core->start();
        const QString code = url ? QString() : url.error().code;
        const bool runs =
            url || code == QLatin1String("port_in_use") || code == QLatin1String("bind_failed");
        m_started.set_value(
            { std::move(url), runs ? mailbox.address() : Mailbox::Address(), core.get() });
        if (runs)
            exec();
    }

private:
    Make m_make;
    std::promise<Started> m_started;
};

}

struct Engine::Private
{
    Private(Engine *engine, EngineOptions engineOptions, KeyStore &keyStore)
        : q(engine),
          options(std::move(engineOptions)),
          keys(keyStore)
    {
    }

    void post(std::function<void(EngineCore &)> task) const
    {
        engineThread.post([core = core, task = std::move(task)] { task(*core); });
    }
    /// Asks the engine on its thread; the answer comes back on this one.
    template<typename T>
    void ask(std::function<T(EngineCore &)> question, std::function<void(T)> done) const
    {
        post([main = mailbox.address(), question = std::move(question),
              done = std::move(done)](EngineCore &engine) {
            main.post([done, answer = question(engine)]() mutable { done(std::move(answer)); });
        });
    }
    /// What a key store answers at once comes later too; nothing after the end.
    template<typename T>
    [[nodiscard]] std::function<void(T)> later(std::function<void(T)> done) const
    {
        return [main = mailbox.address(), done = std::move(done)](T answer) {
            main.post([done, answer = std::move(answer)]() mutable { done(std::move(answer)); });
        };
    }
    [[nodiscard]] EngineOutput output();
    [[nodiscard]] KeyCache::Source keySource(const Mailbox::Address &engine);

    Engine *const q;
    const EngineOptions options;
    KeyStore &keys;
    Mailbox mailbox; ///< of the main thread
    std::unique_ptr<EngineThread> thread;
    Mailbox::Address engineThread;
    EngineCore *core = nullptr;
    EngineSnapshot snapshot;
};

EngineOutput Engine::Private::output()
{
    const Mailbox::Address main = mailbox.address();
    EngineOutput output;
    output.snapshot = [this, main](EngineSnapshot next) {
        main.post([this, next = std::move(next)] {
            snapshot = next;
            emit q->snapshotChanged();
        });
    };
    output.watchedItems = [this, main](QByteArray stream, std::vector<Item> items) {
        main.post([this, stream = std::move(stream), items = std::move(items)] {
            emit q->watchedItems(stream, items);
        });
    };
    output.watchedChanges = [this, main](QByteArray stream, ChangesetPtr changes) {
        main.post([this, stream = std::move(stream), changes = std::move(changes)] {
            emit q->watchedChanges(stream, changes);
        });
    };
    output.watchFailed = [this, main](Error error) {
        main.post([this, error = std::move(error)] { emit q->watchFailed(error); });
    };
    output.listeningFailed = [this, main](Error error) {
        main.post([this, error = std::move(error)] { emit q->listeningFailed(error); });
    };
    return output;
}

/// Asks the key store on the main thread, answers on the engine's.
KeyCache::Source Engine::Private::keySource(const Mailbox::Address &engine)
{
    return [this, engine, main = mailbox.address()](const QString &channel,
                                                    const QStringList &names, KeyCache::Done done) {
        main.post([this, engine, channel, names, done = std::move(done)] {
            keys.readAll(channel, names, [engine, done](const Result<Keys> &read) {
                engine.post([done, read] { done(read); });
            });
        });
    };
}

Engine::Engine(EngineOptions options, KeyStore &keys)
    : d(std::make_unique<Private>(this, std::move(options), keys))
{
    d->keys.onChanged = [this] { d->post([](EngineCore &core) { core.keysChanged(); }); };
}

Engine::~Engine()
{
    d->keys.onChanged = nullptr;
    stop();
}

Result<QString> Engine::start()
{
    d->thread = std::make_unique<EngineThread>([this](const Mailbox::Address &own) {
        return std::make_unique<EngineCore>(d->options, d->keySource(own), d->output());
    });
#if RESTREAM_LINUX
    d->thread->setEventDispatcher(new EpollDispatcher);
#endif
    std::future<Started> future = d->thread->started();
    d->thread->start();
    const Started started = future.get();
    d->engineThread = started.mailbox;
    d->core = started.core;
    return started.url;
}

void Engine::stop()
{
    if (!d->thread)
        return;
    d->post([](EngineCore &core) { core.shutdown([] { QThread::currentThread()->quit(); }); });
    d->thread->wait();
    d->thread.reset();
    d->engineThread = {};
    d->core = nullptr;
}

const EngineSnapshot &Engine::snapshot() const
{
    return d->snapshot;
}

void Engine::watch(const QString &channel, const restream::Params &params)
{
    d->post([channel, params](EngineCore &core) { core.watch(channel, params); });
}

void Engine::unwatch()
{
    d->post([](EngineCore &core) { core.unwatch(); });
}

void Engine::setListening(bool on, quint16 port)
{
    d->post([on, port](EngineCore &core) { core.setListening(on, port); });
}

void Engine::readDefinition(const QString &channel, Done<Result<DefinitionSource>> done)
{
    d->ask<Result<DefinitionSource>>(
        [channel](const EngineCore &core) { return core.definition(channel); }, std::move(done));
}

void Engine::saveDefinition(const QString &channel, const QByteArray &json,
                            const QByteArray &basedOn, Done<Result<DefinitionSource>> done)
{
    d->ask<Result<DefinitionSource>>(
        [=](EngineCore &core) { return core.saveDefinition(channel, json, basedOn); },
        std::move(done));
}

void Engine::removeDefinition(const QString &channel, const QByteArray &basedOn,
                              Done<Result<void>> done)
{
    d->ask<Result<void>>([=](EngineCore &core) { return core.removeDefinition(channel, basedOn); },
                         std::move(done));
}

void Engine::readItemHistory(const QByteArray &stream, const QByteArray &id,
                             Done<std::vector<ItemVersion>> done)
{
    d->ask<std::vector<ItemVersion>>(
        [=](const EngineCore &core) { return core.itemHistory(stream, id); }, std::move(done));
}

void Engine::readKeys(Done<QList<KeyInfo>> done)
{
    readKeyOverview(d->snapshot, d->keys, d->later(std::move(done)));
}

void Engine::setKey(const QString &owner, const QString &name, const QString &value,
                    Done<Result<void>> done)
{
    d->keys.write(owner, name, value, d->later(std::move(done)));
}

void Engine::removeKey(const QString &owner, const QString &name, Done<Result<void>> done)
{
    d->keys.remove(owner, name, d->later(std::move(done)));
}

QString Engine::keyStoreName() const
{
    return d->keys.description();
}

void Engine::tryDefinition(const QByteArray &json, const restream::Params &params,
                           const restream::Keys &keys, Done<TryOutcome> done)
{
    d->post([json, params, keys, done = d->later(std::move(done))](EngineCore &core) {
        core.tryDefinition(json, params, keys, done);
    });
}

void Engine::cancelTry()
{
    d->post([](EngineCore &core) { core.cancelTry(); });
}

void Engine::pollNow(const QByteArray &stream, Done<Result<qint64>> done)
{
    d->ask<Result<qint64>>([stream](EngineCore &core) { return core.pollNow(stream); },
                           std::move(done));
}

}
