#include "core/stream/streamhub.h"

#include "core/logging.h"
#include "core/poll/pollspread.h"
#include "core/stream/streamactivity.h"

namespace restream {
namespace {

/// How long a stream is polled on after its last observer: a page that is loaded again finds it warm.
constexpr std::chrono::milliseconds linger { 30'000 };
/// Of how many streams that have ended it is known that their keys were refused.
constexpr qsizetype maxRefusals = 1000;

}

/// Sees every change of a stream for the hub's own onChanged.
class StreamHub::Watcher final : public StreamObserver
{
public:
    explicit Watcher(StreamHub &hub) : m_hub(hub) { }

    void streamChanged(const Stream &, const ChangesetPtr &changes) override
    {
        activity.add(changes->added.size() + changes->updated.size() + changes->removed.size(),
                     m_hub.m_context.clock.monotonicMs());
        m_hub.changed();
    }
    void streamReset(const Stream &) override { m_hub.changed(); }
    void streamStatusChanged(const Stream &) override { m_hub.changed(); }
    void streamClosed(const Stream &, const Error &) override { }

    StreamActivity activity;

private:
    StreamHub &m_hub;
};

struct StreamHub::Entry
{
    struct Waiting
    {
        StreamObserver *observer;
        std::function<void(Result<const Stream *>)> ready;
    };

    Entry(StreamHub &hub, const ChannelDefinition &definition, const Params &params)
        : watcher(hub),
          stream(hub.m_context, definition, params, pollPhase(hub.m_made++))
    {
        stream.addObserver(&watcher);
    }

    Watcher watcher;
    LiveStream stream;
    bool loaded = false;
    bool always = false; ///< polled whether or not anyone observes it
    int observers = 0; ///< waiting ones included
    std::vector<Waiting> waiting; ///< until it is loaded
    std::unique_ptr<Timer> linger;
};

StreamHub::StreamHub(StreamContext context)
    : m_context(std::move(context)),
      m_sweep(m_context.clock.makeTimer([this] { m_ended.clear(); }))
{
}

StreamHub::~StreamHub() = default;

const QMap<QString, ChannelDefinition> &StreamHub::channels() const
{
    return m_channels;
}

qint64 StreamHub::nowMs() const
{
    return m_context.clock.wallMs();
}

std::vector<const Stream *> StreamHub::streams() const
{
    std::vector<const Stream *> result;
    for (const auto &[name, entry] : m_entries) {
        if (entry->loaded)
            result.push_back(&entry->stream);
    }
    return result;
}

Result<qint64> StreamHub::pollNow(const QByteArray &stream)
{
    const auto found = m_entries.find(stream);
    if (found == m_entries.end()) {
        return Error { QStringLiteral("unknown_stream"),
                       QStringLiteral("%1 is not in memory; subscribe to it first")
                           .arg(QString::fromUtf8(stream)) };
    }
    return found->second->stream.pollNow();
}

std::vector<int> StreamHub::changesPerMinute(const QByteArray &stream) const
{
    const auto found = m_entries.find(stream);
    if (found == m_entries.end())
        return {};
    return found->second->watcher.activity.perMinute(m_context.clock.monotonicMs());
}

void StreamHub::changed()
{
    if (onChanged)
        onChanged();
}

void StreamHub::setChannels(QMap<QString, ChannelDefinition> channels)
{
    m_channels = std::move(channels);
    m_refusals.clear();
    std::vector<std::pair<QByteArray, Error>> gone;
    for (const auto &[name, entry] : m_entries) {
        const QString channel = entry->stream.definition().name;
        const auto now = m_channels.constFind(channel);
        if (now == m_channels.constEnd()) {
            gone.emplace_back(name, unknownChannel(channel));
            continue;
        }
        const Result<Params> params = resolveParams(*now, entry->stream.params());
        if (!params)
            gone.emplace_back(name, params.error());
        else if (streamName(channel, *params) != name)
            gone.emplace_back(
                name,
                Error { QStringLiteral("missing_param"),
                        QStringLiteral("the params of channel \"%1\" changed; subscribe again")
                            .arg(channel) });
        else
            entry->stream.setDefinition(*now);
    }
    for (const auto &[name, reason] : gone)
        remove(name, reason);
    startAlwaysPolled();
    changed();
}

void StreamHub::startAlwaysPolled()
{
    for (const auto &[name, entry] : m_entries)
        entry->always = false;
    for (const ChannelDefinition &channel : std::as_const(m_channels)) {
        if (channel.poll != ChannelDefinition::PollMode::Always)
            continue;
        QList<Params> sets = channel.always;
        if (sets.isEmpty())
            sets.append(Params());
        for (const Params &given : std::as_const(sets)) {
            const Result<Entry *> entry = entryFor(channel.name, given);
            if (!entry) {
                qCWarning(logPoll).noquote()
                    << channel.name << "can't always be polled:" << entry.error().message;
                continue;
            }
            (*entry)->always = true;
        }
    }
    for (const auto &[name, entry] : m_entries)
        attend(*entry);
}

void StreamHub::keysChanged()
{
    for (const auto &[name, entry] : m_entries)
        entry->stream.keysChanged();
}

Result<StreamHub::Entry *> StreamHub::entryFor(const QString &channel, const Params &given)
{
    const auto definition = m_channels.constFind(channel);
    if (definition == m_channels.constEnd())
        return unknownChannel(channel);
    const Result<Params> params = resolveParams(*definition, given);
    if (!params)
        return params.error();
    const auto found = m_entries.find(streamName(channel, *params));
    if (found != m_entries.end())
        return found->second.get();
    const Result<void> room = makeRoom(*definition);
    if (!room)
        return room.error();
    return create(*definition, *params);
}

Result<void> StreamHub::makeRoom(const ChannelDefinition &definition)
{
    int count = 0;
    const Entry *unused = nullptr;
    for (const auto &[name, entry] : m_entries) {
        if (entry->stream.definition().name != definition.name)
            continue;
        ++count;
        if (entry->observers == 0 && !entry->always)
            unused = entry.get();
    }
    if (count < definition.maxStreams)
        return {};
    if (!unused) {
        return Error {
            QStringLiteral("too_many_streams"),
            QStringLiteral(
                "channel \"%1\" is polled with %2 different params already, its max_streams")
                .arg(definition.name)
                .arg(count)
        };
    }
    remove(unused->stream.name(), {});
    return {};
}

StreamHub::Entry *StreamHub::create(const ChannelDefinition &definition, const Params &params)
{
    auto made = std::make_unique<Entry>(*this, definition, params);
    Entry *entry = made.get();
    m_entries.emplace(entry->stream.name(), std::move(made));
    entry->linger = m_context.clock.makeTimer([this, entry] { remove(entry->stream.name(), {}); });
    entry->stream.load([this, entry](const Result<void> &result) { loaded(*entry, result); });
    return entry;
}

void StreamHub::loaded(Entry &entry, const Result<void> &result)
{
    auto waiting = std::exchange(entry.waiting, {});
    if (!result) {
        qCWarning(logStore).noquote()
            << entry.stream.name() << "can't be loaded:" << result.error().message;
        for (const Entry::Waiting &one : waiting)
            m_observed.remove(one.observer);
        remove(entry.stream.name(), result.error());
        for (const Entry::Waiting &one : waiting)
            one.ready(Error { QStringLiteral("internal"), result.error().message });
        return;
    }
    entry.loaded = true;
    if (auto refusal = m_refusals.constFind(entry.stream.name());
        refusal != m_refusals.constEnd()) {
        entry.stream.restoreRefusal(*refusal);
        m_refusals.erase(refusal);
    }
    attend(entry);
    for (Entry::Waiting &one : waiting) {
        // An earlier one may have made this one leave.
        if (m_observed.value(one.observer) != &entry)
            continue;
        entry.stream.addObserver(one.observer);
        one.ready(&entry.stream);
    }
    changed();
}

void StreamHub::observe(const QString &channel, const Params &given, StreamObserver *observer,
                        std::function<void(Result<const Stream *>)> ready)
{
    const Result<Entry *> found = entryFor(channel, given);
    if (!found) {
        ready(found.error());
        return;
    }
    Entry &entry = **found;
    m_observed.insert(observer, &entry);
    ++entry.observers;
    if (!entry.loaded) {
        entry.waiting.push_back({ observer, std::move(ready) });
        return;
    }
    attend(entry);
    entry.stream.addObserver(observer);
    ready(&entry.stream);
}

void StreamHub::unobserve(StreamObserver *observer)
{
    Entry *entry = m_observed.take(observer);
    if (!entry)
        return;
    --entry->observers;
    std::erase_if(entry->waiting,
                  [observer](const Entry::Waiting &one) { return one.observer == observer; });
    entry->stream.removeObserver(observer);
    attend(*entry);
}

/// Polls a stream that somebody needs; lets one that nobody needs run out.
void StreamHub::attend(Entry &entry)
{
    if (!entry.loaded)
        return;
    if (entry.observers > 0 || entry.always) {
        entry.linger->stop();
        entry.stream.setWanted(true);
    } else if (!entry.linger->isActive()) {
        entry.linger->start(linger);
    }
}

void StreamHub::remove(const QByteArray &name, const Error &reason)
{
    const auto found = m_entries.find(name);
    if (found == m_entries.end())
        return;
    std::unique_ptr<Entry> entry = std::move(found->second);
    m_entries.erase(found);
    m_observed.removeIf(
        [&](QHash<StreamObserver *, Entry *>::iterator one) { return one.value() == entry.get(); });
    entry->linger->stop();
    if (m_refusals.size() >= maxRefusals)
        m_refusals.clear();
    if (auto refusal = entry->stream.refusal())
        m_refusals.insert(name, *refusal);
    const auto waiting = std::exchange(entry->waiting, {});
    entry->stream.close(reason);
    m_ended.push_back(std::move(entry));
    m_sweep->start(std::chrono::milliseconds(0));
    for (const Entry::Waiting &one : waiting)
        one.ready(reason);
    changed();
}

}
