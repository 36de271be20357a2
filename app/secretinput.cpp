#include "app/secretinput.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace restream {
namespace {

constexpr std::array interruptions { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
volatile std::sig_atomic_t interruption = 0;

void noteInterruption(int signal)
{
    interruption = signal;
}

/// A terminal that does not show what is typed, for as long as this lives, also when a signal ends the program meanwhile.
class SilentTerminal final
{
public:
    explicit SilentTerminal(int descriptor) : m_descriptor(descriptor)
    {
        interruption = 0;
        struct sigaction action = {};
        sigemptyset(&action.sa_mask);
        action.sa_handler = noteInterruption; // without SA_RESTART, so that read() returns
        for (size_t i = 0; i < interruptions.size(); ++i)
            ::sigaction(interruptions[i], &action, &m_before[i]);
        ::tcgetattr(descriptor, &m_settings);
        termios silent = m_settings;
        silent.c_lflag &= ~tcflag_t(ECHO);
        silent.c_lflag |= ECHONL;
        ::tcsetattr(descriptor, TCSAFLUSH, &silent);
    }

    ~SilentTerminal()
    {
        ::tcsetattr(m_descriptor, TCSAFLUSH, &m_settings);
        for (size_t i = 0; i < interruptions.size(); ++i)
            ::sigaction(interruptions[i], &m_before[i], nullptr);
        if (interruption != 0)
            std::raise(interruption);
    }

    SilentTerminal(const SilentTerminal &) = delete;
    SilentTerminal &operator=(const SilentTerminal &) = delete;

private:
    int m_descriptor;
    termios m_settings = {};
    std::array<struct sigaction, interruptions.size()> m_before = {};
};

constexpr qsizetype mostBytes = 64 * 1024;

/// Up to the end, or of a terminal up to the end of the line. False: interrupted.
bool readBytes(int descriptor, bool line, QByteArray &bytes)
{
    std::array<char, 4096> buffer;
    while (bytes.size() < mostBytes && !(line && bytes.endsWith('\n'))) {
        const auto count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR && interruption == 0)
            continue;
        if (count < 0)
            return false;
        if (count == 0)
            break;
        bytes.append(buffer.data(), count);
    }
    return true;
}

Error noValue(const QString &message)
{
    return { u"no_value"_qs, message };
}

}

Result<QString> readSecret(int descriptor, int promptDescriptor, const QString &prompt)
{
    QByteArray bytes;
    bool complete = false;
    if (::isatty(descriptor) == 1) {
        const SilentTerminal silence(descriptor);
        const QByteArray text = prompt.toUtf8();
        [[maybe_unused]] const auto written =
            ::write(promptDescriptor, text.constData(), size_t(text.size()));
        complete = readBytes(descriptor, true, bytes);
    } else {
        complete = readBytes(descriptor, false, bytes);
    }
    if (!complete)
        return Error { u"interrupted"_qs, u"nothing was stored"_qs };
    if (bytes.endsWith('\n'))
        bytes.chop(bytes.endsWith("\r\n") ? 2 : 1);
    const QString value = QString::fromUtf8(bytes);
    if (value.isEmpty())
        return noValue(u"no value came on standard input; nothing was stored"_qs);
    for (const QChar c : value) {
        if (c.category() == QChar::Other_Control)
            return noValue(u"a key is one line without control characters; nothing was stored"_qs);
    }
    return value;
}

}
