#include "tests/ui/windowtest.h"

#include <QElapsedTimer>
#include <QLineEdit>
#include <QTableView>
#include <QTest>
#include <QTimer>

using namespace restream;

namespace {

constexpr int itemCount = 100'000;
constexpr int mostMs = 50;

/// The longest time in which the event loop did not come round while it ran.
class Heartbeat final
{
public:
    Heartbeat()
    {
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { beat(); });
        m_timer.start(0);
        m_since.start();
    }
    void beat()
    {
        m_longest = std::max(m_longest, m_since.nsecsElapsed() / 1'000'000);
        m_since.restart();
    }
    [[nodiscard]] qint64 longestMs() const { return m_longest; }

private:
    QTimer m_timer;
    QElapsedTimer m_since;
    qint64 m_longest = 0;
};

}

/// The window is never stuck. A machine that is busy with something else makes any program late now and then; what the window itself does makes it late each time.
/// So each scene is played until it was smooth once, and has failed when it never was.
class TestResponsiveness : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void arrival_ofAHugeStream();
    void changes_ofAHugeStream();
    void snapshots_ofManyChannels();
    void closingAndComingBack_ofTheWindow();

private:
    /// The shortest of the longest beats of several tries.
    static qint64 smoothest(const std::function<void()> &scene);
    static void run(int ms);

    std::vector<Item> m_items;
    std::unique_ptr<WindowTest> m_test;
};

void TestResponsiveness::initTestCase()
{
#if !defined(__OPTIMIZE__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("built to be looked into, not to be fast");
#endif
    m_items.reserve(itemCount);
    for (int i = 0; i < itemCount; ++i) {
        const QByteArray number = QByteArray::number(i);
        const QByteArray text = R"({"title":"M 2.1 - 5 km W of Somewhere )" + number + R"(","mag":)"
            + QByteArray::number(i % 90 / 10.0) + R"(,"place":{"lat":47.5,"lon":19.0},"updated":)"
            + number + "}";
        m_items.emplace_back(number, text);
    }
}

void TestResponsiveness::init()
{
    m_test = std::make_unique<WindowTest>();
    m_test->options.hasTray = [] { return true; };
    m_test->engine.addChannel(u"a"_qs);
    m_test->engine.addChannel(u"b"_qs);
    m_test->open();
    QVERIFY(QTest::qWaitForWindowActive(m_test->window.get()));
    m_test->choose(u"a"_qs);
    StreamInfo &stream = m_test->engine.addStream(u"a"_qs, "a");
    stream.items = itemCount;
    stream.seq = 1;
    stream.subscribers = 1;
    emit m_test->engine.snapshotChanged();
    emit m_test->engine.watchedItems("a", m_items);
    QTRY_COMPARE(m_test->find<QTableView>(u"items"_qs)->model()->rowCount(), itemCount);
}

void TestResponsiveness::run(int ms)
{
    QEventLoop loop;
    QTimer::singleShot(ms, &loop, &QEventLoop::quit);
    loop.exec();
}

qint64 TestResponsiveness::smoothest(const std::function<void()> &scene)
{
    qint64 best = std::numeric_limits<qint64>::max();
    for (int attempt = 0; attempt < 10 && best > mostMs; ++attempt) {
        run(20);
        const Heartbeat heart;
        scene();
        best = std::min(best, heart.longestMs());
    }
    return best;
}

void TestResponsiveness::changes_ofAHugeStream()
{
    int at = 0;
    const qint64 longest = smoothest([&] {
        // 1,000 a second, in the ten polls that the fastest channel makes in it.
        for (int poll = 0; poll < 10; ++poll) {
            auto changes = std::make_shared<Changeset>();
            for (int i = 0; i < 100; ++i) {
                const Item &item = m_items[size_t(at++ % itemCount)];
                const QByteArray text =
                    R"({"title":"changed","mag":9,"updated":)" + QByteArray::number(at) + "}";
                changes->updated.emplace_back(item.id(), item.text(), text);
            }
            emit m_test->engine.watchedChanges("a", changes);
            emit m_test->engine.snapshotChanged();
            run(100);
        }
    });
    QVERIFY2(longest <= mostMs, qPrintable(QString::number(longest)));
}

void TestResponsiveness::arrival_ofAHugeStream()
{
    auto *table = m_test->find<QTableView>(u"items"_qs);
    const qint64 longest = smoothest([&] {
        m_test->choose(u"b"_qs);
        m_test->choose(u"a"_qs);
        emit m_test->engine.watchedItems("a", m_items);
        QTRY_COMPARE(table->model()->rowCount(), itemCount);
        run(20);
    });
    QEXPECT_FAIL("", "the table takes all items in one go", Continue);
    QVERIFY2(longest <= mostMs, qPrintable(QString::number(longest)));
}

void TestResponsiveness::snapshots_ofManyChannels()
{
    for (int i = 0; i < 200; ++i) {
        const QString name = u"channel-%1"_qs.arg(i);
        m_test->engine.addChannel(name);
        for (int s = 0; s < 20; ++s) {
            StreamInfo &stream =
                m_test->engine.addStream(name, name.toUtf8() + QByteArray::number(s));
            stream.changesPerMinute.assign(60, s);
        }
    }
    const qint64 longest = smoothest([&] {
        for (int i = 0; i < 4; ++i) {
            for (StreamInfo &stream : m_test->engine.now.streams)
                ++stream.subscribers;
            emit m_test->engine.snapshotChanged();
            run(50);
        }
    });
    QVERIFY2(longest <= mostMs, qPrintable(QString::number(longest)));
}

void TestResponsiveness::closingAndComingBack_ofTheWindow()
{
    const qint64 longest = smoothest([&] {
        m_test->window->close();
        run(20);
        m_test->window->bring();
        run(20);
    });
    QVERIFY2(longest <= mostMs, qPrintable(QString::number(longest)));
}

QTEST_MAIN(TestResponsiveness)
#include "tst_responsiveness.moc"
