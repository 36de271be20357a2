#include "ui/notifier.h"

#include <QDBusArgument>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusVirtualObject>
#include <QSignalSpy>
#include <QTest>

using namespace restream;

/// The desktop's service, as far as it is asked.
class FakeDesktop final : public QDBusVirtualObject
{
    Q_OBJECT

public:
    struct Said
    {
        uint replaces = 0;
        QString title;
        QString text;
        QStringList actions;
        QString category;
    };

    [[nodiscard]] QString introspect(const QString &) const override { return {}; }
    bool handleMessage(const QDBusMessage &message, const QDBusConnection &connection) override
    {
        if (message.member() != u"Notify")
            return false;
        const QVariantList arguments = message.arguments();
        const auto hints = qdbus_cast<QVariantMap>(arguments.at(6));
        said.append({ arguments.at(1).toUInt(), arguments.at(3).toString(),
                      arguments.at(4).toString(), arguments.at(5).toStringList(),
                      hints.value(u"category"_qs).toString() });
        const uint replaces = said.last().replaces;
        connection.send(message.createReply(replaces ? replaces : ++lastId));
        emit told();
        return true;
    }

    QList<Said> said;
    uint lastId = 0;

signals:
    void told();
};

class TestNotifier : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void withoutABus_nothingHappens();
    void message_reachesTheDesktop();
    void sameTopic_replacesWhatWasSaid();
    void click_namesTheTopicAndOthersClicksNothing();

private:
    void invoke(uint id);
    bool say(Notifier &notifier, const QString &topic, const QString &title);

    FakeDesktop m_desktop;
    bool m_hasBus = false;
};

void TestNotifier::initTestCase()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    m_hasBus = bus.isConnected();
    if (!m_hasBus)
        return;
    QVERIFY(bus.registerVirtualObject(u"/org/freedesktop/Notifications"_qs, &m_desktop));
    QVERIFY(bus.registerService(u"org.freedesktop.Notifications"_qs));
}

void TestNotifier::withoutABus_nothingHappens()
{
    if (m_hasBus)
        QSKIP("there is a bus");
    Notifier notifier;
    notifier.say(u"a"_qs, u"A"_qs, u"B"_qs, true);
    QTest::qWait(0);
}

bool TestNotifier::say(Notifier &notifier, const QString &topic, const QString &title)
{
    const auto before = m_desktop.said.size();
    notifier.say(topic, title, u"<b>why</b> & wherefore"_qs, true);
    const bool told = QTest::qWaitFor([&] { return m_desktop.said.size() > before; });
    QTest::qWait(0); // the answer, which follows at once
    return told;
}

void TestNotifier::message_reachesTheDesktop()
{
    if (!m_hasBus)
        QSKIP("there is no bus");
    Notifier notifier;
    QVERIFY(say(notifier, u"a"_qs, u"a is failing"_qs));
    const FakeDesktop::Said said = m_desktop.said.last();
    QCOMPARE(said.title, u"a is failing"_qs);
    QCOMPARE(said.text, u"&lt;b&gt;why&lt;/b&gt; &amp; wherefore"_qs); // bodies may be markup
    QCOMPARE(said.category, u"network.error"_qs);
    QCOMPARE(said.actions.first(), u"default"_qs);
    QCOMPARE(said.replaces, 0U);
}

void TestNotifier::sameTopic_replacesWhatWasSaid()
{
    if (!m_hasBus)
        QSKIP("there is no bus");
    Notifier notifier;
    QVERIFY(say(notifier, u"a"_qs, u"a is failing"_qs));
    const uint first = m_desktop.lastId;
    QTRY_VERIFY(say(notifier, u"a"_qs, u"a is well again"_qs)
                && m_desktop.said.last().replaces == first);
    QVERIFY(say(notifier, u"b"_qs, u"b is failing"_qs));
    QCOMPARE(m_desktop.said.last().replaces, 0U);
}

void TestNotifier::invoke(uint id)
{
    QDBusMessage signal =
        QDBusMessage::createSignal(u"/org/freedesktop/Notifications"_qs,
                                   u"org.freedesktop.Notifications"_qs, u"ActionInvoked"_qs);
    signal.setArguments({ id, u"default"_qs });
    QDBusConnection::sessionBus().send(signal);
}

void TestNotifier::click_namesTheTopicAndOthersClicksNothing()
{
    if (!m_hasBus)
        QSKIP("there is no bus");
    Notifier notifier;
    QSignalSpy activated(&notifier, &Notifier::activated);
    QVERIFY(say(notifier, u"a"_qs, u"a is failing"_qs));
    const uint own = m_desktop.lastId;
    invoke(own + 1000);
    invoke(own);
    QTRY_COMPARE(activated.count(), 1);
    QCOMPARE(activated.first().first().toString(), u"a"_qs);
}

QTEST_GUILESS_MAIN(TestNotifier)
#include "tst_notifier.moc"
