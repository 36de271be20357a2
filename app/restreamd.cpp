#include "app/commandline.h"
#include "app/composition.h"
#include "app/console.h"
#include "app/exitcode.h"
#include "app/logoutput.h"
#include "app/run.h"
#include "app/unixsignals.h"
#include "core/config/keystores.h"
#include "core/engine.h"

#include <QCoreApplication>
#include <QFile>

#include <csignal>
#include <cstdio>

using namespace restream;

namespace {

ExitCode serve(const CommandLine &line, Console &console)
{
    // A log or a console that has gone away is no reason to leave the clients alone.
    std::signal(SIGPIPE, SIG_IGN);
    const UnixSignals endSignals([] { QCoreApplication::quit(); });
    const std::unique_ptr<KeyStore> keys = makeKeyStore(line.keysFile);
    Engine engine(engineOptions(line), *keys);
    const Result<QString> url = engine.start();
    if (!url) {
        console.error(url.error().message);
        return exitCodeFor(url.error());
    }
    console.out(u"listening on "_qs % *url);
    QCoreApplication::exec();
    engine.stop();
    return ExitCode::Ok;
}

ExitCode start(const ParsedArguments &parsed, Console &console)
{
    switch (parsed.outcome) {
    case ParsedArguments::Outcome::Print:
        console.out(QStringView(parsed.text).chopped(1).toString());
        return ExitCode::Ok;
    case ParsedArguments::Outcome::UsageError:
        console.error(parsed.text);
        console.note(u"\"restreamd --help\" says how it is used"_qs);
        return ExitCode::Usage;
    case ParsedArguments::Outcome::Proceed:
        break;
    }
    return parsed.line.command == Command::Run ? serve(parsed.line, console)
                                               : runCommand(parsed.line, console);
}

}

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"restreamd"_qs);
    QCoreApplication::setApplicationVersion(QStringLiteral(RESTREAM_VERSION));
    installLogOutput();
    QFile out;
    QFile err;
    if (!out.open(stdout, QIODevice::WriteOnly) || !err.open(stderr, QIODevice::WriteOnly))
        return int(ExitCode::Failed);
    Console console(out, err, u"restreamd"_qs);
    return int(
        start(parseArguments(Program::Daemon, QCoreApplication::arguments().mid(1)), console));
}
