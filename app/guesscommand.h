#pragma once

#include "app/console.h"
#include "app/exitcode.h"
#include "app/fetchcommand.h"
#include "core/clock.h"
#include "core/guess/guess.h"
#include "core/poll/httpclient.h"

#include <QStringList>

namespace restream {

/// restreamd guess: proposes a channel's definition. Runs the event loop while it calls. Never prints a key's value.
class GuessCommand final
{
public:
    /// All outlive it.
    GuessCommand(HttpClient &client, AskLeave askLeave, Clock &clock, Console &console);

    /// `words`: a URL, files that are recorded answers, or both. `curl`: a curl command; empty: none. Failed where no answer was of use, or the program itself
    /// refuses the definition; what is known of it is printed all the same.
    ExitCode run(const QStringList &words, const QString &curl);

private:
    Result<void> read(const QStringList &words, const QString &curl);
    Result<void> readRequest(const QString &text);
    Result<void> readFile(const QString &path);
    Result<void> call();
    void print(const Guess &guess);
    void printKeys(const Guess &guess);

    HttpClient &m_client;
    AskLeave m_askLeave;
    Clock &m_clock;
    Console &m_console;
    GuessInput m_input;
};

}
