#include "core/stream/statestore.h"

#include "core/logging.h"
#include "core/mailbox.h"
#include "core/stream/storeworker.h"

#include <QFile>

namespace restream {
namespace {

template<typename T>
class Asked final : public StoreJob
{
public:
    using Work = std::function<Result<T>(StoreDatabase &)>;
    using Done = std::function<void(Result<T>)>;

    Asked(Kind kind, Work work, Done done)
        : StoreJob(kind),
          m_work(std::move(work)),
          m_done(std::move(done))
    {
    }

    void work(StoreDatabase &database) override { m_result.emplace(m_work(database)); }
    void fail(const Error &error) override { m_result.emplace(error); }
    void answer() override { m_done(std::move(*m_result)); }

private:
    Work m_work;
    Done m_done;
    std::optional<Result<T>> m_result;
};

QByteArray runningBoot()
{
    QFile file(QStringLiteral("/proc/sys/kernel/random/boot_id"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
}

void logFailure(const Result<void> &result)
{
    if (!result)
        qCWarning(logStore).noquote() << result.error().message;
}

}

struct StateStore::Private
{
    explicit Private(const Options &options)
        : clock(options.clock),
          worker({ options.folder, options.bootId.isEmpty() ? runningBoot() : options.bootId,
                   options.guest },
                 [to = mailbox.address(), open = open](StoreJobs jobs) {
                     // Shared only because a task must be copyable; the jobs end on the user's thread.
                     to.post([open, done = std::make_shared<StoreJobs>(std::move(jobs))] {
                         for (const std::unique_ptr<StoreJob> &job : *done) {
                             if (*open)
                                 job->answer();
                         }
                     });
                 })
    {
    }
    ~Private() { *open = false; }
    Private(const Private &) = delete;
    Private &operator=(const Private &) = delete;

    template<typename T>
    void ask(StoreJob::Kind kind, typename Asked<T>::Work work, typename Asked<T>::Done done)
    {
        worker.post(std::make_unique<Asked<T>>(kind, std::move(work), std::move(done)));
    }
    [[nodiscard]] qint64 nowMs() const { return clock ? clock->wallMs() : SystemClock().wallMs(); }

    const Clock *clock;
    std::shared_ptr<bool> open = std::make_shared<bool>(true); ///< read on the user's thread only
    QByteArray salt;
    QString notice;
    Mailbox mailbox;
    StoreWorker worker; // ends first: what it still delivers is dropped with the mailbox
};

StateStore::StateStore(std::unique_ptr<Private> d_) : d(std::move(d_))
{
}

StateStore::~StateStore() = default;

Result<std::unique_ptr<StateStore>> StateStore::open(const Options &options)
{
    auto d = std::make_unique<Private>(options);
    Result<StoreWorker::Opened> opened = d->worker.open();
    if (!opened)
        return opened.error();
    d->salt = opened->salt;
    d->notice = opened->notice;
    return std::unique_ptr<StateStore>(new StateStore(std::move(d)));
}

void StateStore::load(const QByteArray &name, std::function<void(Result<StoredStream>)> done)
{
    d->ask<StoredStream>(
        StoreJob::Kind::Alone,
        [name, now = d->nowMs()](StoreDatabase &database) {
            return database.streams().load(name, now);
        },
        std::move(done));
}

void StateStore::commit(StreamCommit commit, std::function<void(Result<void>)> done)
{
    d->ask<void>(
        StoreJob::Kind::Grouped,
        [commit = std::move(commit)](StoreDatabase &database) {
            return database.streams().commit(commit);
        },
        std::move(done));
}

void StateStore::reset(const QByteArray &name, const QByteArray &identity,
                       std::function<void(Result<QByteArray>)> done)
{
    d->ask<QByteArray>(
        StoreJob::Kind::Grouped,
        [name, identity, now = d->nowMs()](StoreDatabase &database) {
            return database.streams().reset(name, identity, now);
        },
        std::move(done));
}

void StateStore::recordCall(const CallRequest &call, std::function<void(Result<qint64>)> done)
{
    d->ask<qint64>(
        StoreJob::Kind::Patient,
        [call](StoreDatabase &database) -> Result<qint64> { return database.calls().record(call); },
        std::move(done));
}

void StateStore::setNotBefore(const QByteArray &name, qint64 whenMs)
{
    d->ask<void>(
        StoreJob::Kind::Grouped,
        [name, whenMs, now = d->nowMs()](StoreDatabase &database) {
            database.streams().setNotBefore(name, whenMs, now);
            return Result<void>();
        },
        logFailure);
}

void StateStore::dropUnused(qint64 beforeMs)
{
    d->ask<void>(
        StoreJob::Kind::Grouped,
        [beforeMs](StoreDatabase &database) {
            database.streams().dropUnused(beforeMs);
            database.calls().dropUnused(beforeMs);
            return Result<void>();
        },
        logFailure);
}

const QByteArray &StateStore::salt() const
{
    return d->salt;
}

const QString &StateStore::notice() const
{
    return d->notice;
}

}
