#include "app/unixsignals.h"

#include <QSocketNotifier>

#include <array>
#include <csignal>

namespace restream {
namespace {

// A signal handler can reach nothing else.
volatile std::sig_atomic_t wakeDescriptor = -1;
constexpr std::array endSignals { SIGTERM, SIGINT };

void handle(int flags, void (*handler)(int))
{
    struct sigaction action = {};
    sigemptyset(&action.sa_mask);
    // The one that comes while the other is handled meets what that has left.
    for (const int signal : endSignals)
        sigaddset(&action.sa_mask, signal);
    action.sa_flags = flags;
    action.sa_handler = handler;
    for (const int signal : endSignals)
        ::sigaction(signal, &action, nullptr);
}

void wake(int)
{
    // SA_RESETHAND would bring back the default of this signal alone.
    handle(0, SIG_DFL);
    WakePipe::wake(wakeDescriptor);
}

}

UnixSignals::UnixSignals(std::function<void()> onEnd)
{
    wakeDescriptor = m_wakePipe.writeEnd();
    m_notifier = std::make_unique<QSocketNotifier>(m_wakePipe.readEnd(), QSocketNotifier::Read);
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(),
                     [this, onEnd = std::move(onEnd)] {
                         m_notifier->setEnabled(false);
                         onEnd();
                     });
    handle(SA_RESTART, wake);
}

UnixSignals::~UnixSignals()
{
    handle(0, SIG_DFL);
    wakeDescriptor = -1;
}

}
