#include "tests/stream/hubtest.h"

namespace restream {

void HubTest::setUp()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_script = {};
    m_keys = Keys();
    open();
    m_hub->setChannels({ { QStringLiteral("quakes"), channel(QStringLiteral("quakes")) } });
}

void HubTest::tearDown()
{
    m_hub.reset();
    m_worker.reset();
    m_store.reset();
}

void HubTest::open()
{
    m_hub.reset();
    m_store.reset();
    auto store = StateStore::open({ m_folder->path(), "boot", false, &m_clock });
    QVERIFY(store);
    m_store = std::move(store).value();
    if (!m_worker)
        m_worker = std::make_unique<Worker>();
    m_hub = std::make_unique<StreamHub>(StreamContext {
        m_clock, *m_store, *m_worker,
        [this](const ChannelDefinition &) { return std::make_unique<FakeFetcher>(m_script); },
        [this](const QString &, const QStringList &, bool, const auto &done) { done(m_keys); },
        [] { return 0.5; } });
}

void HubTest::observe(Observer &observer, const QString &name, const Params &params)
{
    m_hub->observe(name, params, &observer, [&observer](const Result<const Stream *> &stream) {
        if (stream)
            observer.stream = *stream;
        else
            observer.refused = stream.error();
    });
}

void HubTest::observeAndWait(Observer &observer)
{
    observe(observer);
    QTRY_VERIFY(observer.stream);
    m_clock.advance(0);
    QTRY_VERIFY(m_script.pending);
}

qint64 HubTest::toNextPoll()
{
    const qint64 ms = m_hub->streams().at(0)->status().nextPollMs - m_clock.wallMs();
    m_clock.advance(ms);
    return ms;
}

void HubTest::body(Observer &observer, const QByteArray &text)
{
    const int before = observer.statuses;
    m_script.answerBody(text);
    QTRY_VERIFY(observer.statuses > before && !m_script.pending);
}

}
