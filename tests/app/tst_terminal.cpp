#include "app/secretinput.h"
#include "app/unixsignals.h"

#include <QTest>

#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <future>

using namespace restream;

namespace {

Result<QString> readFromPipe(const QByteArray &bytes)
{
    std::array<int, 2> ends {};
    if (::pipe(ends.data()) != 0)
        qFatal("no pipe");
    [[maybe_unused]] const auto written = ::write(ends[1], bytes.constData(), size_t(bytes.size()));
    ::close(ends[1]);
    Result<QString> result = readSecret(ends[0], -1, u"never shown"_qs);
    ::close(ends[0]);
    return result;
}

bool echoes(int descriptor)
{
    termios settings {};
    ::tcgetattr(descriptor, &settings);
    return (settings.c_lflag & ECHO) != 0;
}

/// A terminal as a program and its user see it.
struct Terminal
{
    Terminal()
    {
        if (::openpty(&user, &program, nullptr, nullptr, nullptr) != 0)
            qFatal("no pty");
    }
    ~Terminal()
    {
        ::close(user);
        ::close(program);
    }

    /// What is shown until `text` is.
    QByteArray readUntil(const QByteArray &text) const
    {
        QByteArray shown;
        std::array<char, 256> buffer {};
        while (!shown.contains(text)) {
            const auto count = ::read(user, buffer.data(), buffer.size());
            if (count <= 0)
                break;
            shown.append(buffer.data(), count);
        }
        return shown;
    }

    int user = -1;
    int program = -1;
};

std::atomic<int> terminations = 0;

}

class TestTerminal : public QObject
{
    Q_OBJECT

private slots:
    void secretFromAPipe_isTheWholeLine();
    void secretThatIsNone_isRefused_data();
    void secretThatIsNone_isRefused();
    void secretFromATerminal_isAskedForAndNotShown();
    void signalWhileAsking_bringsTheEchoBackAndIsPassedOn();
    void signals_endOnceAndFromTheEventLoop();
};

void TestTerminal::secretFromAPipe_isTheWholeLine()
{
    for (const QByteArray &bytes : QByteArrayList { "a key+/=\n", "a key+/=", "a key+/=\r\n" }) {
        const Result<QString> secret = readFromPipe(bytes);
        QVERIFY(secret);
        QCOMPARE(*secret, u"a key+/="_qs);
    }
}

void TestTerminal::secretThatIsNone_isRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("empty line") << QByteArray("\n");
    QTest::newRow("two lines") << QByteArray("one\ntwo\n");
    QTest::newRow("NUL") << QByteArray("a\0b", 3);
    QTest::newRow("CR inside") << QByteArray("a\rb\n");
    QTest::newRow("Latin-1") << QByteArray("caf\xe9\n");
    QTest::newRow("endless") << QByteArray(65536, 'x');
}

void TestTerminal::secretThatIsNone_isRefused()
{
    QFETCH(QByteArray, bytes);
    const Result<QString> secret = readFromPipe(bytes);
    QVERIFY(!secret);
    QCOMPARE(secret.error().code, u"no_value"_qs);
}

void TestTerminal::secretFromATerminal_isAskedForAndNotShown()
{
    const Terminal terminal;
    QVERIFY(echoes(terminal.program));
    auto reading = std::async(std::launch::async, [&] {
        return readSecret(terminal.program, terminal.program, u"api-key: "_qs);
    });
    QCOMPARE(terminal.readUntil("api-key: "), QByteArray("api-key: "));
    QVERIFY(!echoes(terminal.program));
    QCOMPARE(::write(terminal.user, "s3cr3t\n", 7), 7);
    const Result<QString> secret = reading.get();
    QVERIFY(secret);
    QCOMPARE(*secret, u"s3cr3t"_qs);
    QVERIFY(echoes(terminal.program));
    QCOMPARE(terminal.readUntil("\n"), QByteArray("\r\n"));
}

void TestTerminal::signalWhileAsking_bringsTheEchoBackAndIsPassedOn()
{
    terminations = 0;
    struct sigaction before = {};
    struct sigaction action = {};
    action.sa_handler = [](int) { ++terminations; };
    ::sigaction(SIGTERM, &action, &before);
    const Terminal terminal;
    auto user = std::async(std::launch::async, [&] {
        terminal.readUntil("api-key: ");
        ::kill(::getpid(), SIGTERM); // the main thread gets it, which reads
    });
    const Result<QString> secret = readSecret(terminal.program, terminal.program, u"api-key: "_qs);
    user.get();
    ::sigaction(SIGTERM, &before, nullptr);
    QVERIFY(!secret);
    QCOMPARE(secret.error().code, u"interrupted"_qs);
    QCOMPARE(terminations.load(), 1);
    QVERIFY(echoes(terminal.program));
}

void TestTerminal::signals_endOnceAndFromTheEventLoop()
{
    for (const int signal : { SIGTERM, SIGINT }) {
        int ends = 0;
        const UnixSignals endSignals([&] { ++ends; });
        std::raise(signal);
        QCOMPARE(ends, 0);
        QTRY_COMPARE(ends, 1);
        for (const int next : { SIGTERM, SIGINT }) {
            struct sigaction now = {};
            ::sigaction(next, nullptr, &now);
            QVERIFY(now.sa_handler
                    == SIG_DFL); // a second one, of either kind, ends a program that hangs
        }
    }
}

QTEST_GUILESS_MAIN(TestTerminal)
#include "tst_terminal.moc"
