#include "core/serve/acceptor.h"

#include <QRegularExpression>
#include <QTcpSocket>
#include <QTest>

#include <sys/resource.h>
#include <unistd.h>

using namespace restream;

namespace {

/// Lets this process open no further files.
class NoDescriptors final
{
public:
    NoDescriptors()
    {
        ::getrlimit(RLIMIT_NOFILE, &m_before);
        rlimit none = m_before;
        const int next = ::dup(0);
        ::close(next);
        none.rlim_cur = rlim_t(next);
        ::setrlimit(RLIMIT_NOFILE, &none);
    }
    ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &m_before); }
    Q_DISABLE_COPY_MOVE(NoDescriptors)

private:
    rlimit m_before {};
};

/// Clients that the kernel has taken in.
class Waiting final
{
public:
    Waiting(quint16 port, int count)
    {
        for (int i = 0; i < count; ++i) {
            m_sockets.push_back(std::make_unique<QTcpSocket>());
            m_sockets.back()->connectToHost(QHostAddress(QHostAddress::LocalHost), port);
        }
    }

private:
    std::vector<std::unique_ptr<QTcpSocket>> m_sockets;
};

}

class TestAcceptor : public QObject
{
    Q_OBJECT

private slots:
    void storm_isTakenInPortions();
    void withoutDescriptors_itPausesAndSaysSoOnce();
    void closed_acceptsNoMore();
};

void TestAcceptor::storm_isTakenInPortions()
{
    int accepted = 0;
    int most = 0;
    Acceptor acceptor([&accepted](int descriptor) {
        ::close(descriptor);
        ++accepted;
    });
    const Result<quint16> port = acceptor.listen(QHostAddress(QHostAddress::LocalHost), 0);
    QVERIFY(port);
    const Waiting waiting(*port, 300);
    const auto takesAll = [&] {
        const int before = accepted;
        QCoreApplication::processEvents();
        most = std::max(most, accepted - before);
        return accepted == 300;
    };
    QTRY_VERIFY(takesAll());
    QVERIFY(most > 1 && most <= 64);
}

void TestAcceptor::withoutDescriptors_itPausesAndSaysSoOnce()
{
    int accepted = 0;
    Acceptor acceptor([&accepted](int descriptor) {
        ::close(descriptor);
        ++accepted;
    });
    const Result<quint16> port = acceptor.listen(QHostAddress(QHostAddress::LocalHost), 0);
    QVERIFY(port);
    const Waiting waiting(*port, 5);
    {
        const NoDescriptors none;
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(QStringLiteral("let in for now: .*ulimit -n")));
        QTRY_VERIFY(acceptor.isPaused());
        acceptor.resume();
        QVERIFY(acceptor.isPaused());
        QCoreApplication::processEvents();
        QCOMPARE(accepted, 0);
    }
    acceptor.resume();
    QVERIFY(!acceptor.isPaused());
    QTRY_COMPARE(accepted, 5);
}

void TestAcceptor::closed_acceptsNoMore()
{
    Acceptor acceptor([](int descriptor) { ::close(descriptor); });
    const Result<quint16> port = acceptor.listen(QHostAddress(QHostAddress::LocalHost), 0);
    QVERIFY(port);
    acceptor.close();
    acceptor.resume();
    QTcpSocket late;
    late.connectToHost(QHostAddress(QHostAddress::LocalHost), *port);
    QVERIFY(!late.waitForConnected(1000));
}

QTEST_GUILESS_MAIN(TestAcceptor)
#include "tst_acceptor.moc"
