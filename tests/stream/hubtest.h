#pragma once

#include "core/stream/streamhub.h"
#include "tests/support/fakeclock.h"
#include "tests/support/fakefetcher.h"

#include <QTemporaryDir>
#include <QTest>

namespace restream {

/// Remembers what it was told.
class Observer final : public StreamObserver
{
public:
    void streamChanged(const Stream &from, const ChangesetPtr &changes) override
    {
        seqs.push_back(changes->seq);
        last = changes;
        itemsThen = from.items().size();
    }
    void streamReset(const Stream &from) override { resets.push_back(from.epoch()); }
    void streamStatusChanged(const Stream &from) override
    {
        ++statuses;
        state = from.status().state;
    }
    void streamClosed(const Stream &, const Error &reason) override { closed = reason; }

    const Stream *stream = nullptr;
    std::optional<Error> refused;
    std::vector<qint64> seqs;
    std::vector<QByteArray> resets;
    ChangesetPtr last;
    qsizetype itemsThen = 0;
    int statuses = 0;
    PollState state = PollState::Live;
    std::optional<Error> closed;
};

inline ChannelDefinition channel(const QString &name, const QString &level = {})
{
    ChannelDefinition definition;
    definition.name = name;
    definition.request.url = QStringLiteral("http://127.0.0.1:1/");
    definition.idField = { QStringLiteral("id") };
    definition.pollIntervalSeconds = 60;
    definition.maxStreams = 2;
    if (!level.isEmpty()) {
        ParamDefinition param;
        param.defaultValue = level;
        param.required = false;
        definition.params.insert(QStringLiteral("level"), param);
    }
    definition.source = { { QStringLiteral("name"), name } };
    return definition;
}

/// A hub over a store of its own, whose fetchers answer when the test says so; one channel, "quakes".
class HubTest : public QObject
{
    Q_OBJECT

protected:
    void setUp();
    void tearDown();
    /// Closes what was open and opens it again, as a restart does.
    void open();
    void observe(Observer &observer, const QString &name = QStringLiteral("quakes"),
                 const Params &params = {});
    /// Observes and waits until the first call is under way.
    void observeAndWait(Observer &observer);
    /// Lets the time pass until the next poll of the one stream that is there; gives how much.
    qint64 toNextPoll();
    void body(Observer &observer, const QByteArray &text);

    FakeClock m_clock;
    FetchScript m_script;
    Result<Keys> m_keys = Keys();
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<StateStore> m_store;
    std::unique_ptr<Worker> m_worker;
    std::unique_ptr<StreamHub> m_hub;
};

}
