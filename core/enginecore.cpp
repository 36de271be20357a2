#include "core/enginecore.h"

#include "core/logging.h"
#include "core/stream/callrequest.h"
#include "core/stream/jsontext.h"

#include <QDir>
#include <QRandomGenerator>
#include <QUrl>

namespace restream {
namespace {

constexpr std::chrono::milliseconds snapshotInterval { 250 };
constexpr qint64 unusedAfterMs = 30LL * 24 * 3600 * 1000;

ChannelInfo infoOf(const ChannelDefinition &definition)
{
    ChannelInfo info;
    info.name = definition.name;
    info.description = definition.description;
    info.group = definition.group;
    info.icon = definition.icon;
    info.docUrl = definition.docUrl;
    info.apiUrl = definition.request.url;
    info.terms = definition.terms;
    info.attribution = definition.attribution;
    info.file = definition.file;
    info.builtIn = definition.builtIn;
    info.replacesBuiltIn = definition.replacesBuiltIn;
    info.keys = definition.keyNames();
    info.keyOwner = definition.keyOwner();
    info.keyHelp = definition.keyHelp;
    info.quota = definition.quota;
    info.pollIntervalSeconds = definition.pollIntervalSeconds;
    info.params = definition.params;
    return info;
}

}

EngineCore::EngineCore(const EngineOptions &options, KeyCache::Source keys, EngineOutput output)
    : m_options(options),
      m_output(std::move(output)),
      m_keys(m_clock, std::move(keys)),
      m_files(QDir(m_options.configFolder).filePath(QStringLiteral("channels"))),
      m_closed(m_clock.makeTimer([this] { m_closing.reset(); })),
      m_daily(m_clock.makeTimer([this] { dropUnused(); })),
      m_snapshotTimer(m_clock.makeTimer([this] { tellSnapshot(); })),
      m_port(options.serve.port)
{
}

EngineCore::~EngineCore()
{
    // Who observes goes before what is observed; what waits to be committed is, when the store ends.
    m_trial.reset();
    m_listener.reset();
    m_closing.reset();
    m_config.reset();
    m_hub.reset();
    m_store.reset();
}

Result<QString> EngineCore::start()
{
    if (const Result<void> taken = m_lock.take(m_options.dataFolder); !taken)
        return taken.error();
    Result<std::unique_ptr<StateStore>> store =
        StateStore::open({ m_options.dataFolder, {}, false, &m_clock });
    if (!store)
        return store.error();
    m_store = std::move(store).value();
    dropUnused();

    m_hub = std::make_unique<StreamHub>(
        StreamContext { m_clock, *m_store, m_worker, m_options.fetchers(m_clock),
                        [this](const QString &channel, const QStringList &names, bool fresh,
                               std::function<void(Result<Keys>)> done) {
                            m_keys.read(channel, names, fresh, std::move(done));
                        },
                        [] { return QRandomGenerator::global()->generateDouble(); } });
    m_hub->onChanged = [this] { snapshotSoon(); };
    m_config = std::make_unique<ConfigStore>(
        m_clock, m_options.catalogFolder,
        QDir(m_options.configFolder).filePath(QStringLiteral("channels")));
    const auto adopt = [this] { m_hub->setChannels(m_config->current().channels); };
    m_config->onChanged = adopt;
    adopt();
    return listen(m_options.serve.port);
}

void EngineCore::dropUnused()
{
    m_store->dropUnused(m_clock.wallMs() - unusedAfterMs);
    m_daily->start(std::chrono::hours(24));
}

void EngineCore::shutdown(std::function<void()> done)
{
    if (m_listener)
        m_listener->close(std::move(done));
    else
        done();
}

Result<QString> EngineCore::listen(quint16 port)
{
    ServeOptions serve = m_options.serve;
    serve.port = port;
    auto listener = std::make_unique<Listener>(*m_hub, m_clock, serve);
    Result<QString> url = listener->listen();
    m_port = port;
    if (url) {
        m_listener = std::move(listener);
        m_listener->onClientsChanged = [this] { snapshotSoon(); };
        m_url = *url;
        m_port = quint16(QUrl(m_url).port());
    }
    snapshotSoon();
    return url;
}

void EngineCore::setListening(bool on, quint16 port)
{
    if (!on) {
        m_url.clear();
        m_closing = std::move(m_listener);
        if (m_closing) {
            m_closing->onClientsChanged = nullptr;
            m_closing->close([this] { m_closed->start(std::chrono::milliseconds(0)); });
        }
        snapshotSoon();
        return;
    }
    if (m_listener)
        return;
    if (const Result<QString> url = listen(port); !url)
        m_output.listeningFailed(url.error());
}

void EngineCore::keysChanged()
{
    m_keys.clear();
    m_hub->keysChanged();
}

Result<DefinitionSource> EngineCore::definition(const QString &channel) const
{
    const auto found = m_hub->channels().constFind(channel);
    if (found == m_hub->channels().cend())
        return unknownChannel(channel);
    return DefinitionFiles::read(*found);
}

Result<DefinitionSource> EngineCore::saveDefinition(const QString &channel, const QByteArray &json,
                                                    const QByteArray &basedOn)
{
    Result<DefinitionSource> saved = m_files.save(channel, json, basedOn);
    if (saved)
        m_config->reload();
    return saved;
}

Result<void> EngineCore::removeDefinition(const QString &channel, const QByteArray &basedOn)
{
    Result<void> removed = m_files.remove(channel, basedOn);
    if (removed)
        m_config->reload();
    return removed;
}

void EngineCore::tryDefinition(const QByteArray &json, const Params &params, const Keys &keys,
                               Trial::Done done)
{
    // A text that is no JSON has no name; the reader says why.
    const QString name =
        validateJson(json) ? QString() : QString::fromUtf8(JsonSlice(json).at("/name").string());
    const auto readKeys = [this](const ChannelDefinition &definition, const QStringList &names,
                                 std::function<void(Result<Keys>)> got) {
        m_keys.read(definition.keyOwner(), names, true, std::move(got));
    };
    const auto askLeave = [this](const ChannelDefinition &definition, const Params &resolved,
                                 const Keys &all, std::function<void(Result<qint64>)> got) {
        m_store->recordCall(
            callRequest(m_store->salt(), definition, resolved, all, m_clock.wallMs()),
            std::move(got));
    };
    m_trial = std::make_unique<Trial>(
        Trial::Context { m_clock, m_worker, m_options.fetchers(m_clock), readKeys, askLeave },
        std::move(done));
    m_trial->start(json, m_files.path(name), params, keys);
}

Result<qint64> EngineCore::pollNow(const QByteArray &stream)
{
    return m_hub->pollNow(stream);
}

void EngineCore::cancelTry()
{
    m_trial.reset();
}

std::vector<ItemVersion> EngineCore::itemHistory(const QByteArray &stream,
                                                 const QByteArray &id) const
{
    for (const Stream *one : m_hub->streams()) {
        if (one->name() == stream)
            return restream::itemHistory(*one, id);
    }
    return {};
}

void EngineCore::watch(const QString &channel, const Params &params)
{
    unwatch();
    m_hub->observe(channel, params, this, [this](const Result<const Stream *> &stream) {
        if (stream)
            tellItems(**stream);
        else
            m_output.watchFailed(stream.error());
    });
}

void EngineCore::unwatch()
{
    m_hub->unobserve(this);
}

void EngineCore::tellItems(const Stream &stream)
{
    std::vector<Item> items;
    items.reserve(size_t(stream.items().size()));
    for (const Item &item : stream.items())
        items.push_back(item);
    m_output.watchedItems(stream.name(), std::move(items));
}

void EngineCore::streamChanged(const Stream &stream, const ChangesetPtr &changes)
{
    m_output.watchedChanges(stream.name(), changes);
}

void EngineCore::streamReset(const Stream &stream)
{
    tellItems(stream);
}

void EngineCore::streamClosed(const Stream &, const Error &reason)
{
    m_output.watchFailed(reason);
}

void EngineCore::snapshotSoon()
{
    if (!m_snapshotTimer->isActive())
        m_snapshotTimer->start(snapshotInterval);
}

void EngineCore::tellSnapshot()
{
    m_output.snapshot(makeSnapshot());
}

EngineSnapshot EngineCore::makeSnapshot() const
{
    EngineSnapshot snapshot;
    snapshot.url = m_url;
    snapshot.port = m_port;
    snapshot.clients = m_listener ? m_listener->clients() : 0;
    for (const ChannelDefinition &definition : m_hub->channels())
        snapshot.channels.append(infoOf(definition));
    for (const Stream *stream : m_hub->streams()) {
        StreamInfo info;
        info.name = stream->name();
        info.channel = stream->definition().name;
        info.params = stream->params();
        info.status = stream->status();
        info.epoch = stream->epoch();
        info.seq = stream->seq();
        info.items = stream->items().size();
        info.bytes = stream->items().bytes();
        info.changesPerMinute = m_hub->changesPerMinute(stream->name());
        info.subscribers = m_listener ? m_listener->subscribers(stream->name()) : 0;
        snapshot.streams.append(std::move(info));
    }
    if (!m_store->notice().isEmpty())
        snapshot.problems.append(m_store->notice());
    for (const DefinitionProblem &problem : m_config->current().problems)
        snapshot.problems.append(problem.text());
    return snapshot;
}

}
