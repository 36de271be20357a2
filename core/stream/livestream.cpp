#include "core/stream/livestream.h"

#include "core/logging.h"
#include "core/poll/quota.h"
#include "core/stream/callrequest.h"
#include "core/stream/formatbody.h"

namespace restream {
namespace {

/// A body that is larger is taken in by the worker: reading and comparing go at some 500 MB/s.
constexpr qsizetype inlineBody = 512 * 1024;
/// The same of a body that has to become JSON first, which goes at a tenth of that.
constexpr qsizetype inlineOther = 64 * 1024;
constexpr int staleIntervals = 3;

}

/// An answer on its way from the fetcher into the store.
struct LiveStream::Taking
{
    FetchResult answer;
    qint64 timeMs = 0;
    std::function<void(Result<void>)> done;
    std::optional<BodyHash> body; ///< of the answer's
};

LiveStream::LiveStream(StreamContext &context, ChannelDefinition definition, Params params,
                       double phase)
    : Stream(std::move(definition), std::move(params)),
      m_context(context),
      m_poller(context.clock, *this, context.random, phase),
      m_staleTimer(context.clock.makeTimer([this] { updateStatus(); })),
      m_identity(m_definition.identity())
{
    m_status.intervalSeconds = m_definition.pollIntervalSeconds;
}

LiveStream::~LiveStream() = default;

void LiveStream::load(std::function<void(Result<void>)> done)
{
    m_context.store.load(m_name, m_lifetime.guard([this, done](Result<StoredStream> stored) {
        if (!stored) {
            done(stored.error());
            return;
        }
        const bool comparable = stored->identity.isEmpty() || stored->identity == m_identity;
        adopt(std::move(*stored));
        configurePoller();
        if (comparable) {
            done({});
            return;
        }
        m_context.store.reset(m_name, m_identity,
                              m_lifetime.guard([this, done](const Result<QByteArray> &epoch) {
                                  if (epoch)
                                      resetTo(*epoch);
                                  done(epoch ? Result<void>() : Result<void>(epoch.error()));
                              }));
    }));
}

void LiveStream::adopt(StoredStream stored)
{
    m_epoch = stored.epoch;
    m_seq = stored.seq;
    m_timeMs = stored.timeMs;
    m_polls = stored.polls;
    m_lastOkMs = stored.lastOkMs;
    m_validators = stored.validators;
    m_items = ItemSet(stored.items);
    m_history = History(m_definition.history);
    for (ChangesetPtr &changes : stored.history)
        m_history.append(std::move(changes));
    m_history.prune(m_context.clock.wallMs());
    m_poller.restore(stored.lastCallMs, stored.notBeforeMs);
}

void LiveStream::configurePoller()
{
    m_hostSlots = m_context.hosts.slotsOf(requestServer(m_definition, m_params));
    m_staleTimer->stop(); // it runs for the interval that was
    m_poller.configure(m_context.fetchers(m_definition), m_definition.pollIntervalMs());
    updateStatus();
}

void LiveStream::setWanted(bool wanted)
{
    m_wanted = wanted;
    if (wanted && !m_resetting)
        m_poller.start();
    else
        m_poller.stop();
    updateStatus();
}

void LiveStream::setDefinition(const ChannelDefinition &definition)
{
    m_pendingDefinition.reset();
    if (definition.source == m_definition.source && definition.folder == m_definition.folder)
        return;
    if (m_taking || m_resetting)
        m_pendingDefinition = definition;
    else
        adoptDefinition(definition);
}

void LiveStream::adoptDefinition(const ChannelDefinition &definition)
{
    m_definition = definition;
    m_history.setBounds(definition.history);
    const QByteArray identity = definition.identity();
    const bool comparable = identity == m_identity;
    m_identity = identity;
    // The next body is judged by the new rules, also where it is the same as the last.
    m_lastBody.reset();
    m_validators = {};
    if (comparable) {
        configurePoller();
        return;
    }
    beginAnew();
}

/// Forgets the items, under a new epoch, and polls on.
void LiveStream::beginAnew()
{
    // Nothing may be polled for the old epoch once the new one was asked for: the commit would land in the new one.
    m_resetting = true;
    m_poller.stop();
    m_context.store.reset(m_name, m_identity,
                          m_lifetime.guard([this](const Result<QByteArray> &epoch) {
                              m_resetting = false;
                              m_owesReset = !epoch;
                              if (epoch) {
                                  resetTo(*epoch);
                              } else {
                                  qCWarning(logStore).noquote()
                                      << m_name << "can't begin anew:" << epoch.error().message;
                              }
                              configurePoller();
                              setWanted(m_wanted);
                              adoptPending();
                          }));
}

void LiveStream::resetTo(const QByteArray &epoch)
{
    m_lastBody.reset();
    m_epoch = epoch;
    m_seq = 0;
    m_timeMs = 0;
    m_polls = 0;
    m_lastOkMs = 0;
    m_validators = {};
    m_items = ItemSet();
    m_history.clear();
    forEachObserver([this](StreamObserver &observer) { observer.streamReset(*this); });
    updateStatus();
}

void LiveStream::restoreRefusal(Poller::Refusal refusal)
{
    m_poller.restoreRefusal(std::move(refusal));
    updateStatus();
}

void LiveStream::removeObserver(StreamObserver *observer)
{
    std::erase(m_observers, observer);
}

template<typename F>
void LiveStream::forEachObserver(F f)
{
    // An observer may leave, or make another leave, when it is told.
    const std::vector<StreamObserver *> observers = m_observers;
    for (StreamObserver *observer : observers) {
        if (std::find(m_observers.begin(), m_observers.end(), observer) != m_observers.end())
            f(*observer);
    }
}

void LiveStream::close(const Error &reason)
{
    m_poller.stop();
    m_staleTimer->stop();
    m_lifetime.end();
    forEachObserver([&](StreamObserver &observer) { observer.streamClosed(*this, reason); });
    m_observers.clear();
}

void LiveStream::readKeys(bool fresh, std::function<void(Result<Keys>)> done)
{
    const QStringList names = m_definition.keyNames();
    if (names.isEmpty())
        done(Keys());
    else
        m_context.readKeys(m_definition.keyOwner(), names, fresh, std::move(done));
}

std::unique_ptr<HostSlots::Slot> LiveStream::takeSlot(std::function<void()> granted)
{
    return m_hostSlots->take(std::move(granted));
}

void LiveStream::askLeave(const Keys &keys, std::function<void(Result<qint64>)> done)
{
    m_context.store.recordCall(
        callRequest(m_context.store.salt(), m_definition, m_params, keys, m_context.clock.wallMs()),
        m_lifetime.guard(std::move(done)));
}

FetchRequest LiveStream::nextRequest() const
{
    return { m_params, {}, m_seq > 0 ? m_validators : Validators() };
}

void LiveStream::take(FetchResult answer, std::function<void(Result<void>)> done)
{
    if (m_owesReset) {
        done(Error {
            QStringLiteral("store_failed"),
            QStringLiteral("the stream could not begin anew in the database; it is tried again") });
        beginAnew();
        return;
    }
    m_taking = true;
    const auto taking = std::make_shared<Taking>(
        Taking { std::move(answer), m_context.clock.wallMs(), std::move(done), {} });
    switch (taking->answer.kind) {
    case FetchResult::Kind::NoContent:
        commit(taking, {}, m_polls);
        return;
    case FetchResult::Kind::NotModified:
        if (m_seq == 0) {
            taken(taking,
                  Error { QStringLiteral("not_modified"),
                          QStringLiteral("the server said \"not modified\" to a first request") });
            return;
        }
        commit(taking, diffUnchanged(m_items, diffRules(m_definition), m_polls + 1), m_polls + 1);
        return;
    default:
        takeBody(taking);
    }
}

void LiveStream::takeBody(const std::shared_ptr<Taking> &taking)
{
    const QByteArray &body = taking->answer.body;
    const QByteArray &type = taking->answer.contentType;
    const qint64 poll = m_polls + 1;
    const bool isJson = bodyFormat(body, type, m_definition) == BodyFormat::Json;
    taking->body = BodyHash(body);
    if (m_seq > 0 && taking->body == m_lastBody) {
        commit(taking, diffUnchanged(m_items, diffRules(m_definition), poll), poll);
    } else if (body.size() <= (isJson ? inlineBody : inlineOther)) {
        digested(taking, digestBody(body, type, m_items, m_definition, poll));
    } else {
        m_context.worker.run([taking, poll, held = m_items, definition = m_definition,
                              finish = m_lifetime.guard([this, taking](Result<Digest> &digest) {
                                  digested(taking, std::move(digest));
                              })]() mutable -> std::function<void()> {
            auto digest = std::make_shared<Result<Digest>>(digestBody(
                taking->answer.body, taking->answer.contentType, held, definition, poll));
            held = {}; // what is shared no longer can be changed without copying it
            return [finish, digest]() mutable { finish(*digest); };
        });
    }
}

void LiveStream::digested(const std::shared_ptr<Taking> &taking, Result<Digest> digest)
{
    if (!digest) {
        taken(taking, digest.error());
        return;
    }
    sayOnce(*digest);
    commit(taking, std::move(digest.value().difference), m_polls + 1);
}

void LiveStream::sayOnce(const Digest &digest)
{
    if (m_saidSkipped || (!digest.withoutId && !digest.duplicates && !digest.beyondLimit))
        return;
    m_saidSkipped = true;
    qCWarning(logPoll).noquote().nospace()
        << m_name << ": of this body " << digest.withoutId
        << " items without a usable id were skipped, " << digest.duplicates
        << " ids came more than once (the last counts), " << digest.beyondLimit
        << " items were beyond max_items; this is said once";
}

void LiveStream::commit(const std::shared_ptr<Taking> &taking, Difference difference, qint64 poll)
{
    m_history.prune(taking->timeMs);
    StreamCommit commit;
    commit.name = m_name;
    commit.identity = m_identity;
    commit.polls = poll;
    commit.lastOkMs = taking->timeMs;
    commit.validators =
        taking->answer.kind == FetchResult::Kind::Body ? taking->answer.validators : m_validators;
    commit.missingSince = std::move(difference.missingSince);
    commit.dropHistoryBefore = m_history.size() > 0 ? m_history.first() : m_seq + 1;
    const bool first = m_seq == 0 && taking->answer.kind == FetchResult::Kind::Body;
    if (first || !difference.changes.isEmpty()) {
        difference.changes.seq = m_seq + 1;
        difference.changes.timeMs = taking->timeMs;
        commit.changes = std::make_shared<const Changeset>(std::move(difference.changes));
    }
    m_context.store.commit(
        commit, m_lifetime.guard([this, taking, commit](const Result<void> &result) {
            if (result)
                committed(commit);
            taken(taking, result);
            // The database was deleted or replaced under us.
            if (!m_resetting && !result && result.error().code == QLatin1String("store_lost"))
                beginAnew();
        }));
}

void LiveStream::committed(const StreamCommit &commit)
{
    m_polls = commit.polls;
    m_lastOkMs = commit.lastOkMs;
    m_validators = commit.validators;
    for (const auto &[id, poll] : commit.missingSince)
        m_items.setMissingSince(id, poll);
    if (!commit.changes)
        return;
    m_items.apply(*commit.changes);
    m_seq = commit.changes->seq;
    m_timeMs = commit.changes->timeMs;
    m_history.append(commit.changes);
    m_history.prune(m_timeMs);
    forEachObserver(
        [&](StreamObserver &observer) { observer.streamChanged(*this, commit.changes); });
}

void LiveStream::taken(const std::shared_ptr<Taking> &taking, const Result<void> &result)
{
    m_taking = false;
    if (taking->answer.kind == FetchResult::Kind::Body)
        m_lastBody = result ? taking->body : std::nullopt;
    taking->done(result);
    adoptPending();
}

void LiveStream::adoptPending()
{
    if (const auto pending = std::exchange(m_pendingDefinition, std::nullopt))
        adoptDefinition(*pending);
}

void LiveStream::keepNotBefore(qint64 whenMs)
{
    m_context.store.setNotBefore(m_name, whenMs);
}

void LiveStream::pollingChanged()
{
    updateStatus();
}

void LiveStream::updateStatus()
{
    StreamStatus status;
    status.state = m_poller.state();
    status.error = m_poller.error();
    status.lastOkMs = m_lastOkMs;
    status.nextPollMs = m_poller.nextPollMs();
    status.intervalSeconds = m_definition.pollIntervalSeconds;
    status.reason = m_poller.reason();
    const qint64 staleIn =
        m_lastOkMs + staleIntervals * m_definition.pollIntervalMs() - m_context.clock.wallMs();
    status.stale = m_lastOkMs > 0 && staleIn < 0;
    // One that runs is left alone: it fires early, and then waits for the rest.
    if (m_lastOkMs > 0 && staleIn >= 0 && !m_staleTimer->isActive())
        m_staleTimer->start(std::chrono::milliseconds(staleIn + 1));
    if (status == m_status)
        return;
    logState(std::exchange(m_status, std::move(status)));
    forEachObserver([this](StreamObserver &observer) { observer.streamStatusChanged(*this); });
}

void LiveStream::logState(const StreamStatus &before) const
{
    const QString code = m_status.error ? m_status.error->code : QString();
    if (m_status.state == before.state && code == (before.error ? before.error->code : QString()))
        return;
    if (m_status.error)
        qCWarning(logPoll).noquote().nospace()
            << m_name << ": " << stateName(m_status.state) << ": " << m_status.error->message;
    else
        qCInfo(logPoll).noquote().nospace() << m_name << ": " << stateName(m_status.state);
}

}
