#include "app/commandline.h"
#include "app/composition.h"
#include "app/console.h"
#include "app/exitcode.h"
#include "app/logoutput.h"
#include "app/unixsignals.h"
#include "app/windowcall.h"
#include "core/config/keystores.h"
#include "core/engine.h"
#include "core/logbook.h"
#include "core/logging.h"
#include "ui/mainwindow.h"

#include <QApplication>
#include <QFile>
#include <QMessageBox>
#include <QStandardPaths>

#include <csignal>
#include <cstdio>

using namespace restream;

namespace {

/// Says what --help and --version ask for, and what is wrong with the arguments. Nothing: the program goes on.
std::optional<ExitCode> answerArguments(const ParsedArguments &parsed)
{
    QFile out;
    QFile err;
    if (!out.open(stdout, QIODevice::WriteOnly) || !err.open(stderr, QIODevice::WriteOnly))
        return ExitCode::Failed;
    Console console(out, err, programName(Program::Window));
    switch (parsed.outcome) {
    case ParsedArguments::Outcome::Print:
        console.out(QStringView(parsed.text).chopped(1).toString());
        return ExitCode::Ok;
    case ParsedArguments::Outcome::UsageError:
        console.error(parsed.text);
        console.note(u"\"restream --help\" says how it is used"_qs);
        return ExitCode::Usage;
    case ParsedArguments::Outcome::Proceed:
        break;
    }
    return std::nullopt;
}

QStringList plainArguments(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    return arguments;
}

bool mayGoOn(const Error &error)
{
    return error.code == u"port_in_use" || error.code == u"bind_failed";
}

/// What starts the program at login as it was started now, but in the tray.
QStringList commandAtLogin(const QStringList &arguments)
{
    QStringList command = QStringList { QApplication::applicationFilePath() } + arguments;
    if (!command.contains(u"--tray"_qs))
        command.append(u"--tray"_qs);
    return command;
}

void run(MainWindow &window, const CommandLine &line)
{
    WindowCall call([&] { window.bring(); });
    if (const Result<void> listening = call.listen(line.dataFolder); !listening)
        qCWarning(logEngine).noquote() << listening.error().message;
    if (!line.inTray)
        window.show();
    else if (!window.hasTray())
        window.showMinimized();
    QApplication::exec();
}

ExitCode showWindow(const CommandLine &line, const QStringList &arguments, LogBook &log)
{
    // First of all, so that none is missed; heard as soon as an event loop runs, be it that of a message box.
    const UnixSignals endSignals([] { QApplication::exit(); });
    const std::unique_ptr<KeyStore> keys = makeKeyStore(line.keysFile);
    const SystemClock clock;
    Engine engine(engineOptions(line), *keys);
    const Result<QString> started = engine.start();
    if (!started && !mayGoOn(started.error())) {
        if (started.error().code == u"data_in_use" && WindowCall::call(line.dataFolder)) {
            qCInfo(logEngine, "runs already: its window was brought forward");
            return ExitCode::Ok;
        }
        qCCritical(logEngine).noquote() << started.error().message;
        QMessageBox::critical(nullptr, QApplication::translate("main", "Restream can't start"),
                              started.error().message);
        return exitCodeFor(started.error());
    }
    const QString configHome =
        QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation);
    MainWindow window(engine, clock,
                      { line.configFolder % QLatin1String("/window.ini"), &log,
                        Autostart(configHome, commandAtLogin(arguments)) });
    QObject::connect(&window, &MainWindow::quitRequested, &window,
                     [] { QApplication::exit(); }); // quit() would ask the window again
    if (!started)
        window.showListeningFailure(started.error(), line.serve.port);
    run(window, line);
    window.saveState();
    engine.stop();
    return ExitCode::Ok;
}

}

int main(int argc, char **argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    // Before there is an application: help needs no display.
    const ParsedArguments early = parseArguments(Program::Window, plainArguments(argc, argv));
    if (early.outcome == ParsedArguments::Outcome::Print) {
        if (const std::optional<ExitCode> code = answerArguments(early))
            return int(*code);
    }
    const QApplication application(argc, argv);
    QApplication::setApplicationName(u"restream"_qs);
    QApplication::setApplicationDisplayName(u"Restream"_qs);
    QApplication::setDesktopFileName(u"restream"_qs);
    QApplication::setApplicationVersion(QStringLiteral(RESTREAM_VERSION));
    // The window decides what closing it means.
    QApplication::setQuitOnLastWindowClosed(false);
    LogBook log;
    installLogOutput(&log);
    // Without what Qt has taken for itself: -platform, -style, …
    const QStringList arguments = QApplication::arguments().mid(1);
    const ParsedArguments parsed = parseArguments(Program::Window, arguments);
    if (const std::optional<ExitCode> code = answerArguments(parsed))
        return int(*code);
    const ExitCode code = showWindow(parsed.line, arguments, log);
    installLogOutput();
    return int(code);
}
