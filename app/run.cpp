#include "app/run.h"

#include "app/channelscommand.h"
#include "app/checkcommand.h"
#include "app/composition.h"
#include "app/fetchcommand.h"
#include "app/guesscommand.h"
#include "app/keyscommand.h"
#include "app/secretinput.h"
#include "app/tailclient.h"
#include "app/unixsignals.h"
#include "core/config/keystores.h"
#include "fetchers/fetchers.h"

#include <QCoreApplication>
#include <QFile>
#include <QRandomGenerator>

#include <unistd.h>

namespace restream {
namespace {

ExitCode fetch(const CommandLine &line, const ChannelSet &channels, Console &console)
{
    SystemClock clock;
    const std::unique_ptr<KeyStore> keys = makeKeyStore(line.keysFile);
    FetchCommand command(channels, *keys, makeFetcherFactory(clock),
                         askStore(line.dataFolder, clock), clock, console);
    return command.run(line.channel, line.params);
}

ExitCode guess(const CommandLine &line, Console &console)
{
    SystemClock clock;
    HttpClient client(clock);
    QString curl = line.curl;
    if (curl == u"-") {
        QFile input;
        if (input.open(STDIN_FILENO, QIODevice::ReadOnly))
            curl = QString::fromUtf8(input.readAll());
    }
    GuessCommand command(client, askStore(line.dataFolder, clock), clock, console);
    return command.run(line.paths, curl);
}

ExitCode tail(const CommandLine &line, Console &console)
{
    SystemClock clock;
    TailClient client({ line.server, line.channel, line.params, line.updates }, clock,
                      [] { return QRandomGenerator::global()->generateDouble(); });
    QEventLoop loop;
    ExitCode code = ExitCode::Ok;
    client.onMessage = [&](const QByteArray &message) { console.out(message); };
    client.onNotice = [&](const QString &text) { console.note(text); };
    client.onEnded = [&](const Result<void> &outcome) {
        if (!outcome) {
            console.error(outcome.error().message);
            code = ExitCode::Failed;
        }
        loop.quit();
    };
    const UnixSignals endSignals([&] { client.stop(); });
    // Not before the loop runs: an end before it would be lost.
    QMetaObject::invokeMethod(
        &loop, [&] { client.start(); }, Qt::QueuedConnection);
    loop.exec();
    return code;
}

ExitCode importKeys(const QString &path, KeysCommand &command, Console &console)
{
    QFile file(path);
    const bool opened = path == u"-" ? file.open(STDIN_FILENO, QIODevice::ReadOnly)
                                     : file.open(QIODevice::ReadOnly);
    if (!opened) {
        console.error(u"%1: %2"_qs.arg(path, file.errorString()));
        return ExitCode::Failed;
    }
    return command.import(file.readAll());
}

ExitCode keys(const CommandLine &line, const ChannelSet &channels, Console &console)
{
    const std::unique_ptr<KeyStore> store = makeKeyStore(line.keysFile);
    KeysCommand command(channels, *store, console);
    switch (line.command) {
    case Command::KeysSet:
        return command.set(line.channel, line.key, [&] {
            return readSecret(STDIN_FILENO, STDERR_FILENO,
                              u"%1 of %2 (not shown): "_qs.arg(line.key, line.channel));
        });
    case Command::KeysRemove:
        return command.remove(line.channel, line.key);
    case Command::KeysImport:
        return importKeys(line.paths.first(), command, console);
    default:
        return command.list(line.channel);
    }
}

}

ExitCode runCommand(const CommandLine &line, Console &console)
{
    const QString userFolder = userChannelsFolder(line.configFolder);
    if (line.command == Command::Tail)
        return tail(line, console);
    if (line.command == Command::Guess)
        return guess(line, console);
    if (line.command == Command::Check)
        return checkDefinitions(line.paths, catalogFolder(), userFolder, console);
    const ChannelSet channels = readChannels(catalogFolder(), userFolder);
    if (line.command == Command::Channels)
        return listChannels(channels, console);
    if (line.command == Command::Fetch)
        return fetch(line, channels, console);
    return keys(line, channels, console);
}

}
