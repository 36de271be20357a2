#pragma once

#include "core/stream/storedatabase.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace restream {

/// One thing that is asked of the store, and whoever waits for its outcome.
class StoreJob
{
public:
    /// Grouped: written in one transaction with the grouped jobs that wait beside it; Patient: the same, and where these come often it waits for
    /// the next; Alone: it makes its own.
    enum class Kind { Grouped, Patient, Alone };

    explicit StoreJob(Kind kind) : m_kind(kind) { }
    virtual ~StoreJob() = default;
    StoreJob(const StoreJob &) = delete;
    StoreJob &operator=(const StoreJob &) = delete;

    [[nodiscard]] Kind kind() const { return m_kind; }
    virtual void work(StoreDatabase &database) = 0; ///< on the store's thread
    virtual void
    fail(const Error &error) = 0; ///< on the store's thread: what work() did was undone
    virtual void answer() = 0; ///< on the thread of the store's user

private:
    const Kind m_kind;
};

using StoreJobs = std::vector<std::unique_ptr<StoreJob>>;

/// The thread that the database lives on. Jobs are done in their order.
class StoreWorker final
{
public:
    struct Opened
    {
        QByteArray salt;
        QString notice;
    };

    /// `deliver` gets jobs that are done, on the worker's thread, to be answered.
    StoreWorker(StoreSetup setup, std::function<void(StoreJobs)> deliver);
    ~StoreWorker(); ///< Does what waits, closes the database.
    StoreWorker(const StoreWorker &) = delete;
    StoreWorker &operator=(const StoreWorker &) = delete;

    /// Waits until the database is open; once. Errors as StateStore::open().
    Result<Opened> open();
    void post(std::unique_ptr<StoreJob> job);

private:
    void run(StoreSetup setup);
    /// Waits for them, and tidies up where there are none; none: it ends.
    StoreJobs nextJobs(StoreDatabase &database);
    [[nodiscard]] std::chrono::microseconds patience() const;
    void tell(Result<Opened> opened);
    void work(StoreDatabase &database, StoreJobs jobs);

    std::function<void(StoreJobs)> m_deliver;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    StoreJobs m_jobs;
    std::optional<Result<Opened>> m_opened;
    bool m_urgent = false; ///< one of m_jobs waits for nobody
    bool m_asleep = false; ///< until the first job
    bool m_ending = false;
    std::chrono::steady_clock::time_point m_lastUrgent;
    std::chrono::microseconds m_usualGap = std::chrono::hours(1); ///< between jobs that are urgent
    std::thread m_thread;
};

}
