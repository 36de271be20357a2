#include "app/secretinput.h"

#include "app/wakepipe.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace restream {
namespace {

constexpr std::array interruptions { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
volatile std::sig_atomic_t interruption = 0;
volatile std::sig_atomic_t wakeDescriptor = -1;

// A signal may come on any thread and at any time, also just before read() is called: only a descriptor is never missed.
void noteInterruption(int signal)
{
    interruption = signal;
    WakePipe::wake(wakeDescriptor);
}

/// A terminal that does not show what is typed, for as long as this lives, also when a signal ends the program meanwhile.
class SilentTerminal final
{
public:
    explicit SilentTerminal(int descriptor) : m_descriptor(descriptor)
    {
        interruption = 0;
        wakeDescriptor = m_wakePipe.writeEnd();
        struct sigaction action = {};
        sigemptyset(&action.sa_mask);
        action.sa_flags = SA_RESTART;
        action.sa_handler = noteInterruption;
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

    /// Waits for a line; false: a signal came.
    [[nodiscard]] bool waitForLine() const
    {
        std::array<pollfd, 2> descriptors { pollfd { m_descriptor, POLLIN, 0 },
                                            pollfd { m_wakePipe.readEnd(), POLLIN, 0 } };
        while (::poll(descriptors.data(), descriptors.size(), -1) < 0 && errno == EINTR)
            continue;
        return interruption == 0;
    }

    SilentTerminal(const SilentTerminal &) = delete;
    SilentTerminal &operator=(const SilentTerminal &) = delete;

private:
    int m_descriptor;
    WakePipe m_wakePipe;
    termios m_settings = {};
    std::array<struct sigaction, interruptions.size()> m_before = {};
};

constexpr qsizetype mostBytes = 64 * 1024;

/// One read() behind what is there; false at the end.
bool readMore(int descriptor, QByteArray &bytes)
{
    std::array<char, 4096> buffer;
    const auto count = ::read(descriptor, buffer.data(), buffer.size());
    if (count > 0)
        bytes.append(buffer.data(), count);
    return count > 0 && bytes.size() < mostBytes;
}

Error noValue(const QString &message)
{
    return { u"no_value"_qs, message };
}

}

Result<QString> readSecret(int descriptor, int promptDescriptor, const QString &prompt)
{
    QByteArray bytes;
    if (::isatty(descriptor) == 1) {
        const SilentTerminal silence(descriptor);
        const QByteArray text = prompt.toUtf8();
        [[maybe_unused]] const auto written =
            ::write(promptDescriptor, text.constData(), size_t(text.size()));
        do {
            if (!silence.waitForLine())
                return Error { u"interrupted"_qs, u"nothing was stored"_qs };
        } while (readMore(descriptor, bytes) && !bytes.endsWith('\n'));
    } else {
        while (readMore(descriptor, bytes)) { }
    }
    if (bytes.endsWith('\n'))
        bytes.chop(bytes.endsWith("\r\n") ? 2 : 1);
    const QString value = QString::fromUtf8(bytes);
    if (value.isEmpty())
        return noValue(u"no value came on standard input; nothing was stored"_qs);
    if (bytes.size() >= mostBytes - 1 || value.toUtf8() != bytes)
        return noValue(u"a key is text in UTF-8, shorter than 64 KiB; nothing was stored"_qs);
    for (const QChar c : value) {
        if (c.category() == QChar::Other_Control)
            return noValue(u"a key is one line without control characters; nothing was stored"_qs);
    }
    return value;
}

}
