#include "core/stream/storeworker.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace restream {
namespace {

using namespace std::chrono_literals;

/// What is patient waits no longer than this; where the next job is not to be expected by then, it does not wait at all.
constexpr std::chrono::microseconds longestPatience = 20ms;

/// Does the jobs from `first` on that go together; gives where the next ones begin.
StoreJobs::iterator workTogether(StoreDatabase &database, StoreJobs::iterator first,
                                 StoreJobs::iterator end)
{
    if ((*first)->kind() == StoreJob::Kind::Alone) {
        (*first)->work(database);
        return std::next(first);
    }
    const auto last = std::find_if(first, end, [](const std::unique_ptr<StoreJob> &job) {
        return job->kind() == StoreJob::Kind::Alone;
    });
    database.connection().begin();
    std::for_each(first, last, [&](const std::unique_ptr<StoreJob> &job) { job->work(database); });
    if (!database.connection().end()) {
        const Error failure = database.connection().failure();
        std::for_each(first, last,
                      [&](const std::unique_ptr<StoreJob> &job) { job->fail(failure); });
    }
    return last;
}

}

StoreWorker::StoreWorker(StoreSetup setup, std::function<void(StoreJobs)> deliver)
    : m_deliver(std::move(deliver)),
      m_thread([this, setup = std::move(setup)] { run(setup); })
{
}

StoreWorker::~StoreWorker()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

Result<StoreWorker::Opened> StoreWorker::open()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_opened.has_value(); });
    return std::move(*m_opened);
}

void StoreWorker::post(std::unique_ptr<StoreJob> job)
{
    const bool urgent = job->kind() != StoreJob::Kind::Patient;
    bool wakes = urgent;
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
        m_urgent = m_urgent || urgent;
        wakes = wakes || m_asleep;
    }
    if (wakes)
        m_changed.notify_all();
}

std::chrono::microseconds StoreWorker::patience() const
{
    return m_usualGap <= longestPatience / 2 ? 2 * m_usualGap : 0us;
}

StoreJobs StoreWorker::nextJobs(StoreDatabase &database)
{
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait_for(lock, patience(), [this] { return m_ending || m_urgent; })
        && m_jobs.empty()) {
        m_asleep = true;
        lock.unlock();
        database.tidy(true);
        lock.lock();
        m_changed.wait(lock, [this] { return m_ending || !m_jobs.empty(); });
        m_asleep = false;
    }
    if (std::exchange(m_urgent, false)) {
        constexpr int remembered = 8;
        const auto now = std::chrono::steady_clock::now();
        const auto gap = std::chrono::duration_cast<std::chrono::microseconds>(
            now - std::exchange(m_lastUrgent, now));
        m_usualGap += (std::min<std::chrono::microseconds>(gap, 1h) - m_usualGap) / remembered;
    }
    return std::exchange(m_jobs, {});
}

void StoreWorker::tell(Result<Opened> opened)
{
    {
        const std::lock_guard lock(m_mutex);
        m_opened.emplace(std::move(opened));
    }
    m_changed.notify_all();
}

void StoreWorker::run(StoreSetup setup)
{
    StoreDatabase database(std::move(setup));
    if (const Result<void> opened = database.open(); !opened) {
        tell(opened.error());
        return;
    }
    tell(Opened { database.salt(), database.notice() });
    for (StoreJobs jobs = nextJobs(database); !jobs.empty(); jobs = nextJobs(database)) {
        work(database, std::move(jobs));
        database.tidy(false);
    }
    database.close();
}

void StoreWorker::work(StoreDatabase &database, StoreJobs jobs)
{
    if (const Result<void> ready = database.ready(); !ready) {
        for (const std::unique_ptr<StoreJob> &job : jobs)
            job->fail(ready.error());
    } else {
        for (auto next = jobs.begin(); next != jobs.end();)
            next = workTogether(database, next, jobs.end());
    }
    m_deliver(std::move(jobs));
}

}
