#include "tests/serve/fakehub.h"

#include <algorithm>

namespace restream {

FakeStream::FakeStream(FakeClock &clock, ChannelDefinition definition, Params params)
    : Stream(std::move(definition), std::move(params)),
      m_clock(clock)
{
    m_epoch = "k3w9";
    m_status.intervalSeconds = m_definition.pollIntervalSeconds;
}

void FakeStream::poll(const std::vector<Item> &items)
{
    Changeset changes;
    QSet<QByteArray> seen;
    for (const Item &item : items) {
        seen.insert(item.id().toByteArray());
        const Item *held = m_items.find(item.id());
        if (held == nullptr)
            changes.added.push_back(item);
        else if (*held != item)
            changes.updated.emplace_back(*held, item);
    }
    for (const Item &held : m_items) {
        const QByteArray id = held.id().toByteArray();
        if (!seen.contains(id))
            changes.removed.push_back(id);
    }
    m_status.lastOkMs = m_clock.wallMs();
    m_status.nextPollMs = m_clock.wallMs() + qint64(m_status.intervalSeconds * 1000);
    if (m_seq == 0 || !changes.isEmpty())
        push(std::move(changes));
    setStatus(m_status);
}

void FakeStream::push(Changeset changes)
{
    changes.seq = ++m_seq;
    changes.timeMs = m_timeMs = m_clock.wallMs();
    m_items.apply(changes);
    const auto shared = std::make_shared<const Changeset>(std::move(changes));
    m_history.append(shared);
    m_history.prune(m_clock.wallMs());
    const auto told = observers;
    for (StreamObserver *observer : told)
        observer->streamChanged(*this, shared);
}

void FakeStream::setStatus(StreamStatus status)
{
    m_status = std::move(status);
    const auto told = observers;
    for (StreamObserver *observer : told)
        observer->streamStatusChanged(*this);
}

void FakeStream::reset(const QByteArray &epoch)
{
    m_epoch = epoch;
    m_seq = 0;
    m_timeMs = 0;
    m_items = ItemSet();
    m_history.clear();
    const auto told = observers;
    for (StreamObserver *observer : told)
        observer->streamReset(*this);
}

void FakeStream::close(const Error &reason)
{
    const auto told = std::exchange(observers, {});
    for (StreamObserver *observer : told)
        observer->streamClosed(*this, reason);
}

FakeHub::FakeHub(FakeClock &clock) : m_clock(clock)
{
    ChannelDefinition quakes;
    quakes.name = QStringLiteral("quakes");
    quakes.description = QStringLiteral("Earthquakes");
    quakes.docUrl = QStringLiteral("https://example.org/doc");
    quakes.request.url = QStringLiteral("https://example.org/{level}/{window}.json");
    quakes.idField = { QStringLiteral("id") };
    ParamDefinition level;
    level.defaultValue = QStringLiteral("all");
    level.required = false;
    ParamDefinition window = level;
    window.defaultValue = QStringLiteral("hour");
    window.enumValues = { QStringLiteral("hour"), QStringLiteral("day") };
    quakes.params = { { QStringLiteral("level"), level }, { QStringLiteral("window"), window } };
    channelMap.insert(quakes.name, quakes);

    ChannelDefinition plain;
    plain.name = QStringLiteral("plain");
    plain.pollIntervalSeconds = 60;
    channelMap.insert(plain.name, plain);

    ChannelDefinition strict;
    strict.name = QStringLiteral("strict");
    strict.auth.type = AuthDefinition::Type::Bearer;
    strict.auth.key = QStringLiteral("api-key");
    strict.params = { { QStringLiteral("n"), ParamDefinition() } };
    channelMap.insert(strict.name, strict);
}

FakeStream &FakeHub::stream(const QByteArray &name)
{
    std::unique_ptr<FakeStream> &stream = m_streams[name];
    if (!stream) {
        Params params;
        const qsizetype mark = name.indexOf('?');
        if (mark >= 0) {
            for (const QByteArray &part : name.mid(mark + 1).split('&')) {
                const QList<QByteArray> pair = part.split('=');
                params.insert(QString::fromUtf8(QByteArray::fromPercentEncoding(pair.value(0))),
                              QString::fromUtf8(QByteArray::fromPercentEncoding(pair.value(1))));
            }
        }
        const QString channel = QString::fromLatin1(mark < 0 ? name : name.left(mark));
        stream = std::make_unique<FakeStream>(m_clock, channelMap.value(channel), params);
    }
    return *stream;
}

void FakeHub::observe(const QString &channel, const Params &given, StreamObserver *observer,
                      std::function<void(Result<const Stream *>)> ready)
{
    ++observeCalls;
    const auto params = resolveParams(channelMap.value(channel), given);
    if (!params) {
        ready(params.error());
        return;
    }
    const QByteArray name = streamName(channel, *params);
    if (holdsLoading) {
        m_waiting.push_back({ name, observer, std::move(ready) });
        return;
    }
    FakeStream &found = stream(name);
    found.observers.push_back(observer);
    ready(&found);
}

void FakeHub::load(const std::optional<Error> &error)
{
    const auto waiting = std::exchange(m_waiting, {});
    for (const Waiting &one : waiting) {
        if (error) {
            one.ready(*error);
            continue;
        }
        FakeStream &found = stream(one.name);
        found.observers.push_back(one.observer);
        one.ready(&found);
    }
}

void FakeHub::unobserve(StreamObserver *observer)
{
    std::erase_if(m_waiting, [observer](const Waiting &one) { return one.observer == observer; });
    for (const auto &[name, stream] : m_streams)
        std::erase(stream->observers, observer);
}

std::vector<const Stream *> FakeHub::streams() const
{
    std::vector<const Stream *> all;
    for (const auto &[name, stream] : m_streams)
        all.push_back(stream.get());
    return all;
}

int FakeHub::observers(const QByteArray &name)
{
    return int(stream(name).observers.size());
}

}
